/**
 * What a runtime is made from.
 *
 * @module
 */
import type { Hooks } from "../messages/hooks.ts";
import type { Config, ConfigInput } from "./config.ts";
import { esc } from "./json_value.ts";
import type { Store } from "./ports.ts";
import { Refusal } from "./refusal.ts";
import type { Tasks } from "./task_file.ts";

const known = ["tasks", "data", "store", "config", "hooks"];

/** Refuses options that there are not, such as `task`, and those that exclude each other. */
export function checkOptions(options: RuntimeOptions): void {
  if (options.data !== undefined && options.store !== undefined) {
    const message = "/data and /store exclude each other: a store of yours has its own place";
    throw new Refusal("invalid_options", message, [
      { pointer: "/store", message, expected: "nothing beside data", given: options.store.kind },
    ]);
  }
  const name = Object.keys(options).find((name) => !known.includes(name));
  if (name === undefined) return;
  const expected = `one of ${known.join(", ")}`;
  const given = name.slice(0, 80);
  const message = `/${given} is not an option of createRuntime, expected ${expected}`;
  throw new Refusal("invalid_options", message, [
    { pointer: `/${esc(name)}`, message, expected, given },
  ]);
}

/** Options of `createRuntime`; all may be left out. */
export interface RuntimeOptions<T extends Tasks = Tasks> {
  /** Tasks by name. Default none: the runtime runs commands only. */
  readonly tasks?: T;
  /** Data directory, made when missing. Default none: jobs live in memory. */
  readonly data?: string;
  /** A store of your own in place of ours; the runtime closes it. Default: by `data`. */
  readonly store?: Store;
  /** Configuration, whole or in part; refused with `invalid_config` when wrong. */
  readonly config?: Config | ConfigInput;
  /** Functions that are called at certain moments; those of the configuration come after them. */
  readonly hooks?: Hooks | readonly Hooks[];
}
