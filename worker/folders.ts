/**
 * Folders of jobs: each its own, gone when it has ended; or the one workspace they all work in.
 *
 * @module
 */

/** Rights of a folder: its owner's alone. */
const mode = 0o700;

/** Times that a folder is removed anew when something is still written into it. */
const triesMax = 3;

/** Folders that are tried again, at most; more are left to who comes after this worker. */
const leftMax = 64;

/** The folders of this worker's jobs. */
export class Folders {
  readonly #root: string;
  readonly #isShared: boolean;
  #made = 0;
  /** Folders that were left as they were made; making and removing one takes 0.3 ms of CPU. */
  readonly #free: string[] = [];
  /** Folders that could not be removed; they are tried again at each ending. */
  readonly #left = new Set<string>();
  /** Folders of tasks, by job; commands know theirs. */
  readonly #lent = new Map<number, string>();

  /** `place`: `each:PATH`, a folder in PATH for each job; `one:PATH`, PATH itself for all; or empty: none. */
  constructor(place: string) {
    this.#isShared = place.startsWith("one:");
    this.#root = place.slice(place.indexOf(":") + 1);
  }

  /** Makes a folder for one job; throws where it can't be made or none may be had. */
  make(): string {
    if (this.#root === "") throw new Deno.errors.NotCapable("Requires the permission folder");
    if (this.#isShared) return this.#root;
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const path = `${this.#root}/${++this.#made}`;
    Deno.mkdirSync(path, { recursive: true, mode });
    return path;
  }

  /** The folder of task job `id`, made when it first asks. */
  lend(id: number): string {
    let path = this.#lent.get(id);
    if (path === undefined) this.#lent.set(id, path = this.make());
    return path;
  }

  /** True while job `id` has a folder that was lent to it. */
  has(id: number): boolean {
    return this.#lent.size > 0 && this.#lent.has(id);
  }

  /** Takes the folder of task job `id` away. */
  async takeBack(id: number): Promise<void> {
    const path = this.#lent.get(id)!;
    this.#lent.delete(id);
    await this.drop(path);
  }

  /**
   * Removes a folder with all that is in it, or keeps it for the next job when it is as it was: then
   * there is nothing to wait for. What is left at last goes when this worker is gone.
   */
  drop(path: string): Promise<void> | null {
    if (this.#isShared) return null;
    if (this.#left.size > 0 || !isUnused(path)) return this.#remove(path);
    this.#free.push(path);
    return null;
  }

  async #remove(path: string): Promise<void> {
    for (const each of [path, ...this.#left]) {
      if (await removed(each)) this.#left.delete(each);
      else this.#left.add(each);
    }
    if (this.#left.size > leftMax) this.#left.delete(this.#left.values().next().value!);
  }
}

/** True for an empty folder that only its owner may enter. */
function isUnused(path: string): boolean {
  try {
    if ((Deno.lstatSync(path).mode! & 0o7777) !== mode) return false;
    return Deno.readDirSync(path)[Symbol.iterator]().next().done === true;
  } catch {
    return false;
  }
}

async function removed(path: string): Promise<boolean> {
  for (let tries = 0; tries < triesMax; tries++) {
    try {
      await Deno.remove(path, { recursive: true });
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return true;
      if (error instanceof Deno.errors.PermissionDenied) await open(path);
    }
  }
  return false;
}

/** Gives us back the rights that a job took from its own folders. */
async function open(path: string): Promise<void> {
  try {
    await Deno.chmod(path, 0o700);
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (isDirectory) await open(`${path}/${name}`);
    }
  } catch { /* gone, or not ours */ }
}
