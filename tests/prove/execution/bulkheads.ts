/**
 * No operation takes more than its share.
 *
 * @module
 */
import type { JobSpec } from "../../../messages/job.ts";
import { fixedAt, live } from "../../live.ts";
import { until } from "../../until.ts";
import { atMost, type Row } from "../row.ts";
import { p95 } from "../sample.ts";

/** By then what was in workers when the others came has ended. */
const settleMs = 1_500;

/** Waits of jobs that do nothing, one each 20 ms for `ms`, beside 1,000 of 500 ms each. */
async function waitsBeside(ms: number): Promise<number[]> {
  const { default: pool } = fixedAt(4).pools as { default: object };
  const runtime = await live({ pools: { default: { ...pool, slots: { max: 1 } } } });
  await until(() => runtime.status().size === 4);
  const slow: JobSpec = { task: "toy", operation: "slow", input: { do: "nap", ms: 500 } };
  await runtime.submitAll(Array.from({ length: 1_000 }, () => slow));
  await until(() => runtime.status().running === 4);
  const quick: JobSpec = { task: "toy", operation: "quick", input: { do: "echo", value: 1 } };
  const ids: string[] = [];
  const startMs = performance.now();
  while (performance.now() - startMs < settleMs + ms) {
    ids.push((await runtime.submit(quick)).id);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const jobs = await Promise.all(ids.map((id) => runtime.wait(id, 10_000)));
  await runtime.close({ drainMs: 0 });
  return jobs.slice(-Math.floor(ms / 25)).map((job) => job?.outcome?.waitMs ?? Infinity);
}

/** The row. */
export function bulkheadRows(quick: boolean): readonly Row[] {
  return [
    {
      line: "1,000 jobs of 500 ms on 4 workers: p95 of the wait of jobs of another operation",
      run: async () => {
        const waitsMs = await waitsBeside(quick ? 1_000 : 10_000);
        const longest = Math.round(Math.max(...waitsMs));
        const told = `${waitsMs.length} jobs, one each 20 ms, longest ${longest} ms`;
        return atMost(Number(p95(waitsMs).toFixed(1)), 50, "ms", told);
      },
    },
  ];
}
