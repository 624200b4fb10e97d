/**
 * Whole numbers as the kernel writes them.
 *
 * @module
 */

/** A count without a sign; null for anything else. */
export function whole(text: string | null | undefined): number | null {
  const digits = text?.trim();
  return digits && /^\d{1,19}$/.test(digits) ? Number(digits) : null;
}

/** All of `words` as counts; null when one is none. */
export function wholes(words: readonly string[]): number[] | null {
  const numbers = words.map(Number);
  return numbers.every((number, i) => number >= 0 && number < 1e19 && words[i] !== "")
    ? numbers
    : null;
}
