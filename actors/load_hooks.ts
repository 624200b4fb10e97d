/**
 * Finds the hooks of a runtime: those it was given, then those of the modules in its configuration.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import type { Hooks } from "../messages/hooks.ts";
import type { NamedHooks } from "./hooks.ts";
import { Refusal } from "./refusal.ts";

const names = ["onInit", "onTick", "onTaskEnd", "onDecision"];

/** Loads them; rejects with Refusal `invalid_hooks` that names the file and what is wrong with it. */
export async function loadHooks(
  given: Hooks | readonly Hooks[] | undefined,
  modules: readonly string[],
): Promise<readonly NamedHooks[]> {
  const own = given === undefined ? [] : [given].flat() as readonly Hooks[];
  const all: NamedHooks[] = own.map((hooks, i) => ({
    name: own.length === 1 ? "hooks" : `hooks[${i}]`,
    hooks: checked(hooks, `/hooks${own.length === 1 ? "" : `/${i}`}`, "hooks"),
  }));
  for (const [i, module] of modules.entries()) {
    const pointer = `/hooks/modules/${i}`;
    const url = module.startsWith("file:") ? module : pathToFileURL(module).href;
    const loaded = await import(url).catch((error: unknown) => {
      const why = String(error).split("\n")[0]!.slice(0, 300);
      throw refusal(pointer, "a module that can be loaded", `${module} can't be loaded: ${why}`);
    }) as { readonly default?: Hooks };
    all.push({ name: module, hooks: checked(loaded.default ?? loaded as Hooks, pointer, module) });
  }
  return all;
}

function checked(hooks: Hooks, pointer: string, name: string): Hooks {
  const expected = `functions called ${names.join(", ")}`;
  const known = typeof hooks === "object" && hooks !== null
    ? names.filter((hook) => hook in hooks) as (keyof Hooks)[]
    : [];
  if (known.length > 0 && known.every((hook) => typeof hooks[hook] === "function")) return hooks;
  throw refusal(pointer, expected, `${name} has no hooks: expected ${expected}`);
}

const refusal = (pointer: string, expected: string, message: string) =>
  new Refusal("invalid_hooks", message, [{ pointer, message, expected }]);
