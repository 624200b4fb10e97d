/**
 * Real worker processes over a Unix socket.
 *
 * Each process is a session of its own, dies with us through the parent-death signal, and carries
 * a mark in its environment by which anything it leaves behind is found.
 *
 * @module
 */
import { malformed, messages, protocol, Unframer } from "../../messages/wire.ts";
import type { Grant, Processes } from "../ports.ts";
import { Child } from "./child.ts";
import { closedDenoDirectory } from "./deno_directory.ts";
import type { Quarters } from "./quarters.ts";
import { sweep } from "./sweep.ts";

/** What real processes need to know. */
export interface ProcessesOptions {
  /** A folder that only we can enter, for the socket. */
  readonly directory: string;
  /** Names this data directory: its processes are swept at the next start. */
  readonly mark: string;
  /** Where the jobs of a worker have their folders; default: nowhere, so that none has one. */
  readonly folders?: Pick<Quarters, "of" | "vacate">;
  /** Where the workers' own output goes, line by line. Default: our standard error. */
  readonly print?: (bytes: Uint8Array) => void;
}

const program = new URL("../../worker/main.ts", import.meta.url);

/** Starts real worker processes. */
export async function processes(options: ProcessesOptions): Promise<Processes> {
  const { directory, mark, folders } = options;
  const path = `${directory}/workers.sock`;
  if (path.length >= 108) {
    throw new RangeError(`Cannot listen on ${path} as a socket's path must be < 108 characters`);
  }
  const guard = await parentDeathGuard();
  const denoDirectory = closedDenoDirectory(directory);
  const listener = Deno.listen({ transport: "unix", path });
  const children = new Map<string, Child>();
  const greetings = new Set<Deno.UnixConn>();
  const accepting = accept(listener, (connection) => greet(connection, children, greetings));
  const print = options.print ?? ((bytes: Uint8Array) => void Deno.stderr.writeSync(bytes));

  return {
    spawn({ seat, generation, grant }, events) {
      const nonce = crypto.randomUUID();
      const name = `${seat}.${generation}`;
      const place = placeOf(grant, folders?.of(name));
      const child = new Child(nonce, generation, events, print);
      children.set(nonce, child);
      child.start({
        words: [...guard, Deno.execPath(), ...denoArguments(grant, path, place)],
        program: [program.href, path, String(generation), nonce, place, ...guard],
        mark: `${mark}/${name}`,
        kind: grant.kind,
        env: {
          ...(sandboxed(grant) && { DENO_DIR: denoDirectory }),
          ...(grant.audit && { DENO_AUDIT_PERMISSIONS: grant.audit }),
        },
      }).finally(() => {
        children.delete(nonce);
        if (place.startsWith("each:")) folders?.vacate(name);
      });
      return child;
    },
    sweep: () => sweep(mark),
    close() {
      listener.close();
      for (const connection of greetings) connection.close();
      void accepting;
      try {
        Deno.removeSync(path);
      } catch { /* the folder is gone already */ }
    },
  };
}

/** True for workers whose code nobody vouches for. */
const sandboxed = ({ flags }: Grant) => flags.includes("--deny-run");

function denoArguments(
  grant: Grant,
  socket: string,
  place: string,
): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-check",
    "--cached-only",
    ...(grant.config === null ? ["--no-config", "--no-lock"] : ["--config", grant.config]),
    ...(grant.config !== null && sandboxed(grant) ? [lockFlag(grant.config)] : []),
    ...permissions(grant.flags, socket, place.slice(place.indexOf(":") + 1)),
  ];
}

/** No worker writes to a project's lock file. */
function lockFlag(config: string): string {
  try {
    Deno.statSync(`${config.slice(0, config.lastIndexOf("/"))}/deno.lock`);
    return "--frozen";
  } catch {
    return "--no-lock";
  }
}

function permissions(
  flags: readonly string[],
  socket: string,
  folder: string,
): readonly string[] {
  if (flags.includes("--allow-all")) return flags;
  const paths = folder === "" ? socket : `${socket},${folder.replaceAll(",", ",,")}`;
  return [
    ...merge("net", `unix:${socket}`, flags),
    ...merge("read", paths, flags),
    ...merge("write", paths, flags),
    ...flags.filter((flag) => !/^--allow-(read|write|net)(=|$)/.test(flag)),
  ];
}

/** What the worker is told of its jobs' folders: each in `own`, one for all, or none. */
function placeOf({ kind, folder }: Grant, own: string | undefined): string {
  if (folder) return `one:${folder}`;
  return own !== undefined && (kind === "command" || folder === null) ? `each:${own}` : "";
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

/** Words that make a process die with the thread that started it; none where there is no setpriv. */
async function parentDeathGuard(): Promise<string[]> {
  const words = ["setpriv", "--pdeathsig", "KILL", "--"];
  try {
    const { success } = await new Deno.Command("setpriv", {
      args: [...words.slice(1), "true"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? words : [];
  } catch {
    return [];
  }
}

async function accept(
  listener: Deno.UnixListener,
  greet: (connection: Deno.UnixConn) => void,
): Promise<void> {
  for await (const connection of listener) greet(connection);
}

/** Reads the first message of a connection and gives the rest to the child whose nonce it names. */
async function greet(
  connection: Deno.UnixConn,
  children: ReadonlyMap<string, Child>,
  greetings: Set<Deno.UnixConn>,
): Promise<void> {
  greetings.add(connection);
  const unframer = new Unframer();
  const first: unknown[][] = [];
  try {
    while (first.length === 0) {
      const count = await connection.read(unframer.room);
      if (count === null) throw new Error("hung up before its first message");
      unframer.took(count, (batch) => first.push(batch));
    }
    greetings.delete(connection);
    const [kind, version, pid, generation, nonce] = first[0]!;
    const child = children.get(String(nonce));
    if (malformed(first[0]!, "up") || kind !== messages.hello.kind || !child) {
      throw new Error("not one of our workers");
    }
    if (version !== protocol) {
      child.refuse(`it speaks protocol ${version}, we speak ${protocol}`);
      throw new Error("another protocol");
    }
    if (generation !== child.generation) throw new Error("another generation");
    first[0]!.splice(0, 5);
    child.connect(connection, unframer, pid as number, first);
  } catch {
    greetings.delete(connection);
    try {
      connection.close();
    } catch { /* closed already */ }
  }
}
