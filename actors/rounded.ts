/**
 * A reading without digits that nobody knows: what is recorded is what was decided by.
 *
 * @module
 */
import { type Reading, type SignalName, signals } from "../messages/signals.ts";

/** Parts of one that are kept of each number, by the unit at the end of its name. */
const parts = (name: string): number =>
  name.endsWith("Ratio") ? 1e4 : name.endsWith("Ms") ? 1e3 : name === "cores" ? 1e3 : 1;

const fields = (Object.keys(signals) as SignalName[]).map((name) => [name, parts(name)] as const);

/** Ratios to a ten thousandth, times to a microsecond, the rest whole; what is no number stays. */
export function rounded(reading: Reading): Reading {
  const coarse: Record<string, unknown> = { ...reading };
  for (const [name, part] of fields) {
    const value = reading[name];
    if (value !== null) coarse[name] = Math.round(value * part) / part;
  }
  coarse.nowMs = Math.round(reading.nowMs * 1e3) / 1e3;
  return coarse as unknown as Reading;
}
