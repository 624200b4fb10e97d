/**
 * When a reading says too little about the host to change anything by it.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";

/** True for a number that was measured: not null, not NaN, not negative, not infinite. */
export function known(value: number | null): value is number {
  return value !== null && value >= 0 && value < Infinity;
}

/** What can't be seen of the host, in words; null when all of it can. */
export function blind(reading: Reading): string | null {
  if (!(reading.hostAgeMs <= reading.hostStaleMs)) {
    return `host data is ${reading.hostAgeMs} ms old`;
  }
  if (!known(reading.cpuRatio)) return "cpu is unknown";
  if (!known(reading.memoryRatio)) return "memory is unknown";
  return null;
}
