/**
 * The real ports. Nothing else in this folder, besides `host/` and `stores/`, knows Deno.
 *
 * @module
 */
import { realClock, realRandom } from "./host/clock.ts";
import { gauges } from "./host/gauges.ts";
import { Cgroups } from "./host/cgroup.ts";
import { JobGroups } from "./host/job_groups.ts";
import { contain, type Level } from "./host/containment.ts";
import { removeLeftovers } from "./host/leftovers.ts";
import { processes } from "./host/processes.ts";
import { Quarters } from "./host/quarters.ts";
import { rehearsal } from "./host/rehearse.ts";
import { stamp } from "./host/stamp.ts";
import { trees } from "./host/trees.ts";
import { workspaces } from "./host/workspaces.ts";
import type { Ports, Store, Workspaces } from "./ports.ts";
import { Refusal } from "./runtime.ts";

export { realClock, realRandom } from "./host/clock.ts";
export { gauges } from "./host/gauges.ts";
export { closedPaths, leadsOut } from "./host/links.ts";

/** The real ports and what goes with them. */
export interface RealHost {
  readonly ports: Ports;
  /** A folder of this runtime alone, for sockets and large outputs. */
  readonly directory: string;
  /** Workspaces of staged runs. */
  readonly workspaces: Workspaces;
  /** Removes what earlier lives of the data directory left. Their processes must be gone. */
  tidy(): void;
  /** Takes the folder away; processes must be gone. */
  close(): Promise<void>;
}

/** What a host is made with. */
export interface HostOptions {
  /** The data directory; null: nobody's but ours. */
  readonly owner: string | null;
  /** Workspaces of projects that are kept. */
  readonly workspacesMax: number;
  /** Highest level of containment that is used where the machine offers it. */
  readonly level: Level;
  /** Most memory of a worker; null: no limit. */
  readonly workerBytes: number | null;
}

/** Makes the real ports over `store`. */
export async function openHost(
  store: Store,
  { owner, workspacesMax, level, workerBytes }: HostOptions,
): Promise<RealHost> {
  if (Deno.build.os === "windows") {
    throw new Refusal(
      "unsupported_platform",
      "Flyball needs Linux or macOS: it does not run on Windows",
    );
  }
  const mark = owner === null ? crypto.randomUUID() : await digest(owner);
  const containment = await contain(level);
  const quarters = await Quarters.open(store.isDurable ? owner : null);
  const running = processes({
    directory: quarters.socket,
    mark,
    containment,
    folders: quarters,
    workerBytes,
  });
  const cgroups = containment.groups ?? Cgroups.open();
  const groups = cgroups instanceof Cgroups ? new JobGroups(cgroups) : null;
  if (cgroups instanceof Cgroups) cgroups.sweep();
  const cleaning = removeLeftovers(quarters.socket).catch(() => 0);
  return {
    directory: quarters.directory,
    tidy: () => quarters.tidy(),
    workspaces: workspaces({ ...quarters.workspaces, max: workspacesMax }),
    ports: {
      clock: realClock,
      random: realRandom,
      host: gauges(),
      trees: trees(groups),
      processes: running,
      store,
      stamp,
      rehearse: rehearsal(containment.guard),
    },
    async close() {
      await running.close();
      await groups?.close();
      await cleaning;
      await quarters.close();
    },
  };
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(bytes).toHex().slice(0, 32);
}

/**
 * The environment of a service's commands: nothing of ours but what programs can't do without.
 * `HOME` and `TMPDIR` are the folder that each of them is given.
 */
export function plainEnvironment(): Record<string, string> {
  const path = Deno.env.get("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
  const all: Record<string, string> = { PATH: path };
  for (const name of ["LANG", "TZ"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) all[name] = value;
  }
  return all;
}

/** Where a task is at home. */
interface Project {
  /** Where the task's file really is. */
  readonly real: string;
  /** The folder that its modules may be read from. */
  readonly root: string;
  /** The configuration of that; null: it has none. */
  readonly config: string | null;
}

/** The project of a task's file. */
export function projectOf(url: URL): Project {
  const real = Deno.realPathSync(url);
  const own = real.slice(0, real.lastIndexOf("/")) || "/";
  for (let folder = own;; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    for (const name of ["deno.json", "deno.jsonc", "package.json"]) {
      const path = `${folder}/${name}`;
      if (!isFile(path)) continue;
      return { real, root: folder, config: name === "package.json" ? null : path };
    }
    if (folder === "") return { real, root: own, config: null };
  }
}

/** True when `path` is a file that can be read. */
export function isFile(path: string | URL): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The real path of a folder, null when it is not one. */
export function folder(path: string): string | null {
  try {
    const real = Deno.realPathSync(path);
    return Deno.statSync(real).isDirectory ? real : null;
  } catch {
    return null;
  }
}
