/**
 * Sums up what operations did in the last minutes.
 *
 * @module
 */
import type {
  OperationMetrics,
  OperationsPage,
  OperationsQuery,
  Step,
} from "../../messages/series.ts";
import type { Percentiles } from "../../messages/status.ts";
import { percentiles } from "../../policies/estimators/histogram.ts";
import { Level } from "./levels.ts";
import { parseOperations, spanMs } from "./parse.ts";
import { readJobs, readLevels, type Time, timeOf } from "./read.ts";
import type { Series } from "./series.ts";
import { attemptsMax, categories, endings, place, Tally } from "./tally.ts";

/** Items of one answer. */
const itemsMax = 512;

/** What the operations of a window did; throws Refusal where the query is none. */
export async function summarise(
  series: Series,
  given: OperationsQuery = {},
): Promise<OperationsPage> {
  const { window, by, wanted } = parseOperations(given);
  const wallMs = series.clock.wallMs();
  const step: Step = window === "1h" ? "1m" : "10s";
  const time = timeOf(step, spanMs[window], wallMs);
  const jobs = await readJobs(series, time, by === undefined ? wanted : { ...wanted, by });
  const items = [...jobs].map(([label, tallies]) => {
    const all = new Tally();
    for (const tally of tallies.values()) all.add(tally);
    return { labels: by === undefined ? {} : { [by]: label }, ...metricsOf(all) };
  });
  return {
    window,
    from: new Date(time.from).toISOString(),
    to: new Date(wallMs).toISOString(),
    lastSecond: series.lastSecond,
    bootMs: await bootMs(series, time),
    items: items.sort((one, other) => busy(other) - busy(one) || inWords(one, other))
      .slice(0, itemsMax),
  };
}

const busy = ({ enqueued, done, failed }: OperationMetrics) => enqueued + done + failed;

const words = ({ labels }: OperationMetrics) => Object.values(labels).join();
const inWords = (one: OperationMetrics, other: OperationMetrics) =>
  words(one) < words(other) ? -1 : 1;

async function bootMs(series: Series, time: Time): Promise<Percentiles> {
  const all = new Level("bootMs");
  for (const { byName } of (await readLevels(series, time)).values()) {
    const level = byName.get("bootMs");
    if (level) all.add(level);
  }
  const at = (q: number) => all.quantile(q);
  return { count: all.count, p50: at(.5), p90: at(.9), p95: at(.95), p99: at(.99), max: at(1) };
}

/** A tally as it is shown. */
function metricsOf(tally: Tally): Omit<OperationMetrics, "labels"> {
  const { sums, peakBytes } = tally;
  const ended = sums[place.ended]!;
  const done = sums[place.endingsFrom + endings.indexOf("done")]!;
  const ratio = (part: number, whole: number) => whole === 0 ? null : part / whole;
  const named = (names: readonly string[], from: number) =>
    Object.fromEntries(
      names.map((name, i) => [name, sums[from + i]!] as const).filter(([, count]) => count > 0),
    );
  const attempts = Array.from({ length: attemptsMax }, (_, i) => String(i + 1));
  return {
    enqueued: sums[place.enqueued]!,
    started: sums[place.started]!,
    done,
    failed: ended - done,
    successRatio: ratio(done, ended),
    endings: named(endings, place.endingsFrom),
    categories: named(categories, place.categoriesFrom),
    retries: sums[place.retries]!,
    attempts: named(attempts, place.attemptsFrom),
    firstTryRatio: ratio(sums[place.firstTries]!, sums[place.begun]!),
    durationMs: percentiles(tally.durationMs),
    waitMs: percentiles(tally.waitMs),
    validationMs: percentiles(tally.validationMs),
    cpuSeconds: sums[place.cpuKnown] === 0 ? null : sums[place.cpuSeconds]!,
    peakBytes: peakBytes === 0 ? null : peakBytes,
    ioBytes: sums[place.ioKnown] === 0 ? null : sums[place.ioBytes]!,
    inBytes: sums[place.inBytes]!,
    outBytes: sums[place.outBytes]!,
  };
}
