/**
 * Whether it helps to keep each worker on a core: tasks that compute, a scan of files and tasks that
 * do nothing, in the same workers, left to the kernel, with a core for each, and with a core that is
 * the runtime's alone. The ways take turns, slice by slice. Prints one JSON line.
 *
 * ```sh
 * deno run -A bench/affinity_bench.ts [--rounds=12] [--seconds=0.3] [--output=FILE]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { readText } from "../actors/host/read_text.ts";
import { ownCores } from "../actors/host/tools.ts";
import { makeFiles } from "../examples/scanner/files.ts";
import { closedLoop } from "../examples/scanner/lanes.ts";
import { poolConfig } from "../examples/scanner/sizing.ts";
import { createRuntime, taskFile } from "../mod.ts";
import { number, options, whole } from "./options.ts";
import { head, type Result, store } from "./result.ts";
import { bootstrap, type Interval, median, ratios, rounded } from "./statistics.ts";

/** Where workers and the runtime run: on any core, on one each, the runtime on one of its own. */
export const placements = ["free", "pinned", "apart"] as const;

type Placement = typeof placements[number];

/** What a slice of each work does: tasks in flight, and what one of them is told. */
const works = {
  cpu: { file: "./tasks/cpu.ts", inFlight: 64 },
  scan: { file: "../examples/scanner/scan.ts", inFlight: 1_024 },
  noop: { file: "./tasks/noop.ts", inFlight: 1_024 },
} as const;

type Work = keyof typeof works;

/** Rounds of a task that computes, about 2 ms. */
const cpuRounds = 1_000_000;
const files = 2_000;
/** Until workers are where they are put and the queue is full, ms. */
const settleMs = 50;

/** Tasks a second of one work. */
export interface Placed {
  /** Medians of the slices. */
  readonly per_s: Readonly<Record<Placement, number>>;
  /** Round by round. */
  readonly pinned_vs_free: Interval;
  readonly apart_vs_free: Interval;
}

/** What is stored. */
export interface AffinityResult extends Result {
  readonly workers: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly works: Readonly<Record<Work, Placed>>;
}

/** Measures all works; a worker for each core. Rejects where there is no taskset. */
export async function affinityBench(rounds: number, seconds: number): Promise<AffinityResult> {
  const cores = ownCores(readText);
  const size = { min: cores.length, max: cores.length, slots: 0 };
  await using runtime = await createRuntime({
    tasks: Object.fromEntries(
      Object.entries(works).map(([name, { file }]) => [
        name,
        taskFile(new URL(file, import.meta.url)),
      ]),
    ),
    config: { pools: { default: poolConfig(size) } },
  });
  using tree = makeFiles(files);
  const { paths } = tree;
  const inputs: Record<Work, (index: number) => unknown> = {
    cpu: () => cpuRounds,
    scan: (index) => paths[index % paths.length],
    noop: (index) => index,
  };
  const slice = async (work: Work, ms: number) => {
    const untilMs = performance.now() + ms;
    const startMs = performance.now();
    const call = (index: number) => runtime.run(work, inputs[work](index));
    const more = () => performance.now() < untilMs;
    const { done } = await closedLoop(works[work].inFlight, more, call);
    return done / (performance.now() - startMs) * 1_000;
  };
  const measured = {} as Record<Work, Placed>;
  try {
    for (const work of Object.keys(works) as Work[]) {
      const rates: Record<Placement, number[]> = { free: [], pinned: [], apart: [] };
      await slice(work, 1_000 * seconds);
      for (let round = 0; round < rounds; round++) {
        for (let turn = 0; turn < placements.length; turn++) {
          const placement = placements[(round + turn) % placements.length]!;
          await place(placement, runtime.workerPids, cores);
          await slice(work, settleMs);
          rates[placement].push(await slice(work, 1_000 * seconds));
        }
      }
      measured[work] = placed(rates);
    }
  } finally {
    await place("free", [], cores);
  }
  return { ...head("affinity"), workers: cores.length, rounds, seconds, works: measured } as const;
}

function placed(rates: Readonly<Record<Placement, readonly number[]>>): Placed {
  const against = (placement: Placement): Interval => {
    const { median, low, high } = bootstrap(ratios(rates[placement], rates.free));
    return { median: rounded(median), low: rounded(low), high: rounded(high) };
  };
  const middle = (placement: Placement) => rounded(median(rates[placement]));
  return {
    per_s: { free: middle("free"), pinned: middle("pinned"), apart: middle("apart") },
    pinned_vs_free: against("pinned"),
    apart_vs_free: against("apart"),
  };
}

/** Puts the workers and this process, with all their threads, where a placement has them. */
async function place(
  placement: Placement,
  workers: readonly number[],
  cores: readonly number[],
): Promise<void> {
  const others = cores.slice(1);
  const ofWorker = (at: number) =>
    placement === "free" || others.length === 0
      ? cores
      : placement === "pinned"
      ? [cores[at % cores.length]!]
      : others;
  const own = placement === "apart" ? cores.slice(0, 1) : cores;
  await Promise.all([
    taskset(Deno.pid, own),
    ...workers.map((pid, at) => taskset(pid, ofWorker(at))),
  ]);
}

async function taskset(pid: number, cores: readonly number[]): Promise<void> {
  const args = ["-a", "-c", "-p", cores.join(","), String(pid)];
  const { success, stderr } = await new Deno.Command("taskset", { args, stdout: "null" }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}

if (import.meta.main) {
  const { rounds, seconds, output } = options(() => {
    const { values } = parseArgs({
      args: Deno.args,
      options: {
        rounds: { type: "string", default: "12" },
        seconds: { type: "string", default: "0.3" },
        output: { type: "string" },
      },
    });
    return {
      rounds: whole("--rounds", values.rounds),
      seconds: number("--seconds", values.seconds, .01),
      output: values.output,
    };
  });
  const result = await affinityBench(rounds, seconds);
  if (output) await store(result, output);
  console.log(JSON.stringify(result));
}
