/**
 * Writes a patch to the configuration file, whose comments and order stay.
 *
 * @module
 */
import { parseDocument } from "yaml";
import type { SavePatch } from "../actors/config_desk.ts";
import { plain } from "../actors/config_tree.ts";

/** Saves patches to the file at `path`. */
export function savePatch(path: string): SavePatch {
  return async (patch, removed) => {
    const before = await Deno.readTextFile(path);
    await replace(path, edited(before, { isJson: path.endsWith(".json") }, patch, removed));
    return () => replace(path, before);
  };
}

/** The text of a file with a patch. */
export function edited(
  text: string,
  { isJson }: { readonly isJson: boolean },
  patch: unknown,
  removed: readonly (readonly string[])[],
): string {
  const document = parseDocument(text);
  if (document.contents === null) document.contents = document.createNode({}) as never;
  const gone = new Set(removed.map((path) => JSON.stringify(path)));
  for (const [path, value] of leaves(patch, [])) {
    if (!gone.has(JSON.stringify(path))) document.setIn(path, document.createNode(value));
    else if (document.hasIn(path)) document.deleteIn(path);
  }
  return isJson ? `${JSON.stringify(document.toJS(), null, 2)}\n` : document.toString();
}

/** What a patch sets, each with its path. */
function leaves(tree: unknown, path: readonly string[]): (readonly [readonly string[], unknown])[] {
  if (!plain(tree) || Object.keys(tree).length === 0) return [[path, tree]];
  return Object.entries(tree).flatMap(([key, value]) => leaves(value, [...path, key]));
}

/** Whole or not at all: somebody may read it just now. */
async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  await Deno.writeTextFile(beside, text);
  await Deno.rename(beside, path);
}
