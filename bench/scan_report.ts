/**
 * The scan bench's result, as a schema: what is stored is what was checked.
 *
 * @module
 */
import { z } from "zod";

const count = z.int().nonnegative();
const positive = z.number().positive();

const interval = z.strictObject({ median: positive, low: positive, high: positive });

/** One run of one side. */
const run = z.strictObject({
  files: count,
  elapsed_ms: positive,
  files_per_s: positive,
  ms_per_file: positive,
});

/** One size of the pool over all rounds: medians of its runs. */
const side = z.strictObject({
  name: z.string().min(1),
  runs: z.array(run).min(1),
  files_per_s: positive,
  /** Elapsed time for each file; files read at once share it. */
  ms_per_file: positive,
  /** Highest of all runs, share of all cores. */
  peak_cpu_ratio: z.number().min(0).max(1),
  peak_rss_mib: positive,
  /** Shared pages divided among their users. */
  peak_pss_mib: positive,
  /** Size of the pool in the median run: `[ms since its start, workers]`, changes only. */
  workers_over_time: z.array(z.tuple([count, count])).min(1),
});

/**
 * A cold pool of unfixed size and the Python baseline, in turn. Python has no sandbox, so `cold` and
 * `ratio` are of trusted tasks; what the sandbox leaves of that is said beside it.
 */
const versusPython = z.strictObject({
  workers: count,
  cold: z.array(run).min(1),
  sandboxed: z.array(run).min(1),
  python: z.array(run).min(1),
  ratio: interval,
  sandboxed_ratio: interval,
});

/** Ratios of rates, round by round. */
const work = z.strictObject({
  sides: z.array(side).min(1),
  best_fixed: z.string(),
  adaptive_vs_baseline: interval.nullable(),
  adaptive_vs_best_fixed: interval.nullable(),
  /** What adaptive gains over the baseline; negative: it loses. */
  gain_percent: z.strictObject({ median: z.number(), low: z.number(), high: z.number() })
    .nullable(),
  /** null where there is no python3. */
  versus_python: versusPython.nullable(),
});

/** Schema of the scan bench's result. */
export const scanReport = z.strictObject({
  bench: z.literal("scan"),
  measured_at: z.iso.datetime(),
  machine: z.strictObject({
    cores: count,
    cpu: z.string(),
    memory_gib: count,
    deno: z.string(),
  }),
  files: z.strictObject({ count, bytes: count }),
  rounds: count,
  seconds: positive,
  works: z.partialRecord(z.enum(["scan", "slowScan"]), work),
});

/** The scan bench's result. */
export type ScanReport = z.infer<typeof scanReport>;
/** One task's part of it. */
export type WorkReport = z.infer<typeof work>;
/** One size of the pool in it. */
export type SideReport = z.infer<typeof side>;
/** One run in it. */
export type RunReport = z.infer<typeof run>;
