/**
 * No key takes more than its share, and what that costs.
 *
 * @module
 */
import { closedLoop } from "../../../examples/scanner/lanes.ts";
import type { RunOptions } from "../../../mod.ts";
import { fixedAt, live } from "../../live.ts";
import { until } from "../../until.ts";
import { atLeast, type Row } from "../row.ts";
import { medianRatio } from "../sample.ts";

/** Keys that the jobs of a run take turns with. */
const keys = 100;
/** Jobs under way at once. */
const inFlight = 256;

/** Rate of jobs that do nothing, with and without keys, each in `runs` of `runMs`. */
async function keyedRatio(runs: number, runMs: number) {
  await using runtime = await live(fixedAt(2));
  await until(() => runtime.status().size === 2);
  const rate = async (options: readonly RunOptions[]) => {
    const startMs = performance.now();
    let done = 0;
    await closedLoop(inFlight, () => performance.now() - startMs < runMs, async (i) => {
      await runtime.run("toy", { do: "echo", value: i }, options[i % options.length]);
      done++;
    });
    return done / (performance.now() - startMs);
  };
  const plain: readonly RunOptions[] = [{ priority: "normal" }];
  const keyed = Array.from({ length: keys }, (_, i): RunOptions => ({
    priority: "normal",
    key: `agent:${i}`,
  }));
  await rate(plain);
  return await medianRatio({ ours: () => rate(keyed), theirs: () => rate(plain), runs });
}

/** Rows over `runs` pairs of runs. */
export function bulkheadRows(quick: boolean): readonly Row[] {
  const [runs, runMs] = quick ? [3, 300] : [9, 1_000];
  return [
    {
      line: "jobs that do nothing and have a key: rate against the same without, median",
      run: async () => {
        const { ratio, ratios } = await keyedRatio(runs, runMs);
        const told = ratios.map((one) => one.toFixed(2)).join(", ");
        return atLeast(Number(ratio.toFixed(3)), 0.95, "x", told);
      },
    },
  ];
}
