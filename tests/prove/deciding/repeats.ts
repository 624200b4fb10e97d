/**
 * That the tests which the report of the adaptive pool names pass again and again.
 *
 * @module
 */
import { atMost, type Row } from "../row.ts";
import { tried } from "../tried.ts";

const file = "adaptive_worker_pool_test.ts";
/** Tests that the report names; each is there, and nothing else. */
const named = 22;

/** The row; `quick` runs them twice. */
export function repeatRows(quick: boolean): readonly Row[] {
  const runs = quick ? 2 : 20;
  return [{
    line: `the ${named} tests that the report of the adaptive pool names, 20 times: runs that fail`,
    async run() {
      let failed = 0;
      for (let run = 0; run < runs; run++) {
        const { passed, wrong } = await tried([file]);
        if (wrong > 0 || passed !== named) failed++;
      }
      return atMost(failed, 0, "runs", `of ${runs}`);
    },
  }];
}
