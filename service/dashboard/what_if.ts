/**
 * A what-if, from what the fields of its form say.
 *
 * @module
 */

/** A policy with its options. */
export interface PolicyChoice {
  readonly name: string;
  readonly [option: string]: string | number;
}

/** Reads `governor, target, fixed:workers=8`, as the command line has it. */
export function policiesOf(text: string): PolicyChoice[] {
  return text.split(/[\s,]+/).filter(Boolean).map((one) => {
    const [name = "", ...options] = one.split(":");
    return { name, ...Object.fromEntries(options.map(optionOf)) };
  });
}

function optionOf(text: string): [string, string | number] {
  const [key = "", value = ""] = text.split("=", 2);
  return [key, value !== "" && Number.isFinite(Number(value)) ? Number(value) : value];
}

/** Reads `max=4..32` as five values from 4 to 32, and `max=4,8,16` as these; null where it is empty. */
export function sweepOf(text: string): { name: string; values: number[] } | null {
  const [, name, said] = /^\s*(\w+)\s*=\s*(.+?)\s*$/.exec(text) ?? [];
  if (name === undefined || said === undefined) return null;
  const [, from, to] = /^([\d.]+)\.\.([\d.]+)$/.exec(said) ?? [];
  if (from === undefined) return { name, values: said.split(/[\s,]+/).map(Number) };
  const step = (Number(to) - Number(from)) / 4;
  const values = [0, 1, 2, 3, 4].map((i) => Math.round(Number(from) + i * step));
  return { name, values: [...new Set(values)] };
}

/** The points of a line in a box of 100 x 100, for an SVG. */
export function polyline(values: readonly number[], most: number): string {
  const last = Math.max(1, values.length - 1);
  return values.map((value, i) =>
    `${Math.round(i / last * 1_000) / 10},${Math.round(1_000 - value / (most || 1) * 1_000) / 10}`
  ).join(" ");
}
