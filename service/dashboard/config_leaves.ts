/**
 * A configuration as single values, and a change of one of them.
 *
 * @module
 */
import type { ConfigView } from "../../messages/config.ts";

/** One value. */
export interface Leaf {
  /** `pools.default.workers.max`. */
  readonly key: string;
  readonly value: unknown;
  /** Heeded at once; else after a restart. */
  readonly isLive: boolean;
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) &&
  Object.keys(value).length > 0;

/** All values, in the order of the configuration. A star among `live` stands for any one name. */
export function leavesOf({ config, live }: Pick<ConfigView, "config" | "live">): Leaf[] {
  const patterns = live.map((key) => key.split("."));
  const isLive = (key: string) => {
    const names = key.split(".");
    return patterns.some((all) => all.every((name, i) => name === "*" || name === names[i]));
  };
  const found: Leaf[] = [];
  const walk = (value: unknown, key: string) => {
    if (!isTree(value)) return void found.push({ key, value, isLive: isLive(key) });
    for (const [name, inner] of Object.entries(value)) walk(inner, key ? `${key}.${name}` : name);
  };
  walk(config, "");
  return found;
}

/** A JSON merge patch that sets `key`; what is no JSON is a text, as `10m`. */
export function patchOf(key: string, text: string): Record<string, unknown> {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch { /* It is a text. */ }
  return key.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<
    string,
    unknown
  >;
}
