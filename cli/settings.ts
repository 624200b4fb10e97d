/**
 * All sources of the configuration, weakest first: defaults, preset, file, environment, `--set`,
 * flags.
 *
 * @module
 */
import { composeConfig, type Config, type ConfigSource, placeOf } from "../actors/config.ts";
import { contradictions } from "../actors/config_lint.ts";
import { loadConfigEnv } from "./config_env.ts";
import { loadConfigFile } from "./config_file.ts";
import { parseSetting } from "./config_text.ts";

/** What the command line says about configuration. */
export interface Settings {
  /** `--config FILE`; undefined: `flyball.yaml` where there is one; null: no file at all. */
  readonly config?: string | null | undefined;
  /** `--set KEY=VALUE`, in order. */
  readonly set?: readonly string[] | undefined;
  /** Flags that stand for keys, each as its own source. */
  readonly flags?: readonly ConfigSource[];
}

/** A composed configuration with what should be said about it. */
export interface Loaded {
  readonly config: Config;
  /** What it was made of, weakest first: its preset, `flyball.yaml`, `FLYBALL_PORT`, `--set`. */
  readonly origins: readonly string[];
  /** The file that was read, null when there was none. */
  readonly file: string | null;
  readonly warnings: readonly string[];
  /** What its preset contradicts by itself, as its document does: told, and never a reason to refuse. */
  readonly notes: readonly string[];
  /** Where something is said about a path: `flyball.yaml:3:8`; null: nowhere. */
  readonly at: (path: readonly string[]) => string | null;
}

/** Loads and composes; throws Refusal `invalid_config`, `no_input` or `usage`. */
export async function loadSettings(
  { config, set = [], flags = [] }: Settings,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<Loaded> {
  const settings = set.map((text) => parseSetting(text));
  const named = config === undefined ? env.FLYBALL_CONFIG || null : config;
  const file = config === null ? null : await loadConfigFile(named);
  const { sources, warnings } = loadConfigEnv(env);
  const all = [...(file === null ? [] : [file]), ...sources, ...settings, ...flags];
  const composed = composeConfig(all);
  const told = contradictions(composed);
  const own = told.length === 0 ? [] : contradictions(presetAlone(composed));
  return {
    config: composed,
    origins: [
      ...(composed.preset === "default" ? [] : [`preset ${composed.preset}`]),
      ...new Set(all.map(({ name }) => name)),
    ],
    file: file?.name ?? null,
    warnings: [...warnings, ...told.filter((text) => !own.includes(text))],
    notes: told.filter((text) => own.includes(text))
      .map((text) => `preset ${composed.preset}: ${text}`),
    at: (path) => placeOf(all, path),
  };
}

/** The preset of a configuration, with nothing that somebody wrote. */
const presetAlone = ({ preset }: Config): Config =>
  composeConfig([{ name: "preset", values: { preset } }]);
