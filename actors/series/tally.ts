/**
 * What jobs of one kind did in one slot of time. Tallies are added up: ten-second ones to minutes,
 * those of several kinds to one of all.
 *
 * @module
 */
import type { Outcome } from "../../messages/outcome.ts";
import type { Use } from "../../policies/business/costs.ts";
import {
  createHistogram,
  type Histogram,
  merge,
  mergePacked,
  packHistogram,
  record,
} from "../../policies/estimators/histogram.ts";
import type { Job } from "../job.ts";
import { jsonBytes, textBytes } from "./json_bytes.ts";

/** The ways to end. */
export const endings = [
  "done",
  "failed",
  "dead",
  "timedOut",
  "expired",
  "lost",
  "cancelled",
] as const satisfies readonly Outcome["type"][];

/** The causes of not ending `done`; each such job has one. */
export const categories = [
  "exit",
  "signal",
  "timeout",
  "oom",
  "spawn",
  "validation",
  "permission",
  "cancelled",
  "dependency",
  "protocol",
  "lost",
  "internal",
] as const satisfies readonly Outcome["category"][];

/** Attempts that are told apart; more count as the last. */
export const attemptsMax = 10;

const [enqueued, started, ended, retries, firstTries, begun] = [0, 1, 2, 3, 4, 5];
const [cpuSeconds, cpuKnown, ioBytes, ioKnown, inBytes, outBytes] = [6, 7, 8, 9, 10, 11];
const endingsFrom = 12;
const categoriesFrom = endingsFrom + endings.length;
const attemptsFrom = categoriesFrom + categories.length;
/** What came later stands behind: slots of an earlier version are read, too. */
const laterFrom = attemptsFrom + attemptsMax;
const failures = laterFrom;
const handled = laterFrom + 1;
const workerSeconds = laterFrom + 2;
const gbSeconds = laterFrom + 3;
const reservedGbSeconds = laterFrom + 4;
const usedGbSeconds = laterFrom + 5;
const reservedCpuSeconds = laterFrom + 6;
const usedCpuSeconds = laterFrom + 7;
const resolved = laterFrom + 8;
const withdrawn = laterFrom + 9;
const length = laterFrom + 10;

/** Places of what is added up. */
export const place = {
  ...{ enqueued, started, ended, retries, firstTries, begun },
  ...{ cpuSeconds, cpuKnown, ioBytes, ioKnown, inBytes, outBytes },
  ...{ endingsFrom, categoriesFrom, attemptsFrom },
  ...{ failures, handled, resolved, withdrawn, workerSeconds, gbSeconds },
  ...{ reservedGbSeconds, usedGbSeconds, reservedCpuSeconds, usedCpuSeconds },
} as const;

/** Bytes of a gigabyte, as it is paid for. */
const gb = 1e9;

const endingPlace = new Map<string, number>(endings.map((name, i) => [name, endingsFrom + i]));
const categoryPlace = new Map<string, number>(
  categories.map((name, i) => [name, categoriesFrom + i]),
);

/** What an attempt used. */
export type Used = Pick<Outcome, "durationMs" | "resources">;

/** Counts and distributions. */
export class Tally {
  readonly sums = new Float64Array(length);
  /** Largest memory that was seen of one job; 0: of none. */
  peakBytes = 0;
  /** Time of its jobs in workers since their time was given out last; it is no part of the slot. */
  workedMs = 0;
  readonly durationMs: Histogram = createHistogram();
  readonly waitMs: Histogram = createHistogram();
  readonly validationMs: Histogram = createHistogram();

  /** Nothing has happened. */
  get isEmpty(): boolean {
    const { sums } = this;
    return sums[enqueued] === 0 && sums[started] === 0 && sums[ended] === 0 &&
      this.validationMs.count === 0 && sums[workerSeconds] === 0;
  }

  /** Jobs that ended. */
  get ended(): number {
    return this.sums[ended]!;
  }

  /** What is paid for. */
  get paidFor(): Use {
    const { sums } = this;
    return {
      workerSeconds: sums[workerSeconds]!,
      cpuSeconds: sums[cpuSeconds]!,
      gbSeconds: sums[gbSeconds]!,
      ioBytes: sums[ioBytes]!,
    };
  }

  /** A job was accepted. */
  accept(job: Job): void {
    this.sums[enqueued]!++;
    this.sums[inBytes]! += textBytes(job.payload);
  }

  /** An attempt was begun. */
  begin({ startedMs, dueMs }: Job): void {
    this.sums[started]!++;
    record(this.waitMs, startedMs - dueMs);
  }

  /** A job has ended. */
  end(job: Job, outcome: Outcome, ran: boolean): void {
    const { startedMs } = job;
    const { type, category, attempts } = outcome;
    const { sums } = this;
    sums[ended]!++;
    if (type === "done") {
      sums[endingsFrom]!++;
      if (attempts > 1) sums[resolved]!++;
    } else {
      sums[endingPlace.get(type)!]!++;
      sums[categoryPlace.get(category ?? "internal")!]!++;
      if (type !== "cancelled" && category !== "dependency") sums[failures]!++;
    }
    if (startedMs > 0) {
      sums[begun]!++;
      sums[retries]! += attempts - 1;
      sums[attemptsFrom + Math.min(attempts, attemptsMax) - 1]!++;
      if (type === "done" && attempts === 1) sums[firstTries]!++;
    }
    if (!ran) return;
    record(this.durationMs, outcome.durationMs);
    this.use(job, outcome);
    sums[outBytes]! += outputBytes(outcome);
  }

  /** Its jobs worked for a part of the time of workers. */
  give(seconds: number): void {
    this.sums[workerSeconds]! += seconds;
  }

  /** Somebody had taken the job in hand that is done. */
  handle(): void {
    this.sums[handled]!++;
  }

  /** A job that had ended is open again. */
  withdraw(): void {
    this.sums[withdrawn]!++;
  }

  /** An attempt has used something. */
  use({ weight, limits }: Job, { durationMs, resources }: Used): void {
    const { sums } = this;
    const ranS = durationMs / 1_000;
    if (resources.cpuSeconds !== null) {
      sums[cpuSeconds]! += resources.cpuSeconds;
      sums[cpuKnown]!++;
      if (limits?.cpuCores !== undefined) {
        sums[reservedCpuSeconds]! += limits.cpuCores * ranS;
        sums[usedCpuSeconds]! += resources.cpuSeconds;
      }
    }
    if (resources.ioBytes !== null) {
      sums[ioBytes]! += resources.ioBytes;
      sums[ioKnown]!++;
    }
    if (resources.peakBytes === null) return;
    this.peakBytes = Math.max(this.peakBytes, resources.peakBytes);
    const usedS = resources.peakBytes / gb * ranS;
    sums[gbSeconds]! += usedS;
    if (!weight || weight.reservedBytes === 0) return;
    sums[reservedGbSeconds]! += weight.reservedBytes / gb * ranS;
    sums[usedGbSeconds]! += usedS;
  }

  /** Adds what another slot or another kind of jobs did. */
  add(other: Tally): void {
    const { sums } = this;
    for (let i = 0; i < length; i++) sums[i]! += other.sums[i]!;
    this.peakBytes = Math.max(this.peakBytes, other.peakBytes);
    merge(this.durationMs, other.durationMs);
    merge(this.waitMs, other.waitMs);
    merge(this.validationMs, other.validationMs);
  }

  /** As JSON: the sums by place, those of 0 left out. */
  pack(): unknown {
    const sums = [...this.sums].flatMap((sum, i) => sum === 0 ? [] : [i, sum]);
    const packed = [this.durationMs, this.waitMs, this.validationMs].map(packHistogram);
    return [sums, this.peakBytes, ...packed];
  }

  /** Adds what was packed; what is none is left out. */
  addPacked(packed: unknown): void {
    if (!Array.isArray(packed) || !Array.isArray(packed[0])) return;
    const [sums, peakBytes, durationMs, waitMs, validationMs] = packed as [
      number[],
      ...unknown[],
    ];
    for (let i = 0; i + 1 < sums.length; i += 2) this.sums[sums[i]!]! += sums[i + 1]!;
    if (typeof peakBytes === "number") this.peakBytes = Math.max(this.peakBytes, peakBytes);
    mergePacked(this.durationMs, durationMs);
    mergePacked(this.waitMs, waitMs);
    mergePacked(this.validationMs, validationMs);
  }
}

/** What a job gave: what its task returned, or what its command wrote. */
function outputBytes({ output, stdout, stderr, droppedBytes }: Outcome): number {
  if (stdout === undefined) return jsonBytes(output);
  return textBytes(stdout) + textBytes(stderr ?? "") + (droppedBytes ?? 0);
}
