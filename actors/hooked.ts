/**
 * Lets hooks hear of a runtime, where there are any; else nothing is loaded.
 *
 * @module
 */
import type { Hooks } from "../messages/hooks.ts";
import type { System } from "./system.ts";
import { version } from "./version.ts";

/** Begins to call them; returns the end of it. Rejects with Refusal where a hook is none. */
export async function hooked(
  system: System,
  { hooks, modules, timeoutMs }: {
    readonly hooks: Hooks | readonly Hooks[] | undefined;
    readonly modules: readonly string[];
    readonly timeoutMs: number;
  },
): Promise<() => void> {
  if (hooks === undefined && modules.length === 0) return () => {};
  const { loadHooks } = await import("./load_hooks.ts");
  const all = await loadHooks(hooks, modules);
  const { Hooking } = await import("./hooks.ts");
  const stopping = new AbortController();
  void new Hooking(system, all, timeoutMs).run(version, stopping.signal);
  return () => stopping.abort();
}
