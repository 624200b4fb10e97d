/**
 * Durable jobs against BullMQ on a Redis that syncs each write, side by side.
 *
 * @module
 */
import { at } from "../../../bench/result.ts";
import { measure, spread } from "../main_job/benched.ts";
import { atLeast, type Row } from "../row.ts";

/** How jobs are submitted, by the bench that does so. */
const ways: Readonly<Record<string, string>> = {
  versus_durable: "each for itself, 64 in flight",
  versus_durable_bulk: "1,000 in one call",
};
const field = "vs.bullmq.e2e_per_s.median";

/** All rows about the throughput of durable jobs. */
export const durableRows = (quick: boolean): readonly Row[] =>
  Object.entries(ways).map(([bench, way]): Row => ({
    line: `durable submit, run, done, ${way}: rate to that of BullMQ with appendfsync always`,
    run: async () => {
      const result = await measure(bench, quick);
      return atLeast(Number(at(result, field)), 5, "x", spread(result, field));
    },
  }));
