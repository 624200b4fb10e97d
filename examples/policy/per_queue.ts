/**
 * A scaling policy of your own, in one file: a worker for so many waiting jobs.
 *
 * ```yaml
 * pools:
 *   default:
 *     policy: { module: ./per_queue.ts, name: perQueue, perWorkerJobs: 5 }
 * ```
 *
 * @module
 */
import { scalingPolicy } from "@flyball/flyball";
import { z } from "zod";

/** Follows the queue up at once; shrinks by one worker for each quiet step. */
export default scalingPolicy({
  name: "perQueue",
  help: "A worker for so many waiting jobs.",
  options: z.strictObject({
    perWorkerJobs: z.number().positive().default(10).describe("Waiting jobs a worker is worth."),
  }),
  everyMs: () => 1_000,
  start: (): { readonly workers: number | null } => ({ workers: null }),
  step: (memory, reading, { perWorkerJobs }) => {
    const before = memory.workers ?? reading.workers + reading.starting;
    // Old or missing readings are no reason to change anything.
    const isSeen = reading.hostAgeMs <= reading.hostStaleMs &&
      [reading.cpuRatio, reading.memoryRatio].every((ratio) =>
        ratio !== null && ratio >= 0 && ratio <= 1
      );
    if (!isSeen) return [sized(before, "held: the host can't be seen"), { workers: before }];
    const wanted = Math.ceil(reading.queued / perWorkerJobs);
    const busy = Math.max(0, reading.workers - reading.idle);
    const workers = Math.max(wanted, busy, before - 1);
    return [sized(workers, `queue ${reading.queued} / ${perWorkerJobs}`), { workers }];
  },
});

const sized = (workers: number, because: string) => ({ floor: workers, cap: workers, because });
