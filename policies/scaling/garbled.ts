/**
 * Readings that can't be: counts that are not numbers, or below nothing.
 *
 * @module
 */
import { type Reading, type SignalName, signals } from "../../messages/signals.ts";
import { known } from "./blind.ts";

/** Signals that are always known. */
const always = (Object.keys(signals) as SignalName[]).filter((name) => !signals[name].nullable);

/** Those of them that are not about the age of the host's part. */
const counts = always.filter((name) => !name.startsWith("host"));

/** What can't be, in words; null where all can. The age of the host's part is a matter of {@link blind}. */
export function garbled(reading: Reading): string | null {
  if (!Number.isFinite(reading.nowMs)) return `the time is ${reading.nowMs}`;
  for (const name of counts) {
    if (!known(reading[name])) return `${name} is ${reading[name]}`;
  }
  return null;
}

/** A reading with nothing where there was nonsense, for a policy that has nothing to hold yet. */
export function cleaned(reading: Reading): Reading {
  const values = always.map((name) => [name, known(reading[name]) ? reading[name] : 0]);
  const { nowMs, hostAgeMs, hostStaleMs } = reading;
  return {
    ...reading,
    ...Object.fromEntries(values),
    nowMs: Number.isFinite(nowMs) ? nowMs : 0,
    cores: known(reading.cores) ? reading.cores : 1,
    hostAgeMs,
    hostStaleMs,
  };
}
