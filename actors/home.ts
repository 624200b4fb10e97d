/**
 * Where our own modules lie: on this machine, or on a host that they were imported from.
 *
 * @module
 */

/** What a worker that may do little has to be allowed, so that it can load our modules. */
export interface Home {
  /** Paths that it has to read. */
  readonly read: readonly string[];
  /** The flag about modules that come from hosts. */
  readonly imports: string;
}

/**
 * Of a module that tasks import, by its address. From a host it is allowed that host alone, and
 * what is not in Deno's cache is not fetched from there either.
 */
export function homeOf(module: string): Home {
  const { protocol, hostname, port, pathname } = new URL(module);
  if (protocol === "file:") {
    return { read: [decodeURIComponent(pathname)], imports: "--deny-import" };
  }
  const usual = protocol === "https:" ? "443" : "80";
  return { read: [], imports: `--allow-import=${hostname}:${port || usual}` };
}

/** Ours; every task file imports it. */
export const home: Home = homeOf(new URL("../task.ts", import.meta.url).href);
