/**
 * Configuration values written as text: in the environment and after `--set`.
 *
 * @module
 */
import type { ConfigSource } from "../actors/config.ts";
import { Refusal } from "../actors/runtime.ts";

/** Reads JSON where it is JSON (`8`, `true`, `null`, `["."]`); all else is a text. */
export function scalar(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The mapping that has `value` at `path` and nothing else. */
export function assign(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((tree, key) => Object.fromEntries([[key, tree]]), value);
}

/** Reads `--set pools.default.workers.max=8`; what asked for it is called `name`. */
export function parseSetting(text: string, name: string = "--set"): ConfigSource {
  const split = text.indexOf("=");
  const path = text.slice(0, Math.max(0, split)).split(".");
  if (split < 1 || path.some((key) => key.trim() === "")) {
    throw new Refusal("usage", `${name} expected key.key=value, given ${JSON.stringify(text)}`);
  }
  return { name, values: assign(path, scalar(text.slice(split + 1))) };
}
