/**
 * The scan of many files (W3b, W3c): from a cold start beside Python's threads and another pool, and
 * in the long run beside the best fixed size.
 *
 * @module
 */
import { node } from "../../../bench/peers.ts";
import { hasPython } from "../../../bench/python.ts";
import { measureWork } from "../../../bench/scan.ts";
import type { RunReport, WorkReport } from "../../../bench/scan_report.ts";
import { feed, runApart } from "../../../examples/scanner/apart.ts";
import { makeFiles } from "../../../examples/scanner/files.ts";
import {
  adaptive,
  baseline,
  trusted,
  type Until,
  type Variant,
  type Work,
} from "../../../examples/scanner/variant.ts";
import { atLeast, type Measured, type Row } from "../row.ts";
import { once } from "../main_job/once.ts";
import { ratio } from "../sample.ts";

const script = new URL("../../../bench/peers/elastic.mjs", import.meta.url).pathname;
/** Threads of the baseline, and sizes among which the best is looked for. */
const baselineWorkers = 4;
const sizes = [1, 2, 3, 4];
/** Passes over all files. */
const passes = 5;

/** The rows; `quick` ones read fewer files. */
export function scanRows(quick: boolean): readonly Row[] {
  const plan = quick
    ? { files: 500, rounds: 1, seconds: .3 }
    : { files: 10_000, rounds: 7, seconds: 5 };
  const scan = looked("scan", plan);
  const slow = looked("slowScan", plan);
  const raced = once(() => race(plan, { forMs: plan.seconds * 1_000 }));
  const racedAtFirst = once(() => race(plan, { files: plan.files * passes }));
  return [
    {
      line: "a scan from a cold start in 5 passes (W3b): rate to that of 4 Python threads",
      run: async () => toPython(await scan(), 3),
    },
    {
      line: "a scan from a cold start, 5 s (W3b): rate to that of poolifier, both trusted",
      run: async () => ratio(atLeast, 2.5, (await raced()).trusted),
    },
    {
      line:
        "the same scan in the sandbox, which poolifier has not (W3b): rate to that of poolifier",
      run: async () => ratio(atLeast, 2, (await raced()).sandboxed),
    },
    // Less than a second of ours: for much of it V8 has not compiled what it runs.
    {
      line: "its first 5 passes: rate to that of poolifier, both trusted",
      run: async () => ratio(atLeast, 1.75, (await racedAtFirst()).trusted),
    },
    {
      line: "a scan (W3b): rate to that of the best fixed size",
      run: async () => toBest(await scan(), .97),
    },
    {
      line: "a scan behind a wait, from a cold start (W3c): rate to that of 4 Python threads",
      run: async () => toPython(await slow(), 25),
    },
    {
      line: "a scan behind a wait (W3c): rate to that of the best fixed size",
      run: async () => toBest(await slow(), .9),
    },
    {
      line:
        `a scan behind a wait: most CPU in use, to that of ${baselineWorkers} workers of one slot`,
      run: async () => toBusiest(await slow(), 1.15),
    },
  ];
}

interface Plan {
  readonly files: number;
  readonly rounds: number;
  readonly seconds: number;
}

/** Measures a task once for all rows that ask. */
function looked(work: Work, { files, ...plan }: Plan): () => Promise<WorkReport> {
  return once(async () => {
    using tree = makeFiles(files);
    const python = await hasPython();
    const options = { ...plan, baselineWorkers, sizes, adaptive: true, python };
    return await measureWork(work, tree.paths, options, () => {});
  });
}

function toPython({ versus_python }: WorkReport, limit: number): Measured {
  if (versus_python === null) throw new Error("there is no python3 to measure against");
  const { cold, python } = versus_python;
  return ratio(atLeast, limit, cold.map((run, i) => run.files_per_s / python[i]!.files_per_s));
}

function toBest({ adaptive_vs_best_fixed, best_fixed }: WorkReport, limit: number): Measured {
  const { median, low, high } = adaptive_vs_best_fixed!;
  return atLeast(median, limit, "x", `to ${best_fixed}, 95 %: ${low} to ${high}`);
}

function toBusiest({ sides }: WorkReport, limit: number): Measured {
  const peakOf = (wanted: string) => sides.find(({ name }) => name === wanted)!.peak_cpu_ratio;
  const [ours, fixed] = [peakOf(adaptive.name), peakOf(baseline(baselineWorkers).name)];
  const percent = (ratio: number) => `${Math.round(100 * ratio)} %`;
  return atLeast(ours / fixed, limit, "x", `${percent(ours)} to ${percent(fixed)} of all cores`);
}

/** Ours to that of poolifier, whose threads have no sandbox, round by round. */
interface Race {
  readonly trusted: readonly number[];
  readonly sandboxed: readonly number[];
}

/** All three take turns, each from a cold start; who goes first changes. */
async function race({ files, rounds }: Plan, until: Until): Promise<Race> {
  using tree = makeFiles(files);
  const ours = async (variant: Variant) =>
    (await runApart({ variant, work: "scan", until }, tree.paths)).filesPerS;
  const sides = {
    trusted: () => ours(trusted),
    async poolifier() {
      const args = [script, "poolifier", "scan", "2", JSON.stringify(until)];
      const run = await feed(node, args, tree.paths) as RunReport;
      return run.files / run.elapsed_ms * 1_000;
    },
    sandboxed: () => ours(adaptive),
  };
  const ratios = { trusted: [] as number[], sandboxed: [] as number[] };
  const turns = Object.keys(sides) as (keyof typeof sides)[];
  for (let round = 0; round < rounds; round++) {
    const rates = { trusted: 0, poolifier: 0, sandboxed: 0 };
    for (const side of turns) rates[side] = await sides[side]();
    ratios.trusted.push(rates.trusted / rates.poolifier);
    ratios.sandboxed.push(rates.sandboxed / rates.poolifier);
    turns.reverse();
  }
  return ratios;
}
