/**
 * `flyball config check|show`: the configuration as `serve` would take it; `config schema|docs`: what
 * it may say; `config show --live` and `config set`: that of a running service.
 *
 * @module
 */
import { Argument } from "commander";
import { invalidConfig } from "../actors/config.ts";
import { merge } from "../actors/config_tree.ts";
import { Refusal } from "../actors/runtime.ts";
import type { ConfigView } from "../messages/config.ts";
import { parseSetting } from "./config_text.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { collect } from "./numbers.ts";
import { type Loaded, loadSettings } from "./settings.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly live?: boolean;
  readonly save?: boolean;
  readonly json?: boolean;
}

/** Patterns and zones take more than a look at their shape; tasks are known to a service alone. */
async function checkSchedules({ config: { schedules }, at }: Loaded): Promise<void> {
  const [{ readConfigured }, { parseSchedule }] = await Promise.all([
    import("../actors/schedules/configured.ts"),
    import("../actors/schedules/parse.ts"),
  ]);
  try {
    readConfigured(schedules, (value) => parseSchedule(value, Date.now()));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalidConfig(error.issues.map(({ pointer, message, ...rest }) => {
      const place = at(pointer.split("/").slice(1));
      return { ...rest, pointer, message: place === null ? message : `${place} ${message}` };
    }));
  }
}

/** The verb `config`. */
export const config: Verb = {
  declare: (command) =>
    declareReach(command)
      .addArgument(
        new Argument(
          "<what>",
          "check it, show it with every default, print its JSON Schema or its page, or set keys of " +
            "a running service",
        )
          .choices(["check", "show", "schema", "docs", "set"]),
      )
      .argument("[settings...]", "key=value, as log.level=debug or limits.host:*.each=null (set)")
      .option("--config <file>", "configuration (default: flyball.yaml where there is one)")
      .option("--set <key=value>", "one configuration key (check, show)", collect)
      .option("--live", "of a running service, and where it is not as it was written (show)")
      .option("--save", "write it to the service's configuration file too (set)")
      .option("--json", "print JSON (set, show --live)"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    const [what, ...settings] = command.args;
    if (what === "set") return await set(settings, flags);
    if (settings.length > 0) {
      const meant = /\.(ya?ml|json)$/.test(settings[0]!) ? ` (--config ${settings[0]}?)` : "";
      throw new Refusal(
        "usage",
        `config ${what} expected no settings, given ${settings.join(" ")}${meant}`,
      );
    }
    if (what === "schema" || what === "docs") return await print(what);
    if (flags.live && what === "show") return await showLive(flags);
    const loaded = await loadSettings(flags);
    const { config, file, warnings, notes } = loaded;
    if (Object.keys(config.schedules).length > 0) await checkSchedules(loaded);
    for (const note of notes) console.error(`flyball: ${note}`);
    for (const warning of warnings) console.error(`flyball: warning: ${warning}`);
    console.log(
      what === "show" ? JSON.stringify(config, null, 2) : `${file ?? "the configuration"} is valid`,
    );
    return exit.ok;
  },
};

/** What every key means, for editors or for people. */
async function print(what: "schema" | "docs"): Promise<number> {
  if (what === "docs") {
    const page = new URL("../docs/configuration.md", import.meta.url);
    console.log((await (await fetch(page)).text()).trimEnd());
    return exit.ok;
  }
  const { configJsonSchema } = await import("./config_schema.ts");
  console.log(JSON.stringify(configJsonSchema(), null, 2));
  return exit.ok;
}

const path = "/api/v1/config";

const look = async (control: Control) => await control.ask({ method: "GET", path }) as ConfigView;

/** The whole on stdout, what is not as it was written on stderr. */
async function showLive(flags: Flags): Promise<number> {
  using control = await openControl(flags);
  const view = await look(control);
  console.log(JSON.stringify(flags.json ? view : view.config, null, 2));
  for (const { key, words, live } of view.differs) {
    console.error(`flyball: ${key} ${words} (${live ? "patched" : "needs a restart"})`);
  }
  return exit.ok;
}

/** All settings as one patch, for the version that is in force now. */
async function set(settings: readonly string[], flags: Flags): Promise<number> {
  if (settings.length === 0) {
    throw new Refusal("usage", "config set expected key=value, given none");
  }
  const body = settings.map((text) => parseSetting(text, "config set").values).reduce(merge2);
  using control = await openControl(flags);
  const before = await look(control);
  const view = await control.ask({
    method: "PATCH",
    path: flags.save ? `${path}?save=true` : path,
    body,
    headers: { "if-match": before.etag },
  }) as ConfigView;
  const latest = view.versions.at(-1)!;
  const isNew = view.version !== before.version;
  console.log(flags.json ? JSON.stringify(isNew ? latest : view) : wordsOf(view, isNew));
  return exit.ok;
}

const merge2 = (one: unknown, other: unknown) => merge(one, other);

/** What has changed, and who has taken it. */
function wordsOf({ version, versions }: ConfigView, isNew: boolean): string {
  if (!isNew) return `version ${version}: it was so already`;
  const { changes, acks } = versions.at(-1)!;
  const changed = changes.map(({ key, words }) => `${key} ${words}`).join("; ");
  return `version ${version}: ${changed} · taken by ${acks.map(({ actor }) => actor).join(", ")}`;
}
