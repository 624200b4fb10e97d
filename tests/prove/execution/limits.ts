/**
 * What takes too much, and what has served its time.
 *
 * @module
 */
import type { Outcome } from "../../../messages/outcome.ts";
import { fixedAt, gather, type Live, live, lives } from "../../live.ts";
import { until } from "../../until.ts";
import { once } from "../main_job/once.ts";
import { atLeast, atMost, exactly, type Row } from "../row.ts";
import { median, medianRatio } from "../sample.ts";

const mb = 1_000_000;
const limitBytes = 100 * mb;
const hogBytes = 200 * mb;
/** `tail` keeps a text without lines whole and then can't get rid of it. */
const command = ["sh", "-c", `head -c ${hogBytes} /dev/zero | tail | sleep 300`];

/** One hog and what became of it and of those beside it. */
interface Fall {
  readonly outcome: Outcome;
  /** Of its neighbours, those that did not end as they should. */
  readonly hurt: number;
}

/** Ends a hog of 200 MB beside commands and tasks. */
async function fall(runtime: Live): Promise<Fall> {
  const naps = Array.from(
    { length: 4 },
    () => runtime.run("toy", { do: "nap", ms: 1_000, value: "whole" }),
  );
  const commands = Array.from(
    { length: 2 },
    () => runtime.command(["sh", "-c", "sleep 1; echo whole"]),
  );
  const outcome = await runtime.command(command, { limits: { memoryBytes: limitBytes } });
  const ends = await Promise.allSettled([...naps, ...commands]);
  const whole = ends.filter((end) =>
    end.status === "fulfilled" &&
    (end.value === "whole" || (end.value as { stdout?: string })?.stdout === "whole\n")
  );
  return { outcome, hurt: ends.length - whole.length };
}

/** Ms of work of each job that is recycled under. */
const workMs = 10;

/** Rate of `jobs` on two workers, and how many workers were replaced. */
async function rate(jobs: number, recycle: number | null) {
  const { default: pool } = fixedAt(2).pools as { default: object };
  await using runtime = await live({
    pools: { default: { ...pool, recycle: { jobs: recycle } } },
  });
  await until(() => runtime.status().size === 2 && runtime.workerPids.every(lives));
  await using gathered = gather(runtime);
  const startMs = performance.now();
  const inputs = Array.from({ length: jobs }, () => ({ do: "block", ms: workMs }) as const);
  let done = 0;
  for await (const _ of runtime.map("toy", inputs, { ordered: false, inFlight: 64 })) done++;
  const perS = done / (performance.now() - startMs) * 1_000;
  const recycled = gathered.of("worker").filter(({ state, because }) =>
    state === "draining" && because.startsWith("recycled")
  );
  return { perS, done, recycles: recycled.length };
}

/** Rows over `falls` hogs and `runs` pairs of runs with `jobs` jobs. */
export function limitRows(quick: boolean): readonly Row[] {
  const falls = quick ? 1 : 20;
  const [jobs, runs] = quick ? [200, 1] : [1_000, 5];
  const all = once(async () => {
    await using runtime = await live(fixedAt(2));
    const seen: Fall[] = [];
    for (let i = 0; i < falls; i++) seen.push(await fall(runtime));
    return seen;
  });
  const recycled = once(async () => {
    const counts: number[] = [];
    const { ratio, ratios } = await medianRatio({
      ours: async () => {
        const { perS, recycles } = await rate(jobs, 100);
        counts.push(recycles);
        return perS;
      },
      theirs: async () => (await rate(jobs, null)).perS,
      runs,
    });
    return { ratio, ratios, counts };
  });
  return [
    {
      line: "a 200 MB hog under a 100 MB limit: slowest to die",
      run: async () => {
        const seen = await all();
        const times = seen.map(({ outcome }) => outcome.durationMs);
        const codes = [...new Set(seen.map(({ outcome }) => outcome.code))].join(", ");
        const told = `${falls} hogs, median ${Math.round(median(times))} ms, ${codes}`;
        return atMost(Math.round(Math.max(...times)), 1_000, "ms", told);
      },
    },
    {
      line: "a 200 MB hog under a 100 MB limit: ended in another category than oom",
      run: async () => {
        const wrong = (await all()).filter(({ outcome }) => outcome.category !== "oom");
        return exactly(wrong.length, 0, "hogs");
      },
    },
    {
      line: "a 200 MB hog under a 100 MB limit: neighbours that were hurt",
      run: async () => {
        const hurt = (await all()).reduce((sum, fallen) => sum + fallen.hurt, 0);
        return exactly(hurt, 0, "jobs", `${falls * 6} ran beside`);
      },
    },
    {
      line: `${jobs} jobs with recycle after 100: workers that were replaced, 10 of 1,000 +- 1`,
      run: async () => {
        const { counts } = await recycled();
        const off = Math.max(...counts.map((count) => Math.abs(count - jobs / 100)));
        return atMost(off, 1, "off", `in ${counts.length} runs: ${counts.join(", ")}`);
      },
    },
    {
      line: `${jobs} jobs with recycle after 100: rate against no recycling, median`,
      run: async () => {
        const { ratio, ratios } = await recycled();
        const told = ratios.map((one) => one.toFixed(2)).join(", ");
        return atLeast(Number(ratio.toFixed(3)), 0.9, "x", told);
      },
    },
  ];
}
