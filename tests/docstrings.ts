/**
 * What sources say of the keys of their objects and interfaces, read from the docstrings above them.
 * `deno fmt` indents each key of a block alike, which is all that has to be known of the language.
 *
 * @module
 */

/**
 * The keys of one object literal or interface, with their docstrings. A key without one is meant by
 * the docstring before it; null: there is none.
 */
export type Block = ReadonlyMap<string, string | null>;

const keyShape = /^(\s*)(?:readonly )?(\w+)\??:/;

/** All blocks of a source. */
export function blocksOf(source: string): readonly Block[] {
  const blocks = new Map<string, Map<string, string | null>>();
  /** The line above, by indentation, that holds what is indented further. */
  const holders: { readonly indent: number; readonly line: number }[] = [];
  let docstring: string | null = null;
  let comment: string[] | null = null;
  for (const [line, text] of source.split("\n").entries()) {
    const words = text.trim();
    if (words.startsWith("/**")) comment = [];
    if (comment !== null) {
      comment.push(words.replace(/^(\/\*\*|\*(?!\/))/, "").replace(/\*\/$/, "").trim());
      if (!words.endsWith("*/")) continue;
      docstring = comment.join(" ").trim();
      comment = null;
      continue;
    }
    if (words === "" || words.startsWith("//")) continue;
    const indent = text.length - text.trimStart().length;
    while ((holders.at(-1)?.indent ?? -1) >= indent) holders.pop();
    const [, , key] = keyShape.exec(text) ?? [];
    if (key !== undefined) {
      const holder = `${holders.at(-1)?.line ?? -1}`;
      const block = blocks.get(holder) ?? new Map<string, string | null>();
      const before = [...block.values()].at(-1) ?? null;
      blocks.set(holder, block.set(key, docstring ?? before));
    }
    docstring = null;
    holders.push({ indent, line });
  }
  return [...blocks.values()];
}

/**
 * What `blocks` say of `key` of an object with `keys`: the word of the block that has most of them
 * and no others. Null: none has one.
 */
export function saidOf(
  blocks: readonly Block[],
  key: string,
  keys: readonly string[],
): string | null {
  const fitting = blocks.filter((block) =>
    typeof block.get(key) === "string" && [...block.keys()].every((own) => keys.includes(own))
  );
  const best = fitting.reduce<Block | null>(
    (best, block) => best === null || block.size > best.size ? block : best,
    null,
  );
  return best?.get(key) ?? null;
}
