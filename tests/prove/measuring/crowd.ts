/**
 * A hundred workers for ten minutes: the service does not feel them.
 *
 * @module
 */
import { once } from "../main_job/once.ts";
import { atMost, exactly, type Row } from "../row.ts";
import type { CrowdSide } from "./crowd_side.ts";
import { side } from "./side.ts";

/** How long they have jobs, ms. */
const lastsMs = 600_000;

/** Rows of this part. */
export function crowdRows(quick: boolean): readonly Row[] {
  const workers = quick ? 4 : 100;
  const seen = once(() => side<CrowdSide>("crowd_side.ts", workers, quick ? 1_000 : lastsMs));
  const about = `${workers} workers that have jobs for ${quick ? "1 s" : "10 min"}`;
  return [
    {
      line: `${about}: p99 of how late the loop of the service comes to a timer`,
      run: async () => {
        const { lagMs, latestMs, jobs } = await seen();
        const told = `latest ${latestMs.toFixed(1)} ms; ${jobs} jobs`;
        return atMost(Number(lagMs.toFixed(1)), 50, "ms", told);
      },
    },
    {
      line: `${about}: workers that are missing at the end, decisions about them, jobs that failed`,
      run: async () => {
        const { workers: left, decisions, failed } = await seen();
        const told = `${workers - left}, ${decisions}, ${failed}`;
        return exactly(workers - left + decisions + failed, 0, "of all", told);
      },
    },
  ];
}
