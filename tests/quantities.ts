/**
 * Quantities of a configuration as people write them, by the unit in which their key ends.
 *
 * @module
 */

type Unit = readonly [text: string, size: number];

const durations: readonly Unit[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];
const sizes: readonly Unit[] = [
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
  ["B", 1],
];

/** In the largest unit of which it is a whole number. */
const inUnits = (value: number, units: readonly Unit[]): string => {
  const [text, size] = units.find(([, size]) => value % size === 0 && value >= size) ??
    units.at(-1)!;
  return `${value / size}${text}`;
};

const isSize = (name: string) => name.endsWith("Bytes") || name === "bytesMax";

/** One value of the key `name`. */
function one(name: string, value: number): string {
  if (value === 0) return "0";
  if (name.endsWith("Ms")) return inUnits(value, durations);
  if (isSize(name)) return inUnits(value, sizes);
  if (name.endsWith("Ratio")) return `${Number((value * 100).toPrecision(12))}%`;
  return `${value}`;
}

/** A default of the key `name`, as code. */
export function amount(name: string, value: unknown): string {
  if (typeof value !== "number") return `\`${JSON.stringify(value)}\``.replaceAll("|", "\\|");
  return `\`${one(name, value)}\``;
}

/** Bounds that go without saying: of shares, of what a timer can wait, of a number at all. */
function natural(name: string): readonly [number | undefined, number] {
  if (name.endsWith("Ratio")) return [0, 1];
  return [undefined, name.endsWith("Ms") ? 2_147_483_647 : Number.MAX_SAFE_INTEGER];
}

/** What a schema says of a number. */
export interface Bounds {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** What a number of the key `name` may be: its kind and its bounds. */
export function range(
  name: string,
  { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Bounds,
): string {
  let kind = type === "integer" ? "a whole number" : "a number";
  if (name.endsWith("Ms")) kind = "a duration";
  if (isSize(name)) kind = "a size";
  if (name.endsWith("Ratio")) kind = "a share";
  const [least, most] = natural(name);
  const low = minimum === least ? undefined : minimum;
  const high = maximum === most ? undefined : maximum;
  const bounds = [
    ...(low === undefined ? [] : [`from ${one(name, low)}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${one(name, exclusiveMinimum)}`]),
    ...(high === undefined ? [] : [`to ${one(name, high)}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${one(name, exclusiveMaximum)}`]),
  ];
  return bounds.length === 0 ? kind : `${kind} ${bounds.join(" ")}`;
}
