/**
 * Numbers, durations and the like after a flag.
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

/** Reads a duration as GNU parallel does: a number without a unit is of seconds. */
export function seconds(text: string): number {
  if (/^\d+%$/.test(text)) {
    throw new InvalidArgumentError("a percentage of the usual time is not supported: give 10s");
  }
  return duration(/^\d{1,15}(\.\d{1,9})?$/.test(text) ? `${text}s` : text);
}

/**
 * Reads how many commands may run at once: `4`, `150%` of the cores, `+2` or `-2` of them, and
 * undefined for `0`, which is as many as is good.
 */
export function commandsAtOnce(text: string): number | undefined {
  const cores = navigator.hardwareConcurrency;
  const [, sign, count, percent] = /^([+-]?)(\d{1,6})(%?)$/.exec(text) ?? [];
  if (count === undefined || Number(count) > 10_000) {
    throw new InvalidArgumentError("expected a number up to 10000, or of cores, as 150% or +2");
  }
  if (sign === "" && percent === "") return Number(count) || undefined;
  const share = percent === "" ? Number(count) : cores * Number(count) / 100;
  const all = sign === "" ? share : sign === "+" ? cores + share : cores - share;
  return Math.min(10_000, Math.max(1, Math.round(all)));
}

const escapes: Readonly<Record<string, number>> = { "\\n": 10, "\\t": 9, "\\0": 0, "\\r": 13 };

/** Reads the byte that ends a line: one character of ASCII, or `\n`, `\t`, `\r`, `\0`. */
export function delimiter(text: string): number {
  const byte = escapes[text] ?? (text.length === 1 ? text.charCodeAt(0) : NaN);
  if (byte < 128) return byte;
  throw new InvalidArgumentError("expected one character of ASCII, or \\n, \\t, \\r or \\0");
}

/** Reads what parts a line. */
export function separator(text: string): RegExp {
  try {
    if (text !== "") return new RegExp(text, "u");
  } catch { /* told below */ }
  throw new InvalidArgumentError("expected a regular expression, such as , or \\t");
}

/** Collects a flag that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
