/**
 * Links that lead out of a project: Deno looks at the path it is given and follows them.
 *
 * @module
 */
import { Refusal } from "../runtime.ts";

/** Files and folders of a project that are looked at, about a second's work. */
const entriesMax = 200_000;
/** Links that can be closed one by one. */
const linksMax = 500;

/**
 * `shut` and the paths of all links below `root` that lead out of it, nowhere, into what is shut, or
 * to a folder with any of these in it. Throws Refusal where there are too many.
 */
export function closedPaths(root: string, shut: readonly string[]): readonly string[] {
  const links = [...linksBelow(root)].map((path) => ({ path, real: realPath(path) }));
  const closed = new Set(shut);
  for (const { path, real } of links) if (real === null || !within(real, root)) closed.add(path);
  for (let before = -1; before !== closed.size;) {
    before = closed.size;
    for (const { path, real } of links) {
      const meets = (other: string) => within(other, real!) || within(real!, other);
      if (real !== null && !closed.has(path) && [...closed].some(meets)) closed.add(path);
    }
    if (closed.size > shut.length + linksMax) {
      refuse(root, `it has more than ${linksMax} links that lead out of it`);
    }
  }
  return [...closed].sort();
}

/** Where a path of a project really is when that is outside, else null. */
export function leadsOut(root: string, path: string): string | null {
  const real = within(path, root) ? realPath(path) : null;
  return real === null || within(real, root) ? null : real;
}

/** True when `path` is `folder` or lies in it. */
const within = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** Where a path really is; null when it is nowhere. */
function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
}

function* linksBelow(root: string): Generator<string> {
  const folders = [root];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { name, isDirectory, isSymlink } of list(folder)) {
      if (++entries > entriesMax) {
        refuse(root, `it has more than ${entriesMax} files to look for links among`);
      }
      const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
      if (isSymlink) yield path;
      else if (isDirectory) folders.push(path);
    }
  }
}

function list(folder: string): Iterable<Deno.DirEntry> {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    return []; // What we can't enter, our workers can't either.
  }
}

function refuse(root: string, because: string): never {
  throw new Refusal(
    "unsafe_project",
    `Cannot run tasks of ${root} in a sandbox as ${because}: ` +
      "give them a folder of their own with a deno.json, or register them as trusted",
  );
}
