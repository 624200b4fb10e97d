/**
 * What jobs do, by operation.
 *
 * @module
 */
import { categories, endings, place, type Tally } from "../series/tally.ts";
import { counter, type Family, gauge, histogram, type Sample } from "./family.ts";
import type { Sight } from "./sight.ts";

/** The families of a moment. */
export function jobFamilies({ status, totals }: Sight): readonly Family[] {
  const count = (name: string, help: string, at: number): Family =>
    counter(name, help, byOperation(totals, (tally) => tally.sums[at]!));
  return [
    gauge("flyball_jobs", "Jobs by state.", [
      [{ state: "pending" }, status.pending],
      [{ state: "scheduled" }, status.scheduled],
      [{ state: "running" }, status.running],
    ]),
    gauge("flyball_oldest_wait_seconds", "How long the longest waiting job has waited.", [
      [{}, status.oldestWaitMs / 1_000],
    ]),
    count("flyball_jobs_accepted_total", "Jobs accepted.", place.enqueued),
    count("flyball_attempts_started_total", "Attempts begun.", place.started),
    count("flyball_job_retries_total", "Attempts after the first.", place.retries),
    named("flyball_jobs_ended_total", "Jobs ended, by their ending.", totals, "status", {
      ...{ names: endings, from: place.endingsFrom },
    }),
    named("flyball_job_failures_total", "Jobs that did not end done.", totals, "category", {
      ...{ names: categories, from: place.categoriesFrom },
    }),
    ...distributions(totals),
    count("flyball_job_cpu_seconds_total", "CPU time of measured jobs.", place.cpuSeconds),
    count("flyball_job_io_bytes_total", "Read and written by measured jobs.", place.ioBytes),
    count("flyball_job_input_bytes_total", "JSON handed to jobs.", place.inBytes),
    count("flyball_job_output_bytes_total", "What jobs returned or wrote.", place.outBytes),
    gauge(
      "flyball_job_memory_peak_bytes",
      "Largest memory that was seen of a job.",
      byOperation(totals, ({ peakBytes }) => peakBytes === 0 ? null : peakBytes),
    ),
  ];
}

type Totals = Sight["totals"];

const byOperation = (totals: Totals, value: (tally: Tally) => number | null): Sample[] =>
  [...totals].map(([operation, tally]) => [{ operation }, value(tally)]);

/** Counts by another word besides the operation; words that never happened are left out. */
function named(
  name: string,
  help: string,
  totals: Totals,
  label: string,
  { names, from }: { readonly names: readonly string[]; readonly from: number },
): Family {
  const samples = [...totals].flatMap(([operation, { sums }]) =>
    names.map((word, i): Sample => [{ operation, [label]: word }, sums[from + i]! || null])
  );
  return counter(name, help, samples);
}

function distributions(totals: Totals): readonly Family[] {
  const rows = [
    ["duration", "From the last start of a job to its end.", "durationMs"],
    ["wait", "From when an attempt could begin to its start.", "waitMs"],
    ["validation", "What it took to check the inputs of jobs.", "validationMs"],
  ] as const;
  return rows.map(([what, help, of]) =>
    histogram(
      `flyball_job_${what}_seconds`,
      help,
      [...totals].flatMap(([operation, tally]) =>
        tally[of].count === 0 ? [] : [[{ operation }, tally[of]] as const]
      ),
    )
  );
}
