/**
 * The values that an option is tried with: `max=4..32`, `max=4..32:4`, `keepAliveMs=0,500,2000`.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import type { Sweep } from "../simulation/what_if.ts";

/** Values at most. */
const valuesMax = 16;
/** A range without a step has each whole number up to so many, else each is double the one before. */
const singlyMax = 8;

/** Reads a sweep. */
export function sweepOf(text: string): Sweep {
  const [, name, from, to, step, list] =
    /^(\w+)=(?:(\d+)\.\.(\d+)(?::(\d+))?|([\d.]+(?:,[\d.]+)*))$/.exec(text) ?? [];
  if (name === undefined) {
    const message = `--sweep must be like max=4..32, max=4..32:4 or max=4,8,12, given ${text}`;
    throw new Refusal("usage", message);
  }
  const values = list !== undefined
    ? list.split(",").map(Number)
    : range(Number(from), Number(to), step === undefined ? null : Number(step));
  if (values.length > 0 && values.length <= valuesMax) return { name, values };
  const message =
    `--sweep ${text} comes to ${values.length} values: 1 to ${valuesMax} can be tried`;
  throw new Refusal("usage", message);
}

function range(from: number, to: number, step: number | null): number[] {
  const values: number[] = [];
  const one = step ?? (to - from < singlyMax ? 1 : null);
  for (let value = from; value <= to && values.length <= valuesMax;) {
    values.push(value);
    value = one === null ? Math.max(1, value * 2) : value + Math.max(1, one);
  }
  if (one === null && values.at(-1)! < to) values.push(to);
  return values;
}
