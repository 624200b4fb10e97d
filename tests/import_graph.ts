/**
 * Which file imports which.
 *
 * @module
 */
import type { Outline } from "./outline.ts";

/** The path a specifier leads to from a file, null for packages. */
export function resolve(path: string, specifier: string): string | null {
  if (!/^\.{1,2}\//.test(specifier)) return own[specifier] ?? null;
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** Our own names in the import map. */
const own: Readonly<Record<string, string>> = {
  "@flyball/flyball": "mod.ts",
  "@flyball/flyball/client": "client/mod.ts",
  "@flyball/flyball/task": "task.ts",
  "@flyball/flyball/testing": "simulation/mod.ts",
  "@std/assert": "deps/std_assert.js",
  "@std/async": "deps/std_async.js",
  "@std/testing/time": "deps/std_testing_time.ts",
};

/** Which file imports which; only edges between files that are given. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Draws the graph of some files; `urls` counts `new URL("./x.ts", import.meta.url)` as well. */
export function importGraph(
  files: ReadonlyMap<string, Pick<Outline, "imports">>,
  urls: boolean,
): ImportGraph {
  const edges = (path: string, { imports }: Pick<Outline, "imports">) =>
    imports
      .filter(({ kind }) => urls || kind !== "url")
      .map(({ specifier }) => resolve(path, specifier))
      .filter((to): to is string => to !== null && files.has(to));
  return new Map([...files].map(([path, file]) => [path, edges(path, file)]));
}

/** Files from which imports lead back to themselves, in order of name. */
export function cyclic(graph: ImportGraph): string[] {
  return [...graph.keys()].filter((path) => reached(graph, graph.get(path)!).has(path)).sort();
}

/** Every file that imports lead to from `roots`, these included. */
export function reached(graph: ImportGraph, roots: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const next = [...roots];
  for (let path = next.pop(); path !== undefined; path = next.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    next.push(...(graph.get(path) ?? []));
  }
  return seen;
}
