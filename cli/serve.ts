/**
 * `flyball serve`: the service until it is told to stop.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { composeConfig, type Config, type ConfigSource } from "../actors/config.ts";
import { choices, nameOf } from "../actors/policy_config.ts";
import { changes } from "../actors/reload.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { type WorkersRange, workersRange } from "../actors/workers_range.ts";
import { assign } from "./config_text.ts";
import { openDataDirectory } from "./data_directory.ts";
import { exit } from "./exit.ts";
import { type Interrupts, onInterrupt } from "./interrupt.ts";
import { writeAll } from "./log/write_all.ts";
import { ServiceLog } from "./log/service_log.ts";
import { collect, whole } from "./numbers.ts";
import { openRuntime } from "./open_runtime.ts";
import { paintFor } from "./paint.ts";
import { onHangUp } from "./reload.ts";
import { type Loaded, loadSettings } from "./settings.ts";
import { findTasks } from "./task_files.ts";
import type { Tokens } from "../actors/access/tokens.ts";
import { readTokens } from "../actors/host/tokens_file.ts";
import { forgetCode } from "../actors/host/code_pages.ts";
import { relax } from "../actors/relax.ts";
import type { Verb } from "./verb.ts";

/** Time after which the start is over, ms. */
const relaxAfterMs = 1_000;

const utf8 = new TextEncoder();

interface Flags {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly data?: string;
  readonly tasks?: string;
  readonly tokenFile?: string;
  readonly tokensFile?: string;
  /** False with `--no-commands`. */
  readonly commands: boolean;
  readonly strict?: boolean;
}

/** The verb `serve`. */
export const serve: Verb = {
  declare: (command) =>
    command
      .option("--config <file>", "configuration (default: flyball.yaml where there is one)")
      .option("--set <key=value>", "one configuration key, as pools.default.workers.max=8", collect)
      .option("--host <address>", "address to listen on (default: 127.0.0.1)")
      .option("--port <n>", "port to listen on, 0 for any (default: 4477)", whole(0, 65_535))
      .option("--data <dir>", "data directory (default: .flyball)")
      .option("--tasks <dir>", "folder of tasks, one a file (default: tasks)")
      .option("--token-file <file>", "file with the token that callers must show")
      .option("--tokens-file <file>", "file of tokens with roles: flyball token new --file FILE")
      .option("--no-commands", "take no commands, only tasks")
      .option("--strict", "refuse what would only be warned about"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using interrupts = onInterrupt(codeOf, tell);
    const { config, range, file, origins } = await settings(flags);
    const tokens = await readTokens(config.server);
    const tasks = await findTasks(flags.tasks ?? (Deno.env.get("FLYBALL_TASKS") || undefined));
    const data = flags.data ?? (Deno.env.get("FLYBALL_DATA") || ".flyball");
    await openDataDirectory(data);
    const durable = config.store.engine === "sqlite";
    const runtime = await openRuntime({ config, tasks, ...(durable ? { data } : {}) });
    interrupts.guard(runtime);
    if (file !== null) {
      const path = resolve(file);
      runtime.config.save = async (...patch) => (await editor()).savePatch(path)(...patch);
    }
    const load: Load = async (warn) => (await settings(flags, warn)).config;
    try {
      const given = { runtime, config, origins, range, data, tokens, interrupts, load };
      return await serveUntilStopped(given);
    } finally {
      await runtime.close({ drainMs: 0 });
    }
  },
};

interface Serving {
  readonly runtime: Runtime;
  readonly config: Config;
  readonly origins: readonly string[];
  readonly range: WorkersRange;
  readonly data: string;
  readonly tokens: Tokens | null;
  readonly interrupts: Interrupts;
  readonly load: Load;
}

/** Reads the configuration as it is written now; warnings go to `warn`. */
type Load = (warn: (warning: string) => void) => Promise<Config>;

async function serveUntilStopped(given: Serving): Promise<number> {
  const { runtime, config, data, tokens, interrupts, load } = given;
  const { host, port, allowedHosts } = config.server;
  const service = await import("../service/serve.ts");
  let log: ServiceLog | null = null;
  const warn = (message: string) => log?.say("warning", { level: "warning", message });
  // Also where nothing of it has changed: a file that was moved away is opened anew.
  const reopen = ({ log: changed }: Config) => log?.configure(changed);
  let next = tokens;
  const again = async () => {
    next = await readTokens(config.server);
    return await load(warn);
  };
  using _reload = onHangUp(runtime, again, (config) => {
    reopen(config);
    tokens?.become(next!);
  });
  using _log = runtime.config.heed({ name: "log", keys: ["log"], heed: reopen });
  await using door = await service.serve(runtime, {
    host,
    port,
    allowedHosts,
    dataDirectory: data,
    report: (fault) => log?.say("internal", { level: "error", ...fault }),
    ...(tokens === null ? {} : { tokens }),
  });
  log = logOf(given, new URL(door.url).host);
  console.log(greeting(given, door.url));
  console.error(notice(config, tokens !== null));
  const relaxing = setTimeout(() => {
    relax();
    forgetCode();
  }, relaxAfterMs);
  const signal = await Promise.race([interrupts.asked, failure(runtime), failure(door)])
    .finally(() => clearTimeout(relaxing));
  await runtime.close();
  await log.close();
  return codeOf(signal);
}

function codeOf(signal: Deno.Signal): number {
  return signal === "SIGINT" ? exit.interrupted : exit.ok;
}

async function failure({ gaveUp }: { readonly gaveUp: Promise<string> }): Promise<never> {
  throw new Refusal("gave_up", await gaveUp);
}

/** Tells without waiting for the reader, who may not read any more. */
function tell(line: string): void {
  writeAll(Deno.stderr, utf8.encode(`${line}\n`)).catch(() => {}); // There is nobody else to tell.
}

/** The log, with the configuration in its first line. */
function logOf({ runtime, config, origins, tokens }: Serving, address: string): ServiceLog {
  const log = new ServiceLog(config.log, {
    runtime,
    address,
    standard: (text) => writeAll(Deno.stderr, utf8.encode(text)),
    ...(Deno.stderr.isTerminal() ? { terminal: paintFor(Deno.stderr) } : {}),
    env: Deno.env.toObject(),
    secrets: tokens?.plain ?? [],
  });
  const change = "as it was started";
  // On a terminal, three thousand characters would hide the two lines that matter.
  log.say("config", { version: 1, change, ...(log.isPlain ? made(config, origins) : { config }) });
  return log;
}

/** What the configuration is made of, and how much of it is not as it is by default. */
function made(config: Config, origins: readonly string[]) {
  const count = changes(composeConfig([]), config).length;
  return {
    sources: origins.length === 0 ? "nothing is configured" : `from ${origins.join(", ")}`,
    differs: `${count === 1 ? "1 key is" : `${count || "no"} keys are`} not as by default`,
  };
}

/** `yaml` comes with it, and few patches are saved (see verbs.ts). */
const editor = (): Promise<typeof import("./save_patch.ts")> =>
  import(new URL("./save_patch.ts", import.meta.url).href);

/** The one line that says what was started. */
function greeting({ runtime, config, range, data }: Serving, url: string): string {
  const { slots } = config.pools.default;
  const policies = choices(config.pools.default).map(nameOf);
  const { version, store } = runtime.status();
  return [
    `flyball ${version} on ${url}`,
    `data ${resolve(data)} (${store})`,
    `policy ${policies.join(" + ")}`,
    `${range.min} to ${range.max} workers`,
    `${grouped(slots.max)} tasks or ${slots.commands} commands a worker`,
    `${grouped(config.queue.jobsMax)} jobs in the queue at most`,
  ].join(" · ");
}

/** 1000000 as 1,000,000, without the 5 MB that `Intl` loads. */
const grouped = (count: number) => String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");

/** What an operator must know about who can use it. */
function notice({ commands }: Config, hasToken: boolean): string {
  if (hasToken) return "flyball: callers must show a token";
  const can = commands.allow ? "run any program" : "run the registered tasks";
  return `flyball: no token: any local user can ${can} as this user (see --token-file, --tokens-file` +
    `${commands.allow ? " and --no-commands" : ""})`;
}

function sourcesOf({ host, port, tokenFile, tokensFile, commands }: Flags): ConfigSource[] {
  const flags: (readonly [string, readonly string[], unknown])[] = [
    ["--host", ["server", "host"], host],
    ["--port", ["server", "port"], port],
    ["--token-file", ["server", "tokenFile"], tokenFile],
    ["--tokens-file", ["server", "tokensFile"], tokensFile],
    ["--no-commands", ["commands", "allow"], commands ? undefined : false],
  ];
  return flags.filter(([, , value]) => value !== undefined)
    .map(([name, path, value]) => ({ name, values: assign(path, value) }));
}

/** The configuration as it is written now, with what it means on this machine. */
async function settings(
  flags: Flags,
  warn: (warning: string) => void = complainOf,
): Promise<Pick<Loaded, "config" | "origins" | "file"> & { readonly range: WorkersRange }> {
  const { config, origins, file, warnings, notes } = await loadSettings({
    config: flags.config,
    set: flags.set,
    flags: sourcesOf(flags),
  });
  const range = workersRange(config.pools.default, hostNow());
  for (const note of notes) warn(note);
  heed([...warnings, ...(range.overcommit === null ? [] : [range.overcommit])], flags, warn);
  return { config, origins, range, file };
}

/** Before there is a log. */
const complainOf = (warning: string) => console.error(`flyball: warning: ${warning}`);

function heed(
  warnings: readonly string[],
  { strict }: Flags,
  warn: (warning: string) => void,
): void {
  if (strict && warnings.length > 0) {
    throw new Refusal("overcommit", `${warnings.join("; ")} (refused because of --strict)`);
  }
  for (const warning of warnings) warn(warning);
}

function hostNow() {
  return {
    cores: availableParallelism(),
    memoryAvailableBytes: Deno.systemMemoryInfo().available,
  };
}
