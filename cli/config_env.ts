/**
 * Configuration from the environment: `FLYBALL_POOLS__DEFAULT__WORKERS__MAX=8`.
 *
 * @module
 */
import { configSections, type ConfigSource } from "../actors/config.ts";
import { nearest } from "../actors/nearest.ts";
import { assign, scalar } from "./config_text.ts";

const prefix = "FLYBALL_";

/** Short names for what is set most. */
const shortcuts: Readonly<Record<string, readonly string[]>> = {
  HOST: ["server", "host"],
  PORT: ["server", "port"],
  TOKEN_FILE: ["server", "tokenFile"],
  TOKENS_FILE: ["server", "tokensFile"],
};

/** Read by the command line itself, or set by Flyball for the programs it starts. */
const others = new Set(["CONFIG", "DATA", "TASKS", "URL", "MARK"]);

/** One source a variable, and a warning for each that was left out. */
export function loadConfigEnv(
  env: Readonly<Record<string, string>>,
): { readonly sources: readonly ConfigSource[]; readonly warnings: readonly string[] } {
  const sources: ConfigSource[] = [];
  const warnings: string[] = [];
  for (const name of Object.keys(env).filter((name) => name.startsWith(prefix)).sort()) {
    const short = name.slice(prefix.length);
    if (others.has(short)) continue;
    const path = shortcuts[short] ?? short.split("__").map(camel);
    if (!configSections.includes(path[0]!)) {
      warnings.push(unknown(name, path[0]!));
    } else if (env[name] === "") {
      warnings.push(`${name} is empty and was ignored`);
    } else {
      sources.push({ name, values: assign(path, scalar(env[name]!)) });
    }
  }
  return { sources, warnings };
}

function unknown(name: string, key: string): string {
  const short = name.slice(prefix.length);
  const shortcut = nearest(short, Object.keys(shortcuts), 1)[0];
  const section = nearest(key, configSections, 1)[0];
  const meant = shortcut ?? (section === undefined ? undefined : `${section.toUpperCase()}__…`);
  return `${name} was ignored: it names no configuration key` +
    (meant === undefined ? "" : ` (did you mean ${prefix}${meant}?)`);
}

/** `TIMEOUT_MS` is `timeoutMs`. */
function camel(word: string): string {
  return word.toLowerCase().replaceAll(/_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}
