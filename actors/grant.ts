/**
 * From what a task asks for to what its workers may touch.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Permissions } from "../task.ts";
import type { Grant } from "./ports.ts";
import { Refusal } from "./runtime.ts";

/** Never allowed to a task, whatever it asks for: each of them is a way to everything. */
const denied = ["--deny-run", "--deny-ffi", "--deny-import"];

/** A comma in a path would end it; two stand for one. */
const comma = (path: string) => path.replaceAll(",", ",,");

/** What every task file imports; it lies outside the project that embeds us. */
const taskModule = decodeURIComponent(new URL("../task.ts", import.meta.url).pathname);

/** Workers for commands. Starting programs is full access anyway; the code in them is ours. */
export const commandGrant: Grant = {
  key: "command",
  kind: "command",
  flags: ["--allow-run", "--allow-read", "--allow-write", "--allow-env", "--deny-ffi"],
  config: null,
};

/** Staged runs have no workers; their lane is emptied by whoever runs their stages. */
export const runGrant: Grant = { key: "run", kind: "run", flags: [], config: null };

/** A worker that only reads a project, to tell what its tasks ask for. */
export const describeGrant = (root: string, config: string | null): Grant => ({
  key: `describe ${root}`,
  kind: "describe",
  flags: [`--allow-read=${comma(root)},${comma(taskModule)}`, ...denied],
  config,
});

/** Workers for tasks that whoever registers them trusts. Only that word counts, never the task's. */
export const trustedGrant = (config: string | null, kind: "task" | "describe"): Grant => ({
  key: `trusted ${kind} ${config ?? ""}`,
  kind,
  flags: ["--allow-all"],
  config,
});

/** Workers for tasks of a project that ask for `permissions`; throws Refusal where they are none. */
export function taskGrant(root: string, config: string | null, permissions: Permissions): Grant {
  checkPermissions(permissions);
  const { read, write, net, env, sys, folder } = permissions;
  const path = (given: string) => comma(resolve(root, given));
  const flags = [
    read === true
      ? "--allow-read"
      : `--allow-read=${[root, taskModule].map(comma).concat((read ?? []).map(path)).join(",")}`,
    ...flag("write", write, path),
    ...flag("net", net),
    ...flag("env", env),
    ...flag("sys", sys),
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
  if (given === true) return [`--allow-${name}`];
  if (given === undefined || given.length === 0) return [];
  return [`--allow-${name}=${given.map(as).join(",")}`];
}
