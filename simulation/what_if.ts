/**
 * What would have been: one workload under several policies and sizes, each against the best that a
 * pool of one size could have done.
 *
 * @module
 */
import type { Choice } from "../policies/choice.ts";
import { bestFixed, type Fixed } from "./best_fixed.ts";
import { namesOf, simulate, type SimulateOptions } from "./simulate.ts";
import { curveParts, type Outcome } from "./tally.ts";
import { type Workload, workMs } from "./workload.ts";

/** One option tried with several values. */
export interface Sweep {
  /** `max` or `min`, `startMs`, or an option of the policies. */
  readonly name: string;
  /** What it is set to, one after another. */
  readonly values: readonly number[];
}

/** What is to be compared. */
export interface WhatIf extends Omit<SimulateOptions, "policy" | "note"> {
  /** Default: the governor. */
  readonly policies?: readonly Choice[];
  /** Default: none. */
  readonly sweep?: Sweep | null;
}

/** One policy, in numbers. */
export interface ReportRow extends Outcome {
  /** How much more it costs than the best fixed size, %; negative where it costs less. */
  readonly regretPercent: number;
  /** Whether no other row has a shorter wait (p95) for less time of workers. */
  readonly isOnFront: boolean;
}

/** What came of it. */
export interface Report {
  /** Name of the workload. */
  readonly trace: string;
  /** Jobs in it. */
  readonly jobs: number;
  /** How long jobs come, s. */
  readonly spanS: number;
  /** Mean run time of a job, ms. */
  readonly serviceMeanMs: number;
  /** What was left out or made up. */
  readonly remarks: readonly string[];
  /** Workers that would be busy if nobody waited, on average in each of 60 parts of the span. */
  readonly loadCurve: readonly number[];
  /** The best pool of one size, in hindsight. */
  readonly bestFixed: Fixed;
  /** A row for each policy, and each value of the sweep. */
  readonly rows: readonly ReportRow[];
}

/** Options of a simulation that a sweep may set. */
const worldly = new Set(["max", "min", "startMs", "slots", "cpuRatio", "waitTargetMs"]);

/** Simulates `workload` once for each policy and each value of the sweep. */
export async function whatIf(workload: Workload, wish: WhatIf = {}): Promise<Report> {
  const { policies = [{ name: "governor" }], beside = [], sweep = null, ...options } = wish;
  const outcomes: Outcome[] = [];
  for (const policy of policies) {
    for (const value of sweep?.values ?? [null]) {
      const isWorldly = sweep !== null && worldly.has(sweep.name);
      const set = value === null ? {} : { [sweep!.name]: value };
      const out = await simulate(workload, {
        ...options,
        ...(isWorldly && set),
        beside,
        policy: isWorldly ? policy : { ...policy, ...set },
      });
      const told = isWorldly
        ? `${namesOf([policy, ...beside])} ${sweep.name}=${value}`
        : out.policy;
      outcomes.push({ ...out, policy: told });
    }
  }
  const best = await bestFixed(workload, options);
  return {
    trace: workload.name,
    jobs: workload.atMs.length,
    spanS: workload.spanMs / 1_000,
    serviceMeanMs: workMs(workload) / Math.max(1, workload.atMs.length),
    remarks: workload.remarks,
    loadCurve: loadOf(workload),
    bestFixed: best,
    rows: outcomes.map((out) => ({
      ...out,
      regretPercent: 100 * (out.cost / best.cost - 1),
      isOnFront: !outcomes.some((other) => beats(other, out)),
    })),
  };
}

/** Whether one is better in one of both, and no worse in the other. */
function beats(one: Outcome, other: Outcome): boolean {
  const [lessMs, lessS] = [
    other.waitP95Ms - one.waitP95Ms,
    other.workerSeconds - one.workerSeconds,
  ];
  return lessMs >= 0 && lessS >= 0 && lessMs + lessS > 0;
}

function loadOf({ atMs, serviceMs, spanMs }: Workload): readonly number[] {
  const partsMs = new Float64Array(curveParts);
  for (let job = 0; job < atMs.length; job++) {
    partsMs[Math.min(curveParts - 1, Math.floor(atMs[job]! / spanMs * curveParts))]! +=
      serviceMs[job]!;
  }
  return Array.from(partsMs, (ms) => Math.round(100 * ms * curveParts / Math.max(1, spanMs)) / 100);
}
