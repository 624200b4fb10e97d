/**
 * Scans a tree of files with pools of several sizes and says what adaptive sizing gains.
 *
 * ```sh
 * deno task bench:scan --baseline-workers=4 --adaptive-mode --files-count=10000 --output=FILE
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { makeFiles } from "../examples/scanner/files.ts";
import { compare, MiB, type Row } from "../examples/scanner/table.ts";
import { type Work, works } from "../examples/scanner/variant.ts";
import { number, oneOf, options, whole } from "./options.ts";
import { hasPython } from "./python.ts";
import { head, store } from "./result.ts";
import { measureWork, type ScanPlan } from "./scan.ts";
import { type ScanReport, scanReport, type WorkReport } from "./scan_report.ts";

/** The command line. */
export interface ScanOptions extends Omit<ScanPlan, "python"> {
  readonly files: number;
  readonly works: readonly Work[];
  readonly output: string | undefined;
}

/** Reads the command line; throws where it is wrong. */
export function scanOptions(args: string[]): ScanOptions {
  const { values } = parseArgs({
    args,
    options: {
      "baseline-workers": { type: "string", default: "4" },
      "adaptive-mode": { type: "boolean", default: false },
      adaptive: { type: "boolean", default: false },
      "files-count": { type: "string" },
      files: { type: "string" },
      sizes: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      work: { type: "string", default: works.join() },
      quick: { type: "boolean", default: false },
      output: { type: "string" },
    },
  });
  const usual = values.quick
    ? { files: "500", sizes: "1,2", rounds: "1", seconds: "0.3" }
    : { files: "10000", sizes: "1,2,3,4,6,8", rounds: "7", seconds: "5" };
  return {
    baselineWorkers: whole("--baseline-workers", values["baseline-workers"]),
    adaptive: values.adaptive || values["adaptive-mode"],
    files: whole("--files-count", values["files-count"] ?? values.files ?? usual.files),
    sizes: (values.sizes ?? usual.sizes).split(",").map((size) => whole("--sizes", size)),
    rounds: whole("--rounds", values.rounds ?? usual.rounds),
    seconds: number("--seconds", values.seconds ?? usual.seconds, 0.05),
    works: values.work.split(",").map((work) => oneOf("--work", work, works)),
    output: values.output,
  };
}

/** Makes the files, measures every task on them and removes them. */
export async function scanBench(
  { files, works, ...plan }: Omit<ScanOptions, "output">,
  tell: (text: string) => void,
): Promise<ScanReport> {
  tell(`making ${files} files`);
  using tree = makeFiles(files);
  const python = await hasPython();
  const measured: Partial<Record<Work, WorkReport>> = {};
  for (const work of works) {
    measured[work] = await measureWork(work, tree.paths, { ...plan, python }, tell);
  }
  return scanReport.parse({
    ...head("scan"),
    files: { count: files, bytes: tree.bytes },
    rounds: plan.rounds,
    seconds: plan.seconds,
    works: measured,
  });
}

/** A task's part of the report for people. */
export function scanTable(name: string, work: WorkReport): string {
  const rows = work.sides.map((side): Row => ({
    name: side.name,
    filesPerS: side.files_per_s,
    msPerFile: side.ms_per_file,
    elapsedMs: side.runs[0]!.elapsed_ms,
    peakCpuRatio: side.peak_cpu_ratio,
    peakRssBytes: side.peak_rss_mib * MiB,
    peakPssBytes: side.peak_pss_mib * MiB,
    workers: side.workers_over_time,
  }));
  const lines = [compare(name, rows)];
  const say = (
    what: string,
    { median, low, high }: { median: number; low: number; high: number },
  ) => lines.push(`${what}: ${median} (95 %: ${low} .. ${high})`);
  if (work.adaptive_vs_best_fixed) {
    say(`adaptive / best fixed size (${work.best_fixed})`, work.adaptive_vs_best_fixed);
  }
  if (work.gain_percent) say("gain over the baseline, %", work.gain_percent);
  if (work.versus_python) {
    const { workers, ratio, sandboxed_ratio } = work.versus_python;
    say(`cold, trusted / ${workers} Python threads`, ratio);
    say(`cold, in the sandbox / ${workers} Python threads`, sandboxed_ratio);
  }
  return lines.join("\n");
}

if (import.meta.main) {
  const { output, ...asked } = options(() => scanOptions(Deno.args));
  const report = await scanBench(asked, (text) => console.error(text));
  if (output) await store(report, output);
  for (const [name, work] of Object.entries(report.works)) {
    console.log(`\n${scanTable(name, work)}`);
  }
}
