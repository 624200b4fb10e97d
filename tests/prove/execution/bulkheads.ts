/**
 * No operation and no key takes more than its share, and what that costs.
 *
 * @module
 */
import process from "node:process";
import type { JobSpec } from "../../../messages/job.ts";
import { fixedAt, live } from "../../live.ts";
import { until } from "../../until.ts";
import { atLeast, atMost, type Row } from "../row.ts";
import { medianRatio, p95 } from "../sample.ts";

/** By then what was in workers when the others came has ended. */
const settleMs = 1_500;

/** Runs until the code is as fast as it gets. */
const warmUps = 8;

/** Keys that the jobs of a run have, 20 jobs each: none of them has to wait. */
const keys = 1_000;

/**
 * Jobs that do nothing for each CPU time of this process, with and without keys: that is what bounds
 * their rate, and other processes on the machine don't move it much.
 */
async function keyedRatio(runs: number, jobs: number) {
  await using runtime = await live(fixedAt(2));
  await until(() => runtime.status().size === 2);
  const rate = async (specs: readonly JobSpec[]) => {
    const before = process.cpuUsage();
    const accepted = await runtime.submitAll(specs);
    await runtime.wait(accepted.at(-1)!.id, 60_000);
    await until(() => runtime.status().pending + runtime.status().running === 0);
    const { user, system } = process.cpuUsage(before);
    return jobs / (user + system);
  };
  const specs = (more: (i: number) => Partial<JobSpec>) =>
    Array.from({ length: jobs }, (_, i): JobSpec => ({
      task: "toy",
      input: { do: "echo", value: i },
      ...more(i),
    }));
  const [plain, keyed] = [specs(() => ({})), specs((i) => ({ key: `agent:${i % keys}` }))];
  for (let i = 0; i < warmUps; i++) await rate(i % 2 ? keyed : plain);
  return await medianRatio({ ours: () => rate(keyed), theirs: () => rate(plain), runs });
}

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

/** Rows over `runs` pairs of runs. */
export function bulkheadRows(quick: boolean): readonly Row[] {
  const [runs, jobs] = quick ? [3, 2_000] : [15, 20_000];
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
    {
      line:
        `${jobs} jobs that do nothing, each with one of ${keys} keys: for a CPU second, against none`,
      run: async () => {
        const { ratio, ratios } = await keyedRatio(runs, jobs);
        const told = ratios.map((one) => one.toFixed(2)).join(", ");
        return atLeast(Number(ratio.toFixed(3)), 0.95, "x", told);
      },
    },
  ];
}
