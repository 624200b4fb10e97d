/**
 * Writes `BENCHMARKS.md` from the stored results: no number in it is typed by hand.
 *
 * ```sh
 * deno run -A bench/report.ts
 * ```
 *
 * @module
 */
import { sparkline } from "../examples/scanner/table.ts";
import type { AffinityResult } from "./affinity_bench.ts";
import { storedResults } from "./benches.ts";
import { matches } from "./matches.ts";
import { depths, type NoopPhases } from "./noop.ts";
import type { Result } from "./result.ts";
import { type ScanReport, scanReport, type WorkReport } from "./scan_report.ts";
import type { ServiceResult } from "./service_bench.ts";
import type { Interval } from "./statistics.ts";
import { judge, type Judged, readTargets, type Target } from "./target.ts";
import type { Comparison } from "./versus.ts";

/** The generated page. */
export const page = new URL("../BENCHMARKS.md", import.meta.url);

/** The page in Markdown; the same results give the same page. */
export function report(
  targets: readonly Target[],
  results: ReadonlyMap<string, Result>,
): string {
  const sections = [intro, targetSection(judge(targets, results))];
  for (const [bench, result] of results) {
    if (bench === "noop") sections.push(noopSection(result as Result & NoopPhases));
    else if (bench === "idle") sections.push(idleSection(result));
    else if (bench === "service") sections.push(serviceSection(result as ServiceResult));
    else if (bench === "affinity") sections.push(affinitySection(result as AffinityResult));
    else if (bench === "scan") sections.push(scanSection(scanReport.parse(result)));
    else sections.push(versusSection(bench, result as Result & Comparison));
  }
  return `${sections.join("\n\n")}\n`;
}

const intro = `# Benchmarks

Generated from the JSON under \`bench/results/\` by \`deno task bench\`. Absolute figures belong to the
machine they were taken on; ratios were taken side by side, in turn, and carry over. An interval is
the bootstrap interval (95 %) of the median of the rounds.`;

function targetSection(judged: readonly Judged[]): string {
  const kept = judged.filter((target) => target.kept).length;
  const rows = judged.map(({ name, measured, comparison, limit, unit, kept, source }) => [
    name,
    measured === null ? "not measured" : `${measured} ${unit}`,
    `${comparison} ${limit} ${unit}`,
    measured === null ? "-" : kept ? "kept" : "**missed**",
    source,
  ]);
  return `## Targets

${kept} of ${judged.length} kept. \`deno task targets\` exits 1 when one is missed.

${markdown(["target", "measured", "limit", "", "because"], rows)}`;
}

function noopSection(result: Result & NoopPhases): string {
  const rows = depths.map((depth) => {
    const { per_s, p50_us, p99_us, cpu_us_per_task } = result[`k${depth}`];
    return [depth, per_s, p50_us, p99_us, cpu_us_per_task].map(grouped);
  });
  return `## No-op tasks

${made(result)}

${markdown(["in flight", "tasks/s", "p50 µs", "p99 µs", "CPU µs a task"], rows)}`;
}

function versusSection(bench: string, result: Result & Comparison): string {
  const match = matches[bench.replace("versus_", "")]!;
  const fields = Object.keys(Object.values(result.medians)[0]!);
  const rows = Object.entries(result.medians).map(([label, medians]) => [
    label,
    ...fields.map((field) => {
      const ours = result.vs[label]?.[field];
      return `${grouped(medians[field]!)}${ours ? ` (ours ${spanned(ours, "x")})` : ""}`;
    }),
  ]);
  return `## ${match.about}: ${Object.keys(result.medians).join(", ")}

${made(result)}

${markdown(["", ...fields.map((field) => field.replaceAll("_", " "))], rows)}`;
}

function idleSection(result: Result): string {
  const { serve_rss_mib, worker_rss_mib, cpu_ratio, burst } = result as Result & {
    serve_rss_mib: number;
    worker_rss_mib: number;
    cpu_ratio: number;
    burst: { jobs: number; first_extra_ready_ms: number; drain_ms: number };
  };
  return `## Idle, and a burst

${made(result)}

${
    markdown(["what", "measured"], [
      ["resident memory of the service", `${serve_rss_mib} MiB`],
      ["resident memory of its largest worker", `${worker_rss_mib} MiB`],
      ["CPU of all of them, idle", `${(cpu_ratio * 100).toFixed(2)} % of a core`],
      [`burst of ${burst.jobs} jobs: first extra worker`, `${burst.first_extra_ready_ms} ms`],
      [`burst of ${burst.jobs} jobs: all done`, `${burst.drain_ms} ms`],
    ])
  }`;
}

function serviceSection(result: ServiceResult): string {
  const { workers, clients, ratePerS, seconds, messages_per_s, stream } = result;
  const { latency_ms: { p50, p95, p99, max }, error_ratio, recovery_ms } = result;
  return `## A service under a steady load

${made(result)} ${
    grouped(ratePerS)
  } durable jobs a second over HTTP for ${seconds} s, each waited for;
${workers} workers, ${clients} clients that follow the stream of facts.

${
    markdown(["what", "measured"], [
      ["outcomes", `${grouped(messages_per_s)}/s`],
      ["from sent to outcome: p50, p95, p99, longest", `${p50}, ${p95}, ${p99}, ${max} ms`],
      ["errors", `${error_ratio * 100} %`],
      ["clients that still follow, gaps told", `${stream.clients}, ${stream.gaps}`],
      ["killed with jobs accepted: until all are done", `${grouped(recovery_ms)} ms`],
    ])
  }`;
}

const affinityTitles = { cpu: "compute 2 ms", scan: "hash a file", noop: "do nothing" };

function affinitySection(result: AffinityResult): string {
  const { workers, rounds, seconds, works } = result;
  const rows = Object.entries(works).map(([work, { per_s, pinned_vs_free, apart_vs_free }]) => [
    affinityTitles[work as keyof typeof works],
    ...[per_s.free, per_s.pinned].map(grouped),
    spanned(pinned_vs_free, "x"),
    grouped(per_s.apart),
    spanned(apart_vs_free, "x"),
  ]);
  const head = ["tasks/s that", "on any core", "a core for each worker", "", "a core for us", ""];
  return `## Workers on cores of their own

${made(result)} ${workers} workers, ${rounds} rounds in which the three take
turns, ${seconds} s each. Where the runtime has a core for itself the workers share the others.

${markdown(head, rows)}`;
}

const workTitles = { scan: "Scan from the cache", slowScan: "Scan behind a 5 ms wait" };

function scanSection(result: ScanReport): string {
  const { files, rounds, seconds, works } = result;
  const parts = Object.entries(works).map(([name, work]) =>
    `### ${workTitles[name as keyof typeof works]}\n\n${workTable(work)}\n\n${workRatios(work)}`
  );
  return `## Scanning files

${made(result)} ${grouped(files.count)} files, ${
    grouped(files.bytes)
  } bytes; ${rounds} rounds, each side
at least ${seconds} s a round; every run starts cold.

${parts.join("\n\n")}`;
}

function workTable({ sides }: WorkReport): string {
  const rows = sides.map((side) => [
    side.name,
    grouped(Math.round(side.files_per_s)),
    side.ms_per_file.toFixed(4),
    `${Math.round(side.peak_cpu_ratio * 100)} %`,
    grouped(Math.round(side.peak_rss_mib)),
    grouped(Math.round(side.peak_pss_mib)),
    sparkline(side.workers_over_time, side.runs[0]!.elapsed_ms, 16),
  ]);
  const head = ["pool", "files/s", "ms a file", "peak CPU", "RSS MiB", "PSS MiB", "workers"];
  return markdown(head, rows);
}

function workRatios(work: WorkReport): string {
  const lines: string[] = [];
  const { adaptive_vs_best_fixed: best, adaptive_vs_baseline: base, versus_python: race } = work;
  if (best) {
    lines.push(`- adaptive to the best fixed size (${work.best_fixed}): ${spanned(best, "x")}`);
  }
  if (base) lines.push(`- adaptive to ${work.sides[0]!.name}: ${spanned(base, "x")}`);
  if (work.gain_percent) lines.push(`- gain over it: ${spanned(work.gain_percent, "%")}`);
  if (race) {
    const than = `to ${race.workers} Python threads`;
    lines.push(`- cold, trusted as they are, ${than}: ${spanned(race.ratio, "x")}`);
    lines.push(`- cold, in the sandbox, ${than}: ${spanned(race.sandboxed_ratio, "x")}`);
  }
  return lines.join("\n");
}

const spanned = ({ median, low, high }: Interval, unit: string): string =>
  `${median} ${unit}, ${low} to ${high}`;

const grouped = (value: number): string => value.toLocaleString("en");

function made({ measured_at, machine }: Result): string {
  const { cores, cpu, memory_gib, deno } = machine;
  const day = measured_at.slice(0, 10);
  return `${day}, ${cores} cores (${cpu}), ${memory_gib} GiB, Deno ${deno}.`;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Writes the page anew. */
export async function writeReport(): Promise<void> {
  await Deno.writeTextFile(page, report(await readTargets(), await storedResults()));
}

if (import.meta.main) await writeReport();
