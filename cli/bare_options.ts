/**
 * Options whose value, a number, may be left out, where a word follows that is none:
 * `submit --wait hash`.
 *
 * @module
 */
import type { Option } from "commander";

/** `args` with such options at the end, where nothing follows that could be taken for their value. */
export function bareLast(
  args: readonly string[],
  options: readonly (Pick<Option, "optional" | "long"> & { readonly parseArg?: unknown })[],
): readonly string[] {
  // Where it is read by nobody it may be any word.
  const names = options.filter(({ optional, parseArg }) => optional && parseArg !== undefined)
    .map(({ long }) => long as string);
  const isBare = (word: string, i: number) =>
    names.includes(word) && !/^\d/.test(args[i + 1] ?? "");
  return [...args.filter((word, i) => !isBare(word, i)), ...args.filter(isBare)];
}
