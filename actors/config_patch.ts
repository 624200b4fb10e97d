/**
 * A JSON merge patch of a configuration.
 *
 * @module
 */
import { composeConfig, type Config } from "./config.ts";
import { pointer } from "./config_issues.ts";
import { plain } from "./config_tree.ts";
import { Refusal } from "./refusal.ts";

/**
 * `config` with what `patch` says. What it leaves out stays. Null is a value where a key may be null;
 * elsewhere it takes the key back to its default, or out of its mapping. Throws Refusal
 * `invalid_config` with all that is wrong.
 */
export const patchConfig = (config: Config, patch: unknown): Config =>
  patched(config, patch).config;

/** The same, with the paths that are taken away. */
export function patched(
  config: Config,
  patch: unknown,
): { readonly config: Config; readonly removed: readonly (readonly string[])[] } {
  const left = new Map(nulls(patch, []).map((path) => [pointer(path), path]));
  const removed: (readonly string[])[] = [];
  for (;;) {
    const without = (tree: unknown) => removed.reduce(remove, tree);
    try {
      const next = composeConfig([
        { name: "in force", values: without(config) },
        { name: "patch", values: without(patch) },
      ]);
      return { config: next, removed };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const more = error.issues.map(({ pointer }) => left.get(pointer))
        .filter((path) => path !== undefined);
      if (more.length === 0) throw error;
      for (const path of more) left.delete(pointer(path));
      removed.push(...more);
    }
  }
}

/** Paths of all nulls, in mappings. */
function nulls(tree: unknown, path: readonly string[]): (readonly string[])[] {
  if (tree === null) return [path];
  if (!plain(tree)) return [];
  return Object.entries(tree).flatMap(([key, value]) => nulls(value, [...path, key]));
}

/** The tree without what it has at `path`. */
function remove(tree: unknown, [key, ...rest]: readonly string[]): unknown {
  if (!plain(tree) || key === undefined || !Object.hasOwn(tree, key)) return tree;
  const { [key]: gone, ...others } = tree;
  return rest.length === 0 ? others : { ...others, [key]: remove(gone, rest) };
}
