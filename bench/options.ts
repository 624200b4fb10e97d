/**
 * Options of the benches: typed, and refused in words where they are wrong.
 *
 * @module
 */

/** Exit code of a wrong command line. */
const usage = 64;

/** Parses with `parse`; says what was wrong and exits 64 where it throws. */
export function options<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(usage);
  }
}

/** A number >= `min` given as `name`. */
export function number(name: string, text: string, min = 0): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value < Infinity) return value;
  throw new RangeError(`${name} must be a number >= ${min}: given ${JSON.stringify(text)}`);
}

/** A whole number >= `min` given as `name`. */
export function whole(name: string, text: string, min = 1): number {
  const value = number(name, text, min);
  if (Number.isInteger(value)) return value;
  throw new RangeError(`${name} must be a whole number: given ${text}`);
}

/** One of `words` given as `name`. */
export function oneOf<W extends string>(name: string, text: string, words: readonly W[]): W {
  const word = words.find((word) => word === text);
  if (word !== undefined) return word;
  throw new RangeError(`${name} must be one of ${words.join(", ")}: given ${text}`);
}
