/**
 * Deno's own folder, as sandboxed workers see it.
 *
 * `caches` and `localStorage` write below it and ask for no permission. A sandboxed worker is given
 * a folder of links to what is cached, in which the place of both is no folder.
 *
 * @module
 */

/** What Deno keeps for itself and a worker needs to start fast. */
const cached = [
  "gen",
  "npm",
  "remote",
  "v8_code_cache_v2",
  "dep_analysis_cache_v2",
  "node_analysis_cache_v2",
];

/** Makes such a folder in `directory`; returns its path. */
export function closedDenoDirectory(directory: string): string {
  const path = `${directory}/deno`;
  Deno.mkdirSync(path);
  const own = denoDirectory();
  for (const name of own === null ? [] : cached) {
    try {
      Deno.lstatSync(`${own}/${name}`);
      Deno.symlinkSync(`${own}/${name}`, `${path}/${name}`);
    } catch { /* nothing is cached there yet */ }
  }
  Deno.symlinkSync("/dev/null", `${path}/location_data`);
  return path;
}

/** Where Deno keeps its caches, null when that can't be told. */
function denoDirectory(): string | null {
  const own = Deno.env.get("DENO_DIR");
  if (own) return own;
  const home = Deno.env.get("HOME");
  if (Deno.build.os === "darwin") return home ? `${home}/Library/Caches/deno` : null;
  const caches = Deno.env.get("XDG_CACHE_HOME") || (home ? `${home}/.cache` : null);
  return caches === null ? null : `${caches}/deno`;
}
