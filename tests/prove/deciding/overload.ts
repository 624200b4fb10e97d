/**
 * Ten times as many jobs as can be done, in three classes: what becomes of the best class, of those
 * who are refused, and of the memory. And how soon a pool is told of what has come.
 *
 * @module
 */
import type { Priority } from "../../../messages/job.ts";
import { Refusal } from "../../../mod.ts";
import { memoryOf } from "../../../examples/scanner/gauge.ts";
import { fixedAt, type Live, live } from "../../live.ts";
import { until } from "../../until.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { p95, triesMin } from "../sample.ts";

/** Workers, the time that a job holds one, ms, and how many jobs a second come. */
const workers = 2;
const jobMs = 20;
const perS = 10 * workers * 1_000 / jobMs;
/** Of twenty jobs so many are of the best class, and of the next one. */
const [highs, normals, of] = [1, 3, 20];
/** Jobs come so often, ms. */
const everyMs = 20;
/** Time after which growth of memory counts, as part of the whole. */
const warmRatio = .25;

/** What came of it. */
interface Flooded {
  readonly highWaitsMs: readonly number[];
  readonly highRefused: number;
  readonly taken: number;
  readonly refused: number;
  /** Neither taken nor told when to come again. */
  readonly unclear: number;
  readonly grewMb: number;
}

/** The rows; `quick` floods for a shorter time. */
export function overloadRows(quick: boolean): readonly Row[] {
  const seconds = quick ? 6 : 60;
  let known: Promise<Flooded> | null = null;
  const flooded = () => known ??= flood(seconds);
  const line = `ten times what ${workers} workers can do, for ${seconds} s:`;
  return [
    {
      line: `${line} p95 of the waits of class high`,
      run: async () => {
        const { highWaitsMs, highRefused, taken, refused } = await flooded();
        if (highRefused > 0) throw new Error(`${highRefused} jobs of class high were refused`);
        const detail = `${highWaitsMs.length} jobs of it; ${taken} taken, ${refused} refused`;
        return atMost(p95(highWaitsMs), 200, "ms", detail);
      },
    },
    {
      line: `${line} refused without being told when to come again`,
      run: async () => {
        const { unclear, refused } = await flooded();
        return exactly(unclear, 0, "jobs", `of ${refused}`);
      },
    },
    {
      line: `${line} growth of the memory of the process`,
      run: async () => atMost((await flooded()).grewMb, 32, "MB"),
    },
    {
      line: "64 jobs that block come at once: until the pool begins to grow",
      run: async () => {
        const tookMs = await reactions(quick ? triesMin : 100);
        const worst = Math.max(...tookMs).toFixed(1);
        return atMost(p95(tookMs), 250, "ms", `p95 of ${tookMs.length} bursts, worst ${worst} ms`);
      },
    },
  ];
}

async function flood(seconds: number): Promise<Flooded> {
  await using runtime = await live({
    pools: { default: { ...fixedAt(workers).pools!.default, slots: { max: 1 } } },
    queue: { jobsMax: 500 },
    admission: { normalRatio: .8, lowRatio: .5 },
  });
  const spec = { task: "toy", input: { do: "block", ms: jobMs } };
  const highs: string[] = [];
  let [taken, refused, unclear, highRefused, sent] = [0, 0, 0, 0, 0];
  const submit = async (priority: Priority) => {
    try {
      const { id } = await runtime.submit({ ...spec, priority });
      taken++;
      if (priority === "high") highs.push(id);
    } catch (error) {
      refused++;
      if (priority === "high") highRefused++;
      const isClear = error instanceof Refusal && error.retryAfterMs !== null &&
        ["queue_full", "overloaded"].includes(error.code);
      if (!isClear) unclear++;
    }
  };
  const resident = () => memoryOf([Deno.pid]).rssBytes / 1e6;
  const startMs = performance.now();
  let [warmMb, mostMb] = [0, 0];
  for (let passedMs = 0; passedMs < 1_000 * seconds; passedMs = performance.now() - startMs) {
    const due = Math.floor(passedMs * perS / 1_000);
    const come: Promise<void>[] = [];
    for (; sent < due; sent++) come.push(submit(classOf(sent)));
    await Promise.all(come);
    if (passedMs < warmRatio * 1_000 * seconds) warmMb = Math.max(warmMb, resident());
    else mostMb = Math.max(mostMb, resident());
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  const highWaitsMs: number[] = [];
  for (const id of highs) highWaitsMs.push((await runtime.wait(id, 30_000))!.outcome!.waitMs);
  await runtime.close({ drainMs: 0 });
  return {
    highWaitsMs,
    highRefused,
    taken,
    refused,
    unclear,
    grewMb: Math.max(0, mostMb - warmMb),
  };
}

const classOf = (number: number): Priority =>
  number % of < highs ? "high" : number % of < highs + normals ? "normal" : "low";

/** From each burst to the first change of the size, ms. */
async function reactions(tries: number): Promise<readonly number[]> {
  await using runtime: Live = await live({
    pools: {
      default: {
        workers: { min: 1, max: 8 },
        slots: { max: 1 },
        policy: { name: "governor", keepAliveMs: 100 },
      },
    },
  });
  const tookMs: number[] = [];
  for (let i = 0; i < tries; i++) {
    await until(() => calm(runtime));
    // Bursts come at any instant between two looks.
    await new Promise((resolve) => setTimeout(resolve, (i * 37) % 250));
    const stop = new AbortController();
    const grown = (async () => {
      for await (const item of runtime.facts({ types: ["resized"], signal: stop.signal })) {
        if ("fact" in item && item.fact.type === "resized" && item.fact.actual > item.fact.from) {
          return performance.now();
        }
      }
      return NaN;
    })();
    const began = performance.now();
    const jobs = Array.from({ length: 64 }, () => runtime.run("toy", { do: "block", ms: 10 }));
    tookMs.push(await grown - began);
    stop.abort();
    await Promise.all(jobs);
  }
  return tookMs;
}

function calm(runtime: Live): boolean {
  const { workers: { ready, starting, draining, idle }, queued } = runtime.pool().status();
  return queued === 0 && ready === 1 && idle === 1 && starting + draining === 0;
}
