/**
 * Measures the scanner: sizes of the pool side by side, and a cold pool beside the Python baseline.
 * All sides take turns, round after round, so that a noisy machine hits them alike.
 *
 * @module
 */
import { runApart } from "../examples/scanner/apart.ts";
import { MiB } from "../examples/scanner/table.ts";
import {
  adaptive,
  baseline,
  fixed,
  type Run,
  trusted,
  type Variant,
  type Work,
} from "../examples/scanner/variant.ts";
import { runPython } from "./python.ts";
import type { RunReport, SideReport, WorkReport } from "./scan_report.ts";
import { bootstrap, type Interval, median, ratios, rounded } from "./statistics.ts";

/** How a measurement is done. */
export interface ScanPlan {
  readonly baselineWorkers: number;
  readonly adaptive: boolean;
  /** Fixed sizes of the sweep. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Shortest run of a side, s. */
  readonly seconds: number;
  readonly python: boolean;
}

/**
 * The race against Python: passes over all files, and how many files Python reads at most.
 * Its rate is steady; behind a wait a part of the files says as much as all of them.
 */
const race: Record<Work, { passes: number; pythonFilesMax: number; waitMs: number }> = {
  scan: { passes: 5, pythonFilesMax: Infinity, waitMs: 0 },
  slowScan: { passes: 1, pythonFilesMax: 2_000, waitMs: 5 },
};

/** Measures one task; `tell` hears what is going on. */
export async function measureWork(
  work: Work,
  paths: readonly string[],
  plan: ScanPlan,
  tell: (text: string) => void,
): Promise<WorkReport> {
  const sides: Variant[] = [baseline(plan.baselineWorkers), ...plan.sizes.map(fixed)];
  if (plan.adaptive) sides.push(adaptive);
  const runs = new Map(sides.map(({ name }) => [name, [] as Run[]]));
  const cold: RunReport[] = [];
  const sandboxed: RunReport[] = [];
  const python: RunReport[] = [];
  for (let round = 1; round <= plan.rounds; round++) {
    for (const side of sides) {
      tell(`${work}: round ${round} of ${plan.rounds}, ${side.name}`);
      const until = { forMs: plan.seconds * 1000 };
      runs.get(side.name)!.push(await runApart({ variant: side, work, until }, paths));
    }
    if (!plan.python) continue;
    tell(`${work}: round ${round} of ${plan.rounds}, python and cold`);
    const { passes, pythonFilesMax, waitMs } = race[work];
    python.push(
      await runPython(paths.slice(0, pythonFilesMax), {
        workers: plan.baselineWorkers,
        waitMs,
        passes,
      }),
    );
    const until = { files: paths.length * passes };
    cold.push(runReport(await runApart({ variant: trusted, work, until }, paths)));
    sandboxed.push(runReport(await runApart({ variant: adaptive, work, until }, paths)));
  }
  return report(runs, plan, { cold, sandboxed, python });
}

/** Runs from cold in turn: without a sandbox as Python has none, in the sandbox, and Python. */
interface Races {
  readonly cold: readonly RunReport[];
  readonly sandboxed: readonly RunReport[];
  readonly python: readonly RunReport[];
}

function report(
  runs: ReadonlyMap<string, readonly Run[]>,
  plan: ScanPlan,
  { cold, sandboxed, python }: Races,
): WorkReport {
  const rates = (name: string) => runs.get(name)?.map((run) => run.filesPerS) ?? [];
  const best = plan.sizes.map((workers) => fixed(workers).name)
    .reduce((a, b) => median(rates(b)) > median(rates(a)) ? b : a);
  const versus = (name: string) =>
    plan.adaptive ? interval(ratios(rates(adaptive.name), rates(name))) : null;
  const gain = versus(baseline(plan.baselineWorkers).name);
  return {
    sides: [...runs].map(([name, of]) => sideReport(name, of)),
    best_fixed: best,
    adaptive_vs_baseline: gain,
    adaptive_vs_best_fixed: versus(best),
    gain_percent: gain &&
      {
        median: percent(gain.median),
        low: percent(gain.low),
        high: percent(gain.high),
      },
    versus_python: python.length === 0 ? null : {
      workers: plan.baselineWorkers,
      cold: [...cold],
      sandboxed: [...sandboxed],
      python: python.map(tidy),
      ratio: faster(cold, python),
      sandboxed_ratio: faster(sandboxed, python),
    },
  };
}

function sideReport(name: string, runs: readonly Run[]): SideReport {
  const middle = median(runs.map((run) => run.filesPerS));
  const typical = runs.toSorted((a, b) =>
    Math.abs(a.filesPerS - middle) - Math.abs(b.filesPerS - middle)
  )[0]!;
  return {
    name,
    runs: runs.map(runReport),
    files_per_s: rounded(middle),
    ms_per_file: rounded(median(runs.map((run) => run.msPerFile))),
    peak_cpu_ratio: rounded(Math.max(...runs.map((run) => run.peakCpuRatio))),
    peak_rss_mib: rounded(Math.max(...runs.map((run) => run.peakRssBytes)) / MiB),
    peak_pss_mib: rounded(Math.max(...runs.map((run) => run.peakPssBytes)) / MiB),
    workers_over_time: typical.workers.map(([atMs, workers]) => [atMs, workers]),
  };
}

const runReport = ({ files, elapsedMs, filesPerS, msPerFile }: Run): RunReport =>
  tidy({ files, elapsed_ms: elapsedMs, files_per_s: filesPerS, ms_per_file: msPerFile });

const tidy = (run: RunReport): RunReport => ({
  files: run.files,
  elapsed_ms: rounded(run.elapsed_ms),
  files_per_s: rounded(run.files_per_s),
  ms_per_file: rounded(run.ms_per_file),
});

function interval(values: readonly number[]): Interval {
  const { median, low, high } = bootstrap(values);
  return { median: rounded(median), low: rounded(low), high: rounded(high) };
}

/** How much faster, round by round. */
const faster = (ours: readonly RunReport[], theirs: readonly RunReport[]): Interval =>
  interval(ratios(
    ours.map((run) => run.files_per_s),
    theirs.map((run) => run.files_per_s),
  ));

const percent = (ratio: number): number => rounded((ratio - 1) * 100);
