/**
 * The workspaces of staged runs as folders: one a project, kept for its next run, or a new one for a
 * run without a project.
 *
 * @module
 */
import type { Workspace, Workspaces } from "../ports.ts";
import { removeTree } from "./tree.ts";

/** Where workspaces lie and how many. */
export interface WorkspacesOptions {
  /** Folder of those of projects. */
  readonly kept: string;
  /** Folder of those that go with their run. */
  readonly passing: string;
  /** Those of projects, at most; the longest unused one makes room. */
  readonly max: number;
}

/**
 * Keeps workspaces. Each project has a folder, named by its slug and hash, with `files` (what the
 * stages see), `project` (whose it is and, by its time, when it was last used) and, when the first
 * stage of its last run has passed, `sound`.
 */
export function workspaces({ kept, passing, max }: WorkspacesOptions): Workspaces {
  const open = new Set<string>();
  let passed = 0;
  return {
    async open(project) {
      if (project === null) return await passingOne(`${passing}/${++passed}`);
      const name = await nameOf(project);
      open.add(name);
      await evict(kept, max - 1, open);
      return await keptOne(`${kept}/${name}`, project, () => open.delete(name));
    },
  };
}

async function passingOne(path: string): Promise<Workspace> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  return {
    path: await Deno.realPath(path),
    isSound: false,
    empty: () => Promise.resolve(false),
    approve: () => Promise.resolve(),
    release: async () => void await removeTree(path),
  };
}

async function keptOne(folder: string, project: string, leave: () => void): Promise<Workspace> {
  const [files, sound] = [`${folder}/files`, `${folder}/sound`];
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(`${folder}/project`, project);
  if (!await isFolder(files)) {
    await removeTree(files);
    await Deno.mkdir(files, { mode: 0o700 });
  }
  // Until the first stage has passed again, nothing here can be relied on.
  const isSound = await removed(sound);
  return {
    path: await Deno.realPath(files),
    isSound,
    empty: (keep) => empty(files, keep),
    approve: () => Deno.writeTextFile(sound, ""),
    release() {
      leave();
      return Promise.resolve();
    },
  };
}

/** Removes what lies in `folder` but for the paths to keep; true when anything was kept. */
async function empty(folder: string, keep: readonly string[]): Promise<boolean> {
  let isKept = false;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (keep.includes(name)) {
      isKept = true;
      continue;
    }
    const inside = keep.filter((path) => path.startsWith(`${name}/`))
      .map((path) => path.slice(name.length + 1));
    // A link is removed, never followed.
    if (isDirectory && inside.length > 0 && await empty(`${folder}/${name}`, inside)) isKept = true;
    else if (!await removeTree(`${folder}/${name}`)) {
      throw new Error(`Cannot remove ${name} from the workspace`);
    }
  }
  return isKept;
}

/** Makes room for one more: removes the longest unused that no run is in. */
async function evict(kept: string, most: number, open: ReadonlySet<string>): Promise<void> {
  const found: { readonly name: string; readonly usedAt: number }[] = [];
  await Deno.mkdir(kept, { recursive: true, mode: 0o700 });
  for await (const { name } of Deno.readDir(kept)) {
    const usedAt = open.has(name) ? Infinity : await timeOf(`${kept}/${name}/project`);
    if (usedAt < Infinity) found.push({ name, usedAt });
  }
  const others = found.toSorted((a, b) => a.usedAt - b.usedAt);
  const excess = Math.max(0, others.length - Math.max(0, most - (open.size - 1)));
  for (const { name } of others.slice(0, excess)) await removeTree(`${kept}/${name}`);
}

async function timeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? 0;
  } catch {
    return 0; // Half made: nobody's.
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.lstat(path)).isDirectory;
  } catch {
    return false;
  }
}

async function removed(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch {
    return false;
  }
}

/** Two projects never share a folder, whatever they are called; people see which is which. */
async function nameOf(project: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(project));
  const slug = project.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 32);
  return `${slug}.${new Uint8Array(bytes).toHex().slice(0, 24)}`;
}
