/**
 * What a pool makes of two cores, and what it gives back: processes, memory, and the room that a
 * large file does not take.
 *
 * @module
 */
import scan from "../../../examples/scanner/scan.ts";
import { memoryOf } from "../../../examples/scanner/gauge.ts";
import { createRuntime, taskFile } from "../../../mod.ts";
import { fixedAt, type Live, live, lives, tempFolder } from "../../live.ts";
import { until } from "../../until.ts";
import { atLeast, atMost, type Row } from "../row.ts";
import { medianRatio, p95, ratio, repeat } from "../sample.ts";

/** Sizes of the pool that is told to be smaller. */
const many = 8;
const few = 2;

/** The rows; `quick` ones compute, read and try less. */
export function sizeRows(quick: boolean): readonly Row[] {
  return [
    {
      line: "two tasks that compute on two workers: rate to one after another",
      run: async () => ratio(atLeast, 1.8, await sideBySide(quick ? 5e7 : 5e8)),
    },
    {
      line: `an idle pool of ${many} is told to have ${few}: until the processes are gone`,
      run: async () => {
        await using runtime = await live(wide);
        const tookMs = await repeat(() => shrink(runtime));
        const worst = Math.max(...tookMs).toFixed(1);
        return atMost(p95(tookMs), 200, "ms", `p95 of ${tookMs.length} tries, worst ${worst} ms`);
      },
    },
    {
      line: `an idle pool of ${many} is told to have ${few}: memory that is free again`,
      run: async () => {
        await using runtime = await live(wide);
        const { rss, pss } = await givenBack(runtime);
        // Those that stay have a larger part of what all had together.
        const detail = `resident; ${pss.toFixed(0)} % where shared pages are divided`;
        return atLeast(rss, 80, "% of what the others had", detail);
      },
    },
    {
      line: "a file of 1 GiB is scanned: memory that the worker takes for it",
      run: async () => atMost(await takenBy((quick ? 64 : 1_024) * 2 ** 20), 32, "MB"),
    },
  ];
}

const wide = { pools: { default: { workers: { min: 0, max: many } } } } as const;
const alive = (runtime: Live) => runtime.workerPids.filter(lives).length;

/** Time one after another to time side by side, in turns; as much to compute each time. */
async function sideBySide(rounds: number): Promise<readonly number[]> {
  const cpu = taskFile<typeof import("../../../bench/tasks/cpu.ts")>(
    new URL("../../../bench/tasks/cpu.ts", import.meta.url),
  );
  const { pools: { default: pool } = {} } = fixedAt(2);
  const config = { pools: { default: { ...pool, slots: { max: 1 } } } };
  await using runtime = await createRuntime({ tasks: { cpu }, config });
  await until(() => runtime.pool().status().workers.ready === 2);
  const compute = () => runtime.run("cpu", rounds);
  const timed = async (work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const { ratios } = await medianRatio({
    ours: () => timed(() => Promise.all([compute(), compute()])),
    theirs: () => timed(async () => [await compute(), await compute()]),
  });
  return ratios.map((one) => 1 / one);
}

async function widen(runtime: Live): Promise<readonly number[]> {
  runtime.pool().resize(many);
  await until(() => alive(runtime) === many && runtime.pool().status().workers.idle === many);
  return runtime.workerPids;
}

/** From the word until the processes are gone, ms. */
async function shrink(runtime: Live): Promise<number> {
  const pids = await widen(runtime);
  const began = performance.now();
  runtime.pool().resize(few);
  while (pids.filter(lives).length > few) await new Promise((resolve) => setTimeout(resolve, 1));
  return performance.now() - began;
}

/** Of the memory that the surplus workers had, what this process and the others have less, %. */
async function givenBack(runtime: Live): Promise<Record<"rss" | "pss", number>> {
  const pids = await widen(runtime);
  const before = memoryOf([Deno.pid, ...pids]);
  const each = new Map(pids.map((pid) => [pid, memoryOf([pid])]));
  runtime.pool().resize(few);
  await until(() => pids.filter(lives).length === few);
  const after = memoryOf([Deno.pid, ...pids]);
  const gone = pids.filter((pid) => !lives(pid)).map((pid) => each.get(pid)!);
  const percent = (name: "rssBytes" | "pssBytes") =>
    100 * (before[name] - after[name]) / gone.reduce((sum, memory) => sum + memory[name], 0);
  return { rss: percent("rssBytes"), pss: percent("pssBytes") };
}

/** Memory that a worker has more at most while it scans a file of `sizeBytes`, MB. */
async function takenBy(sizeBytes: number): Promise<number> {
  await using folder = await tempFolder();
  const [small, large] = [`${folder.path}/small`, `${folder.path}/large`];
  for (const path of [small, large]) await Deno.writeTextFile(path, "");
  await Deno.truncate(large, sizeBytes);
  await using runtime = await createRuntime({
    tasks: {
      scan: taskFile<{ default: typeof scan }>(
        new URL("../../../examples/scanner/scan.ts", import.meta.url),
      ),
    },
    config: fixedAt(1),
  });
  await runtime.run("scan", small);
  const [pid] = runtime.workerPids;
  const before = memoryOf([pid!]).rssBytes;
  let most = before;
  const looks = setInterval(() => most = Math.max(most, memoryOf([pid!]).rssBytes), 20);
  try {
    await runtime.run("scan", large);
  } finally {
    clearInterval(looks);
  }
  return (most - before) / 1e6;
}
