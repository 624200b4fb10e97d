/**
 * Where a runtime keeps what must not outlive it: its socket and the folders of its jobs.
 *
 * A data directory has the folders inside, so that the next start finds what a killed one left;
 * without one they lie in the system's temporary folder until the runtime is closed. There the
 * socket lies in any case, as the whole data directory is shut to tasks.
 *
 * @module
 */
import { Refusal } from "../refusal.ts";
import { removeTree } from "./tree.ts";

/** Longest path of a socket's folder, and what it may hold to be named in a permission. */
const passable = /^\/[\w./@+-]{1,89}$/;

/** The folders of one runtime. */
export class Quarters {
  /** For whatever is ours and large; nobody else can enter it. */
  readonly directory: string;
  /** For the socket, whose path must be short, and for ways to folders that are shut. */
  readonly socket: string;
  /** Holds what earlier lives left until it is removed. */
  readonly #trash: string | null;
  readonly #tidying = new Set<Promise<unknown>>();

  private constructor(directory: string, socket: string, trash: string | null) {
    this.directory = directory;
    this.socket = socket;
    this.#trash = trash;
  }

  /**
   * Makes the folders. `owner` is a data directory that is ours alone; null: there is none. Rejects
   * with a Refusal `cannot_create` where one can't be made.
   */
  static async open(owner: string | null): Promise<Quarters> {
    if (owner === null) {
      const directory = await passing();
      return new Quarters(directory, directory, null);
    }
    try {
      return await Quarters.#in(owner);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw cannotCreate(`use data directory ${owner}`, error);
    }
  }

  static async #in(owner: string): Promise<Quarters> {
    const directory = `${owner}/run`;
    const trash = `${owner}/trash`;
    await Deno.mkdir(trash, { recursive: true, mode: 0o700 });
    await removeFar(directory);
    try {
      await Deno.rename(directory, `${trash}/${crypto.randomUUID()}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await Deno.mkdir(directory, { mode: 0o700 });
    return new Quarters(directory, await far(directory), trash);
  }

  /** Where staged runs work: of projects, and of none. */
  get workspaces(): { readonly kept: string; readonly passing: string } {
    const owner = this.#trash === null ? this.directory : this.#trash.slice(0, -"/trash".length);
    return { kept: `${owner}/workspaces`, passing: `${this.directory}/runs` };
  }

  /** Removes what earlier lives left, in the background. Their processes must be gone. */
  tidy(): void {
    if (this.#trash !== null) this.#tidy(this.#trash);
  }

  /** The folder in which the jobs of a worker have theirs. */
  of(worker: string): string {
    return `${this.directory}/jobs/${worker}`;
  }

  /** A worker is gone: removes what its jobs left. */
  vacate(worker: string): void {
    this.#tidy(this.of(worker));
  }

  /** Removes all of it. Processes must be gone. */
  async close(): Promise<void> {
    await Promise.all(this.#tidying);
    await removeTree(this.directory);
    await removeTree(this.socket);
  }

  #tidy(path: string): void {
    const tidying: Promise<unknown> = removeTree(path).finally(() => this.#tidying.delete(tidying));
    this.#tidying.add(tidying);
  }
}

/** Names the folder of the socket. */
const farName = "socket";

/** Makes a folder with a short path, and notes it where the next start will look. */
async function far(directory: string): Promise<string> {
  const socket = await passing();
  await Deno.writeTextFile(`${directory}/${farName}`, socket);
  return socket;
}

/** Removes the one that a killed life of `directory` had made. */
async function removeFar(directory: string): Promise<void> {
  const socket = await Deno.readTextFile(`${directory}/${farName}`).catch(() => "");
  if (/\/flyball-\w+$/.test(socket)) await removeTree(socket);
}

/** Makes a temporary folder, where its path can be a socket's and be named in a permission. */
async function passing(): Promise<string> {
  const given = Deno.env.get("TMPDIR") || "/tmp";
  const dir = passable.test(`${given}/flyball-0123456789abcdef`) ? given : "/tmp";
  try {
    return await Deno.makeTempDir({ prefix: "flyball-", dir });
  } catch (error) {
    throw cannotCreate(`make a temporary folder in ${dir} (TMPDIR)`, error);
  }
}

function cannotCreate(what: string, error: unknown): Refusal {
  return new Refusal("cannot_create", `cannot ${what}: ${(error as Error).message}`);
}
