/**
 * Control groups: what is put into one can't leave it, is counted in it and ends with it.
 *
 * Works with version 2, version 1 and both beside each other, below the group this process is in.
 *
 * @module
 */
import { isGone, ownName } from "./owner.ts";
import { readText } from "./read_text.ts";

/** A mounted tree of groups. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** The group this process is in, as a folder. */
  readonly folder: string;
  /** `memory`, `pids`, …: what it can count and limit for groups below. */
  readonly controllers: readonly string[];
}

/** What all our groups are called; then comes the owner's name and the group's. */
const prefix = "flyball";
/** Where this process goes when groups beside it are to have controllers. */
const leaf = `${prefix}-service`;
/** Controllers that are useful to us. */
const wanted = ["memory", "pids", "cpu", "cpuacct", "io", "blkio"];

/** The trees below which this process may make groups; empty where it may not. */
export function hierarchies(read = readText): Hierarchy[] {
  const mounts = read("/proc/self/mountinfo") ?? "";
  const own = read("/proc/self/cgroup") ?? "";
  const all: Hierarchy[] = [];
  for (const line of mounts.split("\n")) {
    const [, root, point, kind, options] =
      /^\d+ \d+ \S+ (\S+) (\S+) .* - (cgroup2?) \S+ (\S+)$/.exec(line) ?? [];
    if (root === undefined || point === undefined) continue;
    const names = kind === "cgroup2" ? [] : options!.split(",").filter((name) => name !== "rw");
    const path = own.split("\n").map((row) => row.split(":"))
      .find(([, held]) => names.length === 0 ? held === "" : held?.split(",").includes(names[0]!));
    if (path === undefined) continue;
    const inside = path.slice(2).join(":");
    // A container sees its own part of the tree, under paths of the whole.
    const below = inside.startsWith(root) ? inside.slice(root.length) : "";
    const folder = `${point}/${below}`.replaceAll(/\/+/g, "/").replace(/\/$/, "")
      .replace(new RegExp(`/${leaf}$`), "");
    const controllers = kind === "cgroup2"
      ? (read(`${folder}/cgroup.controllers`) ?? "").trim().split(" ").filter(Boolean)
      : names;
    all.push({ version: kind === "cgroup2" ? 2 : 1, folder, controllers });
  }
  return all;
}

/** The groups of this process's workers. */
export class Cgroups {
  /** Limits that can be set: `memory`, `pids`, `cpu` (`cpuacct` counts it in version 1), `io`. */
  readonly controllers: ReadonlySet<string>;
  /** Version of the tree through which groups are ended. */
  readonly version: 1 | 2;
  readonly #ending: Hierarchy;
  readonly #trees: readonly Hierarchy[];
  readonly #owner: string;

  private constructor(ending: Hierarchy, trees: readonly Hierarchy[], owner: string) {
    this.#ending = ending;
    this.#trees = trees;
    this.#owner = owner;
    this.version = ending.version;
    this.controllers = new Set(trees.flatMap(({ controllers }) => controllers));
  }

  /** Finds out by trying; says why not where we may make no groups. */
  static open(found: readonly Hierarchy[] = hierarchies()): Cgroups | string {
    const owner = ownName();
    if (owner === null) return "there is no /proc";
    if (found.length === 0) return "no control groups are mounted";
    const ending = found.find(({ version }) => version === 2) ??
      found.find(({ controllers }) => controllers.includes("freezer"));
    if (!ending) return "neither version 2 nor the freezer of version 1 is mounted";
    const trees = found.flatMap((tree) => {
      const controllers = wanted.filter((name) => tree.controllers.includes(name));
      if (tree !== ending && controllers.length === 0) return [];
      return [{
        ...tree,
        controllers: tree.version === 2 ? passOn(tree, controllers) : controllers,
      }];
    });
    // Runtimes of one process, also those in threads of its own, must not share groups.
    const own = `${owner}-${crypto.randomUUID().slice(0, 8)}`;
    const groups = new Cgroups(trees.find(({ folder }) => folder === ending.folder)!, trees, own);
    const because = groups.#tryOut();
    return because ?? groups;
  }

  /** Makes a group, in the trees of `controllers` and the one that ends it. Throws when it can't. */
  create(name: string, controllers: readonly string[] = []): Cgroup {
    const folders = new Map<string, string>();
    const full = `${prefix}-${this.#owner}-${name}`;
    for (const tree of this.#trees) {
      const asked = tree.controllers.filter((one) => controllers.includes(one));
      if (tree !== this.#ending && asked.length === 0) continue;
      const folder = `${tree.folder}/${full}`;
      Deno.mkdirSync(folder, { recursive: true });
      for (const one of asked) folders.set(one, folder);
    }
    return new Cgroup(`${this.#ending.folder}/${full}`, this.version, folders);
  }

  /** Ends and removes groups whose owner is gone; returns how many processes it ended. */
  sweep(): number {
    let ended = 0;
    for (const { folder, version } of hierarchies()) {
      for (const { name } of list(folder)) {
        const owner = /^flyball-(\d+-\d+-\d+)-/.exec(name)?.[1];
        if (owner === undefined || !isGone(owner)) continue;
        const group = new Cgroup(`${folder}/${name}`, version, new Map());
        ended += group.pids().length;
        group.kill();
        group.remove();
      }
    }
    return ended;
  }

  #tryOut(): string | null {
    try {
      const group = this.create("probe");
      const works = group.pids().length === 0 && group.ends;
      group.remove();
      return works ? null : "groups can't be ended: the kernel is too old";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** One group. Files that are not there or not ours read as null; writing them says false. */
export class Cgroup {
  /** The folder through which it is ended. */
  readonly folder: string;
  readonly #version: 1 | 2;
  readonly #folders: ReadonlyMap<string, string>;

  /** Made by {@link Cgroups.create}. `folders` by controller, where they differ. */
  constructor(folder: string, version: 1 | 2, folders: ReadonlyMap<string, string>) {
    this.folder = folder;
    this.#version = version;
    this.#folders = folders;
  }

  /** True where it can be ended as a whole. */
  get ends(): boolean {
    return exists(`${this.folder}/${this.#version === 2 ? "cgroup.kill" : "freezer.state"}`);
  }

  /** Puts a process with all its threads into it; what it starts from now on is in it too. */
  add(pid: number): boolean {
    return this.folders.map((folder) => writeText(`${folder}/cgroup.procs`, String(pid)))
      .every(Boolean);
  }

  /** As {@link Cgroup.add}, while others go on: the kernel takes up to 15 ms for it. */
  async addSoon(pid: number): Promise<void> {
    await Promise.all(this.folders.map(async (folder) => {
      try {
        await Deno.writeTextFile(`${folder}/cgroup.procs`, String(pid), { create: false });
      } catch { /* it has ended, or is not ours to move */ }
    }));
  }

  /** Processes in it and in groups below. */
  pids(): number[] {
    return pidsIn(this.folder);
  }

  /** Kills all that is in it, whatever it starts meanwhile. */
  kill(): void {
    if (this.#version === 2 && writeText(`${this.folder}/cgroup.kill`, "1")) return;
    this.freeze(true);
    for (const pid of this.pids()) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch { /* it has just gone */ }
    }
    this.freeze(false);
  }

  /** Stops all that is in it, or lets it go on. */
  freeze(frozen: boolean): boolean {
    return this.#version === 2
      ? writeText(`${this.folder}/cgroup.freeze`, frozen ? "1" : "0")
      : writeText(`${this.folder}/freezer.state`, frozen ? "FROZEN" : "THAWED");
  }

  /** Reads a file of a controller, `memory.current` or `cpu.stat`. */
  read(file: string): string | null {
    return readText(`${this.#folderOf(file)}/${file}`);
  }

  /** Writes a file of a controller; false when the kernel does not take it. */
  write(file: string, text: string): boolean {
    return writeText(`${this.#folderOf(file)}/${file}`, text);
  }

  /** A group in it, in the same trees. */
  child(name: string): Cgroup {
    const below = (folder: string) => `${folder}/${name}`;
    for (const folder of this.folders) Deno.mkdirSync(below(folder), { recursive: true });
    const folders = new Map([...this.#folders].map(([one, folder]) => [one, below(folder)]));
    return new Cgroup(below(this.folder), this.#version, folders);
  }

  /** Takes it away with the groups in it; false when processes are still in it. */
  remove(): boolean {
    return this.folders.map(removeTree).every(Boolean);
  }

  /** Takes it away as soon as what was killed in it is gone, trying for 2 s. */
  async removeSoon(): Promise<void> {
    for (let tries = 0; !this.remove() && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  #folderOf(file: string): string {
    return this.#folders.get(file.slice(0, file.indexOf("."))) ?? this.folder;
  }

  /** All its folders, one in each tree. */
  get folders(): readonly string[] {
    return [...new Set([this.folder, ...this.#folders.values()])];
  }
}

/** Lets groups below have controllers; returns those they have. */
function passOn({ folder }: Hierarchy, controllers: readonly string[]): string[] {
  const control = `${folder}/cgroup.subtree_control`;
  const pass = () => controllers.map((name) => writeText(control, `+${name}`)).every(Boolean);
  // Only a group without processes of its own may pass on; ours is that if we alone are in it.
  if (!pass() && readText(`${folder}/cgroup.procs`)?.trim() === String(Deno.pid)) {
    try {
      Deno.mkdirSync(`${folder}/${leaf}`, { recursive: true });
      writeText(`${folder}/${leaf}/cgroup.procs`, String(Deno.pid));
    } catch { /* then without */ }
    pass();
  }
  const passed = readText(control)?.trim().split(" ") ?? [];
  return controllers.filter((name) => passed.includes(name));
}

function pidsIn(folder: string): number[] {
  const own = readText(`${folder}/cgroup.procs`)?.split("\n").filter(Boolean).map(Number) ?? [];
  return own.concat(list(folder).flatMap(({ name }) => pidsIn(`${folder}/${name}`)));
}

function removeTree(folder: string): boolean {
  for (const { name } of list(folder)) removeTree(`${folder}/${name}`);
  try {
    Deno.removeSync(folder);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function list(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory);
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function writeText(path: string, text: string): boolean {
  try {
    Deno.writeTextFileSync(path, text, { create: false });
    return true;
  } catch {
    return false;
  }
}
