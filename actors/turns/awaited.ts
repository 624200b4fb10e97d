/**
 * What a job with keys waits for.
 *
 * @module
 */
import type { Hold } from "../gates/gate.ts";
import type { Job } from "../job.ts";
import { rateText } from "./rate_text.ts";
import type { Semaphore } from "./semaphore.ts";

/** What a job waits for that its keys make wait, and how many go before it. */
export function awaited(job: Job, nowMs: number): Hold | null {
  const { bunch } = job;
  const key = bunch?.at;
  if (!bunch || !key) return null;
  const ahead = bunch.ahead(job);
  const limit = `(limit ${key.rule.pattern})`;
  const count = full(key, job.rank);
  if (count !== null) {
    return { gate: "key", because: `${count} ${limit}`, ahead: ahead.length, untilMs: null };
  }
  return {
    gate: "rate",
    because: `${dry(key, job, nowMs)} ${limit}`,
    ahead: ahead.length,
    untilMs: finite(key.quota?.etaMs([...ahead, job], nowMs)),
  };
}

function full(key: Semaphore<Job>, rank: number): string | null {
  const { rule: { each, keys, active }, name, running } = key;
  if (key.isFull(rank)) return `${running} of at most ${each} jobs with the key ${name} run`;
  if (!key.isShut(rank) && key.quota !== null) return null;
  return `${active} of at most ${keys} keys are in use, ${name} is not`;
}

function dry({ name, quota }: Semaphore<Job>, job: Job, nowMs: number): string {
  const restMs = (quota?.restsUntilMs ?? 0) - nowMs;
  if (restMs > 0) return `Jobs with the key ${name} were told to wait ${Math.ceil(restMs)} ms more`;
  const lack = quota?.lack(job, nowMs);
  if (!lack) return `Others go first that wait for the rate of the key ${name}`;
  const { unit, amount, free, rate } = lack;
  return `It needs ${amount} ${unit}, ${free} of ${rateText(rate)} are free with the key ${name}`;
}

const finite = (ms: number | undefined) => ms === undefined || ms === Infinity ? null : ms;
