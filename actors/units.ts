/**
 * Quantities as people write them. A key carries its unit as a suffix (`timeoutMs`,
 * `memoryRatio`); its value is a number in that unit or a text with its own unit.
 *
 * @module
 */

/** Longest duration a timer can hold: 2^31 - 1 ms, about 24.8 days. */
export const durationMsMax = 2_147_483_647;

/** Longest period of a rate: 31 days, as a month is where quotas are. */
const periodMsMax = 31 * 86_400_000;

const millisecondsPer: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Of rates; `min` beside `m`, as providers write it. */
const periodMsPer: Record<string, number> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const bytesPer: Record<string, number> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Reads a duration: a number of ms or a text such as `"10m"`. Throws a RangeError with the reason. */
export function parseDurationMs(given: number | string): number {
  const durationMs = measure(given, millisecondsPer, 'a duration such as "10m" or a number of ms');
  if (durationMs > durationMsMax) {
    throw refused(`at most ${durationMsMax} ms (24.8 days, the longest a timer can wait)`, given);
  }
  return durationMs;
}

/** Reads a size: a number of bytes or a text such as `"50MB"`. Throws a RangeError with the reason. */
export function parseBytes(given: number | string): number {
  const bytes = Math.round(measure(given, bytesPer, 'a size such as "1GiB" or a number of bytes'));
  if (bytes > Number.MAX_SAFE_INTEGER) throw refused("a size below 8 PiB", given);
  return bytes;
}

/** Reads a share: a number 0..1 or a text such as `"80%"`. Throws a RangeError with the reason. */
export function parseRatio(given: number | string): number {
  const expected = 'a ratio 0..1 or a text such as "80%"';
  const ratio = typeof given === "string"
    ? measure(given, { "%": 1 }, expected) / 100
    : measure(given, {}, expected);
  if (ratio > 1) throw refused(expected, given);
  return ratio;
}

/**
 * Reads a rate such as `"3500/min"`, `"10MB/s"` or `"5/10s"`: so much in each period. Throws a
 * RangeError with the reason.
 */
export function parseRate(given: string): { readonly amount: number; readonly periodMs: number } {
  const expected = 'a rate such as "3500/min" or "10MB/s"';
  const parts = /^(\d{1,15}(?:\.\d{1,9})?) ?([A-Za-z]{0,3}) ?\/ ?(\d{0,6}) ?([a-z]{1,3})$/.exec(
    given,
  );
  if (parts === null) throw refused(expected, given);
  const [, count, size = "", periods, period = ""] = parts;
  if (!Object.hasOwn(periodMsPer, period)) {
    throw refused(expected, given, `periods are ${Object.keys(periodMsPer).join(", ")}`);
  }
  if (size !== "" && !Object.hasOwn(bytesPer, size)) {
    throw refused(expected, given, `sizes are ${Object.keys(bytesPer).join(", ")}`);
  }
  const amount = Number(count) * (bytesPer[size] ?? 1);
  const periodMs = Number(periods || 1) * periodMsPer[period]!;
  if (!(amount > 0 && amount <= Number.MAX_SAFE_INTEGER)) throw refused("a rate above 0", given);
  if (!(periodMs > 0 && periodMs <= periodMsMax)) {
    throw refused("a period of at most 31 days", given);
  }
  return { amount, periodMs };
}

/** The way to read a key's value by the unit that ends its name; null for a key without one. */
export function parserOf(key: string): ((given: number | string) => number) | null {
  if (key.endsWith("Ms")) return parseDurationMs;
  if (key.endsWith("Bytes") || key === "bytesMax") return parseBytes;
  if (key.endsWith("Ratio")) return parseRatio;
  return null;
}

function measure(
  given: number | string,
  factors: Record<string, number>,
  expected: string,
): number {
  if (typeof given === "number") {
    if (!(given >= 0 && Number.isFinite(given))) throw refused(expected, given);
    return given;
  }
  const parts = /^(\d{1,15}(?:\.\d{1,9})?) ?([A-Za-z%]*)$/.exec(given);
  if (parts === null) throw refused(expected, given);
  const unit = parts[2]!;
  if (unit === "") throw refused(expected, given, "a text needs a unit");
  if (!Object.hasOwn(factors, unit)) {
    throw refused(expected, given, `units are ${Object.keys(factors).join(", ")}`);
  }
  return Number(parts[1]) * factors[unit]!;
}

function refused(expected: string, given: number | string, because?: string): RangeError {
  const shown = typeof given === "string" ? JSON.stringify(given.slice(0, 60)) : String(given);
  return new RangeError(`expected ${expected}, given ${shown}${because ? ` (${because})` : ""}`);
}
