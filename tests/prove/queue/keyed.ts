/**
 * What keys cost durable jobs that need not wait for them.
 *
 * @module
 */
import type { JobSpec } from "../../../messages/job.ts";
import type { Runtime } from "../../../mod.ts";
import { fixedAt, live } from "../../live.ts";
import { until } from "../../until.ts";
import { atLeast, type Row } from "../row.ts";
import { medianRatio, runsDefault } from "../sample.ts";

/** Jobs of one submit, and the keys that they have: 20 jobs each, none of which has to wait. */
const [jobs, keys] = [20_000, 1_000];

/** Submits until the code is as fast as it gets. */
const warmUps = 8;

/** Jobs that do nothing in a second, over whole submits for `lengthMs` at least. */
async function rate(runtime: Runtime, specs: readonly JobSpec[], lengthMs: number) {
  const startMs = performance.now();
  for (let done = specs.length;; done += specs.length) {
    const accepted = await runtime.submitAll(specs);
    await runtime.wait(accepted.at(-1)!.id, 60_000);
    await until(() => runtime.status().pending + runtime.status().running === 0);
    const tookMs = performance.now() - startMs;
    if (tookMs >= lengthMs) return done / tookMs * 1_000;
  }
}

/** The row. Runs shorter than 5 s say nothing about 5 %. */
export const keyedRows = (quick: boolean): readonly Row[] => {
  const [runs, lengthMs] = quick ? [3, 500] : [runsDefault, 5_000];
  return [{
    line:
      `durable jobs that do nothing, each with one of ${keys} keys: their rate, to jobs without`,
    run: async () => {
      const data = await Deno.makeTempDir({ prefix: "flyball-keyed-" });
      await using runtime = await live(fixedAt(2), data);
      await until(() => runtime.status().size === 2);
      const specs = (more: (i: number) => Partial<JobSpec>) =>
        Array.from({ length: jobs }, (_, i): JobSpec => ({
          task: "toy",
          input: { do: "echo", value: i },
          ...more(i),
        }));
      const [plain, keyed] = [specs(() => ({})), specs((i) => ({ key: `agent:${i % keys}` }))];
      for (let i = 0; i < warmUps; i++) await rate(runtime, i % 2 ? keyed : plain, 0);
      const { ratio, ratios } = await medianRatio({
        ours: () => rate(runtime, keyed, lengthMs),
        theirs: () => rate(runtime, plain, lengthMs),
        runs,
      });
      const told = `median of ${runs} pairs of ${lengthMs / 1_000} s: ` +
        ratios.map((one) => one.toFixed(2)).join(", ");
      await runtime.close();
      await Deno.remove(data, { recursive: true });
      return atLeast(Number(ratio.toFixed(3)), 0.95, "x", told);
    },
  }];
};
