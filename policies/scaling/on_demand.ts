/**
 * A worker for whoever finds none idle, as cached thread pools do it.
 *
 * @module
 */
import { z } from "zod/mini";
import { scalingPolicy } from "../policy.ts";

/** Starts a worker for each job that waits, and keeps it for a while. */
export const onDemand = scalingPolicy({
  name: "onDemand",
  help: "Starts a worker for each job that finds none idle, and keeps it for a while.",
  options: z.strictObject({
    keepAliveMs: z._default(z.number().check(z.nonnegative()), 60_000).check(
      z.describe("How long an idle worker stays (Java's cached pool: 60 s; Tokio: 10 s)."),
    ),
    workersMax: z._default(z.nullable(z.int().check(z.positive())), null).check(
      z.describe("Most workers. Null: as many as the pool may have. Nothing else limits them."),
    ),
  }),
  everyMs: () => 5_000,
  start: () => null,
  step: (memory, _reading, { keepAliveMs, workersMax }) => [
    {
      floor: 0,
      ...(workersMax !== null && { cap: workersMax }),
      spawn: { lagMs: 0, queuePer: 1 },
      keepAliveMs,
      because: "a worker for each job that waits",
    },
    memory,
  ],
});
