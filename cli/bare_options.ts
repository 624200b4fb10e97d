/**
 * Options whose value may be left out, where a word follows that is no value: `submit --wait hash`.
 *
 * @module
 */
import type { Option } from "commander";

/** `args` with such options at the end, where nothing follows that could be taken for their value. */
export function bareLast(
  args: readonly string[],
  options: readonly Pick<Option, "optional" | "long">[],
): readonly string[] {
  const names = options.filter(({ optional }) => optional).map(({ long }) => long as string);
  const isBare = (word: string, i: number) =>
    names.includes(word) && !/^\d/.test(args[i + 1] ?? "");
  return [...args.filter((word, i) => !isBare(word, i)), ...args.filter(isBare)];
}
