/**
 * From what a task asks for to what its workers may touch.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Permissions } from "../task.ts";
import { home } from "./home.ts";
import { usualPool } from "./pool_of.ts";
import type { Grant, Program } from "./ports.ts";
import { Refusal } from "./runtime.ts";

/** Never allowed to a task, whatever it asks for: each of them is a way to everything. */
const denied = ["--deny-run", "--deny-ffi", home.imports];

/**
 * What `net: true` leaves out: this machine and the networks behind its router, where doors are
 * trusted that the world does not see. They have to be named. Deno takes no ranges of IPv6.
 */
const inner = [
  ...["localhost", "0.0.0.0/8", "127.0.0.0/8", "[::]", "[::1]"],
  ...["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
];

/** What is closed to the tasks of a project, whatever they ask for. */
export interface Closed {
  /** Our own data, and links that lead out of the project. */
  readonly paths: readonly string[];
  /** Our own doors, as `host:port`. */
  readonly hosts: readonly string[];
}

const nothingClosed: Closed = { paths: [], hosts: [] };

/** A comma ends a path in Deno's flags, and nothing stands for one. Throws Refusal. */
function whole(path: string): string {
  if (!path.includes(",")) return path;
  throw new Refusal(
    "invalid_permissions",
    `Cannot run a task in a sandbox as there is a comma in a path it concerns: ${path}`,
  );
}

/** Workers for commands. Starting programs is full access anyway; the code in them is ours. */
export const commandGrant: Grant = {
  key: "command",
  kind: "command",
  flags: ["--allow-run", "--allow-read", "--allow-write", "--allow-env", "--allow-ffi"]
    .concat(home.imports.startsWith("--allow") ? home.imports : []),
  config: null,
};

/** Staged runs have no workers; their lane is emptied by whoever runs their stages. */
export const runGrant: Grant = { key: "run", kind: "run", flags: [], config: null };

/** A worker that only reads a project, to tell what its tasks ask for. */
export const describeGrant = (
  root: string,
  config: string | null,
  closed: Closed = nothingClosed,
): Grant => ({
  key: `describe ${root}`,
  kind: "describe",
  flags: [
    `--allow-read=${[root, ...home.read].map(whole).join(",")}`,
    ...flag("deny-read", closed.paths, whole),
    ...["--deny-env", "--deny-sys", ...denied],
  ],
  config,
});

/** Workers for tasks that whoever registers them trusts. Only that word counts, never the task's. */
export const trustedGrant = (config: string | null, kind: "task" | "describe"): Grant => ({
  key: `trusted ${kind} ${config ?? ""}`,
  kind,
  flags: ["--allow-all"],
  config,
});

/** Workers that are a program of somebody else's, whom whoever configures it trusts. */
export const programGrant = (program: Program, kind: "task" | "describe"): Grant => ({
  key: `program ${kind} ${program.name}`,
  kind,
  flags: ["--allow-all"],
  config: null,
  program,
});

/** Workers for tasks of a project that ask for `permissions`; throws Refusal where they are none. */
export function taskGrant(
  root: string,
  config: string | null,
  permissions: Permissions,
  closed: Closed = nothingClosed,
): Grant {
  checkPermissions(permissions);
  const { read, write, net, env, sys, folder } = permissions;
  const path = (given: string) => whole(resolve(root, given));
  const flags = [
    read === true
      ? "--allow-read"
      : `--allow-read=${[root, ...home.read].map(whole).concat((read ?? []).map(path)).join(",")}`,
    ...flag("deny-read", closed.paths, whole),
    ...flag("allow-write", write, path),
    ...(asked(write) ? flag("deny-write", closed.paths, whole) : []),
    ...flag("allow-net", net),
    ...(asked(net) ? flag("deny-net", [...(net === true ? inner : []), ...closed.hosts]) : []),
    ...(asked(env) ? flag("allow-env", env) : ["--deny-env"]),
    ...(asked(sys) ? flag("allow-sys", sys) : ["--deny-sys"]),
    ...denied,
  ];
  const key = `task ${JSON.stringify([config, ...flags])}`;
  return withFolder({ key, kind: "task", flags, config }, folder);
}

/** The same grant with a folder for each job, where it is asked for. */
export const withFolder = (grant: Grant, isWanted = false): Grant =>
  isWanted ? { ...grant, key: `${grant.key} folder`, folder: null } : grant;

/** The same grant for the stages of runs in the workspace `folder`, where it has any folder. */
export function inWorkspace(grant: Grant, folder: string): Grant {
  if (grant.folder === undefined) return grant;
  return { ...grant, key: `${grant.key} in ${folder}`, folder };
}

/** The same grant for the workers of `pool`. */
export const inPool = (grant: Grant, pool: string): Grant =>
  pool === usualPool ? grant : { ...grant, key: `${grant.key} of ${pool}`, pool };

/**
 * A worker for one run in which everything that can be granted is, and written down in `audit`. Deno
 * checks, and so tells, single paths only where a path is allowed and not all of them at once.
 */
export const learningGrant = (config: string | null, closed: Closed, audit: string): Grant => ({
  key: `learn ${audit}`,
  kind: "task",
  flags: [
    "--allow-read=/",
    "--allow-write=/",
    ...["--allow-net", "--allow-env", "--allow-sys"],
    ...flag("deny-net", closed.hosts),
    ...flag("deny-read", closed.paths, whole),
    ...flag("deny-write", closed.paths, whole),
    ...denied,
  ],
  config,
  audit,
});

/** They come out of a task's module, so they may be anything. Throws Refusal. */
function checkPermissions(permissions: Permissions): void {
  for (const name of ["read", "write", "net", "env", "sys"] as const) {
    const given: unknown = permissions[name];
    if (given === undefined || given === true) continue;
    if (Array.isArray(given) && given.every((one) => typeof one === "string" && one !== "")) {
      continue;
    }
    throw new Refusal(
      "invalid_permissions",
      `Cannot grant permissions.${name} as it must be true or a list of texts: it is ` +
        JSON.stringify(given).slice(0, 80),
    );
  }
  const folder: unknown = permissions.folder;
  if (folder === undefined || typeof folder === "boolean") return;
  throw new Refusal(
    "invalid_permissions",
    `Cannot grant permissions.folder as it must be true or false: it is a ${typeof folder}`,
  );
}

function flag(
  name: string,
  given: readonly string[] | true | undefined,
  as: (text: string) => string = (text) => text,
): string[] {
  if (given === true) return [`--${name}`];
  return asked(given) ? [`--${name}=${given.map(as).join(",")}`] : [];
}

const asked = <T>(given: readonly T[] | true | undefined): given is readonly T[] | true =>
  given === true || (given !== undefined && given.length > 0);
