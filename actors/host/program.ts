/**
 * The program of our workers, wherever it lies.
 *
 * @module
 */
import type { Grant } from "../ports.ts";

/** Its address. */
export const ourProgram: string = new URL("../../worker/main.bundle.js", import.meta.url).href;

/** True where it was imported from a host: it is in Deno's cache then, and in lock files. */
const isRemote = !ourProgram.startsWith("file:");

/**
 * Never called. Deno caches and locks what a module names in an `import()`, so workers find their
 * program in the cache, and need no network and no right to it.
 */
export const cachedWithUs = (): Promise<unknown> => import("../../worker/main.bundle.js");

/** What Deno has to know of the place of packages: another registry than `jsr.io`, if we are from there. */
export function registryVariables(): Readonly<Record<string, string>> {
  const registry = isRemote ? Deno.env.get("JSR_URL") : undefined;
  return registry && ourProgram.startsWith(registry) ? { JSR_URL: registry } : {};
}

/** True for workers whose code nobody vouches for. */
export const sandboxed = ({ flags }: Pick<Grant, "flags">): boolean => flags.includes("--deny-run");

/** Lock files as workers may use them: no sandboxed worker writes to a project's own. */
export class LockFiles {
  readonly #directory: string;
  /** Path of a copy, null where there was nothing to copy, by configuration and trust. */
  readonly #copies = new Map<string, string | null>();

  /** Copies go to `directory`. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Flags about the configuration of a worker's project and the lock file beside it. */
  flags(grant: Pick<Grant, "flags" | "kind" | "config">): string[] {
    const { config } = grant;
    if (config === null) return ["--no-config", "--no-lock"];
    const lock = `${config.slice(0, config.lastIndexOf("/"))}/deno.lock`;
    return ["--config", config, ...(isRemote ? this.#copied(lock, grant) : usual(lock, grant))];
  }

  /**
   * The lock file of a project may not know our program, or not this version of it. Who tells of
   * its tasks adds that to a copy; who runs them in a sandbox can add nothing any more.
   */
  #copied(lock: string, grant: Pick<Grant, "flags" | "kind">): string[] {
    const key = `${sandboxed(grant)} ${lock}`;
    const isTelling = grant.kind === "describe";
    let copy = this.#copies.get(key);
    if (copy === undefined || isTelling) {
      copy = exists(lock) ? copy ?? `${this.#directory}/lock${this.#copies.size}.json` : null;
      if (copy !== null) Deno.copyFileSync(lock, copy);
      this.#copies.set(key, copy);
    }
    if (copy === null) return ["--no-lock"];
    return [`--lock=${copy}`, ...(sandboxed(grant) && !isTelling ? ["--frozen"] : [])];
  }
}

/** Where our program lies on this machine, there is nothing to add. */
function usual(lock: string, grant: Pick<Grant, "flags">): string[] {
  if (!sandboxed(grant)) return [];
  return [exists(lock) ? "--frozen" : "--no-lock"];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
