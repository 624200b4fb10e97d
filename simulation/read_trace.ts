/**
 * Makes a workload of a trace: counts a bin, or one job a line.
 *
 * @module
 */
import { SeededRandom } from "./random.ts";
import { instantIn, numberIn, type TraceRow, type TraceRows, traceRows } from "./trace_text.ts";
import { type PlannedJob, type Workload, workloadOf } from "./workload.ts";

/** What a trace does not say itself. */
export interface TraceOptions {
  /** Length of a bin of counts where lines have no instants, ms. Default 60 s. */
  readonly binMs?: number;
  /** Mean run time of jobs where the trace tells none, ms; they are exponential. Default 500. */
  readonly serviceMs?: number;
  /** Run time of a job, s: a column, or `0.1+0.02*generated_tokens`. */
  readonly duration?: string;
  /** Where to begin, ms from the beginning of the trace. Default 0. */
  readonly fromMs?: number;
  /** How much of it, ms. Default: all. */
  readonly spanMs?: number;
  /** So many jobs for each one of a trace of counts. Default 1. */
  readonly times?: number;
  /** Most jobs; a longer trace is thinned. Default 1,000,000. */
  readonly jobsMax?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** Most jobs of a simulation unless somebody says otherwise. */
export const jobsMaxDefault = 1_000_000;

const arrivals =
  /^(t_s|t|time|timestamp|at|at_s|arrival|arrival_s|arrived|arrived_at|submit|submit_s|submitted_at)$/i;
const durations = /^(run_s|run|duration|duration_s|service|service_s|runtime|runtime_s|seconds)$/i;
const durationsMs = /^(run_?ms|duration_?ms|service_?ms|runtime_?ms)$/i;
const classesNamed = /^(class|priority|rank)$/i;
const counts = /^(count|counts|value|requests|jobs|invocations|arrivals)$/i;

/**
 * Reads a trace. With a column of run times it has a job a line, else counts: a line a bin, with or
 * without an instant. A RangeError says what can't be understood.
 */
export function readTrace(name: string, text: string, options: TraceOptions = {}): Workload {
  const table = traceRows(text);
  if (table.rows.length === 0) throw new RangeError(`${name}: there is no line with numbers`);
  try {
    const read = hasDurations(table, options) ? jobsOf(table, options) : countsOf(table, options);
    return thinned(name, read, options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${name}: ${error.message}`);
  }
}

/** Jobs, or how many there will be, before any is made. */
interface Read {
  readonly spanMs: number;
  readonly jobs: number;
  /** Makes them, each kept with the probability `keptRatio`. */
  make(keptRatio: number, random: SeededRandom): PlannedJob[];
}

const placeOf = ({ columns }: TraceRows, names: RegExp) =>
  columns.findIndex((name) => names.test(name));

function hasDurations(table: TraceRows, { duration }: TraceOptions): boolean {
  return duration !== undefined || placeOf(table, durations) >= 0 ||
    placeOf(table, durationsMs) >= 0;
}

function jobsOf(table: TraceRows, options: TraceOptions): Read {
  const at = Math.max(0, placeOf(table, arrivals));
  const runS = durationOf(table, options);
  const rank = placeOf(table, classesNamed);
  const first = instantIn(table.rows[0]!, at);
  const { fromMs = 0, spanMs = Infinity } = options;
  const all = table.rows.map((row) => ({
    atMs: (instantIn(row, at) - first) * 1_000 - fromMs,
    serviceMs: positive(row, runS(row)) * 1_000,
    ...(rank >= 0 && { rank: rankIn(row, rank) }),
  }));
  const jobs = all.filter(({ atMs }) => atMs >= 0 && atMs < spanMs);
  const lastMs = jobs.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  return {
    spanMs: Math.min(spanMs, lastMs + 1),
    jobs: jobs.length,
    make: (keptRatio, random) =>
      keptRatio === 1 ? jobs : jobs.filter(() => random.unit() < keptRatio),
  };
}

function durationOf(
  table: TraceRows,
  { duration }: TraceOptions,
): (row: TraceRow) => number {
  if (duration === undefined) {
    const seconds = placeOf(table, durations);
    const place = seconds >= 0 ? seconds : placeOf(table, durationsMs);
    const unitS = seconds >= 0 ? 1 : 1e-3;
    return (row) => unitS * numberIn(row, place, "the run time");
  }
  const [, offset = "0", factor = "1", column] =
    /^(?:([\d.]+)\+)?(?:([\d.]+)\*)?([A-Za-z_]\w*)$/.exec(duration.replaceAll(" ", "")) ?? [];
  const place = table.columns.indexOf(column ?? "");
  if (place < 0) {
    const names = table.columns.join(", ") || "no header";
    throw new RangeError(
      `duration must be a column or like 0.1+0.02*COLUMN, given ${duration}; there are ${names}`,
    );
  }
  return (row) => Number(offset) + Number(factor) * numberIn(row, place, column!);
}

function countsOf(table: TraceRows, options: TraceOptions): Read {
  const { fromMs = 0, spanMs = Infinity, times = 1, serviceMs = 500 } = options;
  const width = table.rows[0]!.cells.length;
  const named = placeOf(table, counts);
  const at = named >= 0 ? named : width - 1;
  const binMs = width > 1 ? spacingMs(table) : options.binMs ?? 60_000;
  const bins = table.rows.slice(
    Math.round(fromMs / binMs),
    Math.ceil((fromMs + spanMs) / binMs),
  ).map((row) => positive(row, numberIn(row, at, "the count")) * times);
  return {
    spanMs: bins.length * binMs,
    jobs: Math.round(bins.reduce((sum, count) => sum + count, 0)),
    make: (keptRatio, random) =>
      bins.flatMap((count, bin) =>
        Array.from({ length: rounded(count * keptRatio, random) }, () => ({
          atMs: (bin + random.unit()) * binMs,
          serviceMs: random.exponential(serviceMs),
        }))
      ),
  };
}

/** Time from one bin to the next: the usual one, as clocks are changed and lines are missing. */
function spacingMs({ rows }: TraceRows): number {
  const [first, second] = [rows[0]!, rows[1]];
  const gapMs = second ? (instantIn(second, 0) - instantIn(first, 0)) * 1_000 : 60_000;
  if (gapMs > 0) return gapMs;
  throw new RangeError(`line ${second!.line}: instants must grow from line to line`);
}

/** A whole number that is `count` on average. */
const rounded = (count: number, random: SeededRandom) => Math.floor(count + random.unit());

function positive(row: TraceRow, value: number): number {
  if (value >= 0) return value;
  throw new RangeError(`line ${row.line}: a number below 0 makes no sense here, given ${value}`);
}

function rankIn(row: TraceRow, at: number): number {
  const rank = ["high", "normal", "low"].indexOf((row.cells[at] ?? "").toLowerCase());
  if (rank >= 0) return rank;
  throw new RangeError(
    `line ${row.line}: the class must be high, normal or low, given ${row.cells[at]}`,
  );
}

function thinned(
  name: string,
  read: Read,
  { jobsMax = jobsMaxDefault, seed = 1 }: TraceOptions,
): Workload {
  const keptRatio = Math.min(1, jobsMax / Math.max(1, read.jobs));
  const jobs = read.make(keptRatio, new SeededRandom(seed));
  if (jobs.length === 0) throw new RangeError("there is no job in the chosen part");
  const remarks = keptRatio === 1 ? [] : [
    `thinned: ${jobs.length} of ${read.jobs} jobs, so that a pool is about ${
      (1 / keptRatio).toFixed(1)
    } times smaller than it would have to be`,
  ];
  return workloadOf(name, jobs, read.spanMs, remarks);
}
