/**
 * Numbers and durations after a flag.
 *
 * @module
 */
import { InvalidArgumentError } from "commander";
import { parseDurationMs } from "../actors/units.ts";

/** Reads a whole number from `min` to `max`. */
export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number ${min}..${max}`);
  };
}

/** Reads a duration with its unit, at least 1 ms. */
export function duration(text: string): number {
  try {
    const ms = Math.round(parseDurationMs(text));
    if (ms >= 1) return ms;
  } catch (error) {
    const { message } = error as RangeError;
    throw new InvalidArgumentError(message.replace(" or a number of ms", ""));
  }
  throw new InvalidArgumentError("expected at least 1 ms");
}

/** Collects a flag that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
