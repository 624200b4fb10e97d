/**
 * The names of series, and what each is made of.
 *
 * @module
 */
import type { Histogram } from "../../policies/estimators/histogram.ts";
import { endings, place, type Tally } from "./tally.ts";

type Distribution = (tally: Tally) => Histogram;
type Sum = (tally: Tally) => number;

const at = (index: number): Sum => ({ sums }) => sums[index]!;
const done = place.endingsFrom + endings.indexOf("done");

/** Distributions of jobs. */
export const distributions: Readonly<Record<string, Distribution>> = {
  durationMs: ({ durationMs }) => durationMs,
  waitMs: ({ waitMs }) => waitMs,
  validationMs: ({ validationMs }) => validationMs,
};

/** Counts of jobs, and of what they used. */
export const sums: Readonly<Record<string, Sum>> = {
  enqueued: at(place.enqueued),
  started: at(place.started),
  done: at(done),
  failed: ({ sums }) => sums[place.ended]! - sums[done]!,
  retries: at(place.retries),
  cpuSeconds: at(place.cpuSeconds),
  ioBytes: at(place.ioBytes),
  inBytes: at(place.inBytes),
  outBytes: at(place.outBytes),
};

/** What is looked at once a second, and each start of a worker. */
export const levels = [
  "queued",
  "running",
  "workers",
  "oldestWaitMs",
  "bootMs",
  "workerSeconds",
  "busySeconds",
  "enqueuedPerS",
  "startedPerS",
  "donePerS",
  "failedPerS",
  "cpuRatio",
  "memoryRatio",
  "memoryAvailableBytes",
  "cpuPressureRatio",
  "memoryPressureRatio",
  "ioPressureRatio",
  "diskReadBytesPerS",
  "diskWrittenBytesPerS",
  "diskReadsPerS",
  "diskWritesPerS",
  "networkReceivedBytesPerS",
  "networkSentBytesPerS",
] as const;

/** All names. */
export const names: readonly string[] = [
  ...Object.keys(distributions),
  ...Object.keys(sums),
  ...levels,
];

/** Whether a name is of a level: those are of the service, not of jobs. */
export const isLevel = (name: string): boolean => (levels as readonly string[]).includes(name);
