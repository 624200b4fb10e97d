/**
 * Handlers whose code is loaded by the first who asks: most services never need it.
 *
 * @module
 */
import type { Handler } from "./call.ts";

/**
 * A handler that `make` makes of the module in `file`. Deno reads what it finds behind a plain
 * `import("…")` at every start; this it does not.
 */
export function lazily<M>(file: string, make: (module: M) => Handler): Handler {
  let made: Promise<Handler> | null = null;
  const load = async () => make(await import(new URL(file, import.meta.url).href) as M);
  return async (call) => await (await (made ??= load()))(call);
}
