/**
 * Durations as people write them in a request: `500ms`, `30s`, `10m`, `2h`, `7d`.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a duration of at most `maxMs`.
 *
 * @param name of the parameter; the code of a refusal is `invalid_` and this name
 * @throws {Refusal}
 */
export function parseDuration(value: unknown, name: string, maxMs: number): number {
  const match = typeof value === "string" ? /^(\d{1,10})(ms|s|m|h|d)$/.exec(value) : null;
  const ms = match === null ? NaN : Number(match[1]) * unitsMs[match[2]!]!;
  if (ms <= maxMs) return ms;
  const expected = `a duration with a unit (500ms, 30s, 10m), at most ${maxMs / 1_000}s`;
  const given = JSON.stringify(value)?.slice(0, 80) ?? "undefined";
  const message = `${name} must be ${expected}, given ${given}`;
  throw new Refusal(`invalid_${name}`, message, [
    { pointer: `/${name}`, message, expected, given },
  ]);
}
