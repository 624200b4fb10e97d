/**
 * Real worker processes over a Unix socket.
 *
 * Each process is held in an enclosure: a session of its own, a mark in its environment, and what
 * else the machine offers to make sure that it ends with us and what it starts with it.
 *
 * @module
 */
import type { Grant, Processes } from "../ports.ts";
import { Child } from "./child.ts";
import type { Containment } from "./containment.ts";
import { closedDenoDirectory } from "./deno_directory.ts";
import { Enclosure } from "./enclosure.ts";
import { Greeting } from "./greeting.ts";
import { guardian } from "./guardian.ts";
import { socketName } from "./leftovers.ts";
import { LockFiles, ourProgram, registryVariables, sandboxed } from "./program.ts";
import type { Quarters } from "./quarters.ts";
import { sweep } from "./sweep.ts";
import { Sweeper } from "./sweeper.ts";
import { telemetryVariables } from "./telemetry.ts";
import { isShut, Ways } from "./ways.ts";

/** What real processes need to know. */
export interface ProcessesOptions {
  /** A folder that only we can enter, for the socket. */
  readonly directory: string;
  /** Names this data directory: its processes are swept at the next start. */
  readonly mark: string;
  readonly containment: Containment;
  /** Where the jobs of a worker have their folders; default: nowhere, so that none has one. */
  readonly folders?: Pick<Quarters, "of" | "vacate">;
  /** Most memory of a worker, where it has a limit. */
  readonly workerBytes?: number | null;
  /** Where the workers' own output goes, line by line. Default: our standard error. */
  readonly print?: (bytes: Uint8Array) => void;
}

/** Starts real worker processes. */
export function processes(options: ProcessesOptions): Processes {
  const { directory, mark, containment, folders } = options;
  const path = socketPath(directory);
  // A worker asks nobody for a newer Deno.
  const general = { DENO_NO_UPDATE_CHECK: "1", ...telemetryVariables(), ...registryVariables() };
  const denoDirectory = closedDenoDirectory(directory);
  const listener = Deno.listen({ transport: "unix", path });
  const children = new Map<string, Child>();
  const greeting = new Greeting(children);
  void greeting.accept(listener);
  const print = options.print ?? ((bytes: Uint8Array) => void Deno.stderr.writeSync(bytes));
  const sweeper = new Sweeper();
  const ways = new Ways(directory);
  const lockFiles = new LockFiles(directory);
  // A later life of the data directory is none of this one's business.
  const life = `${mark}/${crypto.randomUUID().slice(0, 8)}`;
  let dismiss: (() => Promise<void>) | null = null;
  // Who tells of its tasks has no seat, and several may do so at once: they are counted.
  let tellers = 0;

  return {
    spawn({ seat, generation, grant }, events) {
      const nonce = crypto.randomUUID();
      const name = `${seat}.${generation}`;
      const { of, folder } = placeOf(grant, folders?.of(name));
      let way = folder;
      const child = new Child(nonce, generation, events, print);
      children.set(nonce, child);
      const starts = grant.flags.some((flag) => /^--allow-(run|all)/.test(flag));
      const held = grant.kind === "describe" ? `d${++tellers}` : name;
      const enclosure = new Enclosure(containment, `${life}/${held}`, held, starts);
      // Where nothing else ties to us what it starts, someone must be there when we are not.
      if (starts && containment.cage.length === 0) dismiss ??= guardian(life);
      child.start({
        words() {
          const own = [path, String(generation), nonce];
          if (grant.program) return [...grant.program.command, ...own];
          if (isShut(grant.flags, folder)) way = ways.lay(folder);
          own.push(of && `${of}:${way}`, grant.kind, containment.session ?? "");
          const deno = [Deno.execPath(), ...denoArguments(grant, path, way, lockFiles)];
          return [...deno, ...heapFlags(grant, options.workerBytes ?? null), ourProgram, ...own];
        },
        cwd: grant.program?.cwd ?? null,
        session: containment.session,
        enclosure,
        left: (run) => sweeper.left(enclosure, run),
        env: { ...general, ...variables(grant, denoDirectory) },
      }).finally(() => {
        sweeper.forget(enclosure);
        children.delete(nonce);
        if (way !== folder) ways.leave(way);
        if (of === "each") folders?.vacate(name);
      });
      return child;
    },
    sweep: () => sweep(mark),
    async close() {
      sweeper.close();
      listener.close();
      greeting.close();
      try {
        Deno.removeSync(path);
      } catch { /* the folder is gone already */ }
      await dismiss?.();
    },
  };
}

function socketPath(directory: string): string {
  const path = `${directory}/${socketName}`;
  if (path.length < 108) return path;
  throw new RangeError(`Cannot listen on ${path} as a socket's path must be < 108 characters`);
}

const variables = (grant: Grant, denoDirectory: string): Record<string, string> => ({
  ...(sandboxed(grant) && { DENO_DIR: denoDirectory }),
  ...(grant.audit && { DENO_AUDIT_PERMISSIONS: grant.audit }),
  ...grant.program?.env,
});

function denoArguments(
  grant: Grant,
  socket: string,
  folder: string,
  lockFiles: LockFiles,
): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-check",
    "--cached-only",
    ...lockFiles.flags(grant),
    ...permissions(grant.flags, socket, folder),
  ];
}

/** Share of a worker's memory that its heap may fill; the rest is the engine and its young objects. */
const heapRatio = 0.6;

/**
 * Most of what a worker makes is garbage soon, and what outlives one collection of its young objects
 * is bounded by its slots: with more room for them it takes 80 MB instead of 40 and is no faster.
 */
const youngFlag = "--max-semi-space-size=8";

/** A heap that knows its limit is collected in time, and a full one ends by itself, as `oom_heap`. */
function heapFlags({ kind }: Grant, workerBytes: number | null): string[] {
  if (workerBytes === null || kind !== "task") return [`--v8-flags=${youngFlag}`];
  const oldMiB = Math.floor(heapRatio * workerBytes / 2 ** 20);
  return [`--v8-flags=${youngFlag},--max-old-space-size=${oldMiB}`];
}

function permissions(
  flags: readonly string[],
  socket: string,
  folder: string,
): readonly string[] {
  if (flags.includes("--allow-all")) return flags;
  const paths = folder === "" ? socket : `${socket},${folder}`;
  return [
    ...merge("net", `unix:${socket}`, flags),
    ...merge("read", paths, flags),
    ...merge("write", paths, flags),
    ...flags.filter((flag) => !/^--allow-(read|write|net)(=|$)/.test(flag)),
  ];
}

/** Where a worker's jobs have their folders: `each` one in a folder, `one` for all, or nowhere. */
function placeOf({ kind, folder }: Grant, own: string | undefined): Place {
  if (folder) return { of: "one", folder };
  const isEach = own !== undefined && (kind === "command" || folder === null);
  return isEach ? { of: "each", folder: own } : { of: "", folder: "" };
}

interface Place {
  readonly of: "each" | "one" | "";
  readonly folder: string;
}

/** The socket must be within reach besides what the grant allows. */
function merge(
  name: "read" | "write" | "net",
  socket: string,
  flags: readonly string[],
): string[] {
  const given = flags.filter((flag) => flag.startsWith(`--allow-${name}`));
  if (given.includes(`--allow-${name}`)) return [`--allow-${name}`];
  const paths = given.map((flag) => flag.slice(flag.indexOf("=") + 1));
  return [`--allow-${name}=${[socket, ...paths].join(",")}`];
}
