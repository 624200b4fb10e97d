/**
 * What the time of a step went into.
 *
 * @module
 */
import type { StepTimes } from "../../messages/workflow.ts";

/** What is known of a step. Instants are epoch ms. */
export interface Lived {
  readonly acceptedAt: number;
  /** The instant it was asked for, its acceptance where there is none. */
  readonly dueAt: number;
  /** When all it waited for had ended; at least `dueAt` once that is so. */
  readonly readyAt: number;
  /** Of its last attempt; null where it has none. */
  readonly startedAt: number | null;
  /** Its end, or now. */
  readonly endAt: number;
  /** Wait of its last attempt, ms; null where there was one attempt at most. */
  readonly lastWaitMs: number | null;
  readonly keysMs: number;
}

/** Nothing. */
export const noTimes: StepTimes = {
  scheduledMs: 0,
  dependenciesMs: 0,
  retriesMs: 0,
  keysMs: 0,
  queueMs: 0,
  runMs: 0,
};

/** Parts that make up exactly the time from its acceptance to its end; none is below 0. */
export function stepTimes(lived: Lived): StepTimes {
  const { acceptedAt, dueAt, readyAt, startedAt, endAt, lastWaitMs, keysMs } = lived;
  let leftMs = Math.max(0, endAt - acceptedAt);
  // Clocks of several lives may disagree; nothing is counted twice for that.
  const take = (ms: number) => {
    const taken = Math.min(leftMs, Math.max(0, ms));
    leftMs -= taken;
    return taken;
  };
  const scheduledMs = take(dueAt - acceptedAt);
  const dependenciesMs = take(readyAt - Math.max(dueAt, acceptedAt));
  const runMs = startedAt === null ? 0 : take(endAt - startedAt);
  const retriesMs = lastWaitMs === null || startedAt === null
    ? 0
    : take(startedAt - lastWaitMs - readyAt);
  const held = take(keysMs);
  return { scheduledMs, dependenciesMs, retriesMs, keysMs: held, queueMs: leftMs, runMs };
}

/** Part by part. */
export function sumTimes(all: readonly StepTimes[]): StepTimes {
  return all.reduce((sum, times) => ({
    scheduledMs: sum.scheduledMs + times.scheduledMs,
    dependenciesMs: sum.dependenciesMs + times.dependenciesMs,
    retriesMs: sum.retriesMs + times.retriesMs,
    keysMs: sum.keysMs + times.keysMs,
    queueMs: sum.queueMs + times.queueMs,
    runMs: sum.runMs + times.runMs,
  }), noTimes);
}
