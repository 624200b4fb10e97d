/**
 * Learns what tasks ask for, from a worker that may do nothing but read their project.
 *
 * @module
 */
import { resolve as resolvePath } from "node:path";
import { pathToFileURL } from "node:url";
import type { Permissions } from "../task.ts";
import { refusalOf } from "./admission.ts";
import { describe, type Question } from "./describe.ts";
import { flaw } from "./flaw.ts";
import {
  type Closed,
  describeGrant,
  learningGrant,
  taskGrant,
  trustedGrant,
  withFolder,
} from "./grant.ts";
import { readKeeping } from "./cache/config.ts";
import { inputCheck } from "./input_check.ts";
import { closedPaths, isFile, leadsOut, projectOf } from "./host.ts";
import type { Operation } from "./operation.ts";
import type { Clock, Grant, Processes, Stamp } from "./ports.ts";
import { Refusal } from "./runtime.ts";
import type { TaskFile } from "./task_file.ts";

/** Names that tasks may have. */
export const taskNameShape = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

interface Description {
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly permissions?: Permissions;
  readonly inputSchema?: unknown;
  readonly cache?: unknown;
}

/**
 * Registers `tasks`, to whom `ours` is closed; rejects with a Refusal that says which file can't be
 * used and why.
 */
export async function register(
  tasks: Readonly<Record<string, TaskFile>>,
  ports: { readonly processes: Processes; readonly clock: Clock; readonly stamp?: Stamp },
  slotsMax: number,
  ours: Closed,
): Promise<Operation[]> {
  const entries = Object.entries(tasks).map(([name, task]): Entry => {
    const file = locate(name, task);
    const { trusted = false, audit } = task;
    const { real, root, config } = projectOf(new URL(file));
    // A sandbox is of real paths: what is named through a link could not be read in it.
    const url = trusted ? file : pathToFileURL(real).href;
    return { name, url, trusted, audit: audit ?? null, root, config };
  });
  const projects = Map.groupBy(entries, ({ root, trusted }) => `${trusted} ${root}`);
  const known = new Map<Entry, Pick<Operation, "grant" | "check" | "keeping" | "stamp">>();
  await Promise.all([...projects.values()].map(async (project) => {
    const { root, config, trusted } = project[0]!;
    const closed = trusted ? ours : { ...ours, paths: closedPaths(root, ours.paths) };
    const grant = trusted ? trustedGrant(config, "describe") : describeGrant(root, config, closed);
    const sources = project.map(({ url }) => url);
    // Before they are loaded: what is kept has to be of what was loaded, or of what came after it.
    const stamps = await Promise.all(sources.map((url) => ports.stamp?.(pathOf(url), false)));
    const descriptions = await describe({ sources, grant, refuse }, ports);
    for (const [i, entry] of project.entries()) {
      const description = descriptions[i] as Description;
      const { ok, code, message, permissions, inputSchema, cache } = description;
      if (!ok) throw new Refusal(code ?? "task_load_failed", message ?? `Cannot load ${entry.url}`);
      const own = grantOf(entry, permissions ?? {}, closed);
      const stamp = stamps[i] ?? null;
      known.set(entry, {
        grant: own,
        check: await inputCheck(inputSchema),
        keeping: readKeeping(entry.name, cache),
        ...(stamp !== null && { stamp }),
      });
    }
  }));
  return entries.map((entry, i) => ({
    number: i + 1,
    name: entry.name,
    source: entry.url,
    ...known.get(entry)!,
    slotsMax,
  }));
}

const refuse: Question["refuse"] = (code, url, because) =>
  new Refusal(code, `Cannot load ${url}: ${because}`);

/** What the workers of a task may touch. */
function grantOf(entry: Entry, permissions: Permissions, closed: Closed): Grant {
  const { name, root, config, trusted, audit } = entry;
  if (audit !== null) return withFolder(learningGrant(config, closed, audit), true);
  if (trusted) return withFolder(trustedGrant(config, "task"), permissions.folder);
  const grant = taskGrant(root, config, permissions, closed);
  for (const kind of ["read", "write"] as const) {
    const paths = permissions[kind];
    for (const path of paths === true ? [] : paths ?? []) {
      const real = leadsOut(root, resolvePath(root, path));
      if (real === null) continue;
      throw new Refusal(
        "invalid_permissions",
        `Cannot register ${name} as its permissions.${kind} ${JSON.stringify(path)} ` +
          `leads out of the project, to ${real}: name that place itself`,
      );
    }
  }
  return grant;
}

const pathOf = (url: string): string => decodeURIComponent(new URL(url).pathname);

interface Entry {
  readonly name: string;
  readonly url: string;
  readonly trusted: boolean;
  readonly audit: string | null;
  readonly root: string;
  readonly config: string | null;
}

function locate(name: string, task: TaskFile | undefined): string {
  if (!taskNameShape.test(name)) {
    throw new Refusal(
      "invalid_task_name",
      `Cannot register task as its name must match ${taskNameShape.source}: it is ${
        JSON.stringify(name)
      }`,
    );
  }
  const url = task?.url;
  if (typeof url !== "string") {
    const expected = "a task file, as taskFile(url) makes it";
    throw refusalOf([flaw("invalid_task", `/tasks/${name}`, expected, task)]);
  }
  if (!url.startsWith("file:")) {
    throw new Refusal("invalid_task", `Cannot register ${name} as its file must be local: ${url}`);
  }
  if (!isFile(new URL(url))) {
    throw new Refusal(
      "task_not_found",
      `Cannot register ${name} as there is no file ${pathOf(url)}`,
    );
  }
  return url;
}
