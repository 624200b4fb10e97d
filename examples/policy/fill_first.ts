/**
 * A routing policy of your own, in one file: one worker is filled before the next one gets a job.
 *
 * ```yaml
 * pools:
 *   default:
 *     routing: { module: ./fill_first.ts, name: fillFirst, jobsMax: 50 }
 * ```
 *
 * @module
 */
import { routingPolicy } from "@flyball/flyball";
import { z } from "zod";

/** The lowest seat that has fewer jobs than it may; where all have as many, the lowest of all. */
export default routingPolicy({
  name: "fillFirst",
  help: "The lowest seat, until it has so many jobs.",
  options: z.strictObject({
    jobsMax: z.int().min(1).default(100).describe("Jobs in a worker before the next one gets any."),
  }),
  patienceMs: () => 0,
  start: () => null,
  route: (memory, workers, _chance, { jobsMax }) => {
    const worker = workers.find(({ jobs }) => jobs < jobsMax) ?? workers[0]!;
    return [worker.seat, memory];
  },
});
