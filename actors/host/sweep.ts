/**
 * Ends processes that carry our mark in their environment, wherever they have gone since.
 *
 * @module
 */

/** Kills every process marked `mark` or `mark/…`; returns how many. Does nothing without /proc. */
export function sweep(mark: string): number {
  let ended = 0;
  let names: Iterable<Deno.DirEntry>;
  try {
    names = Deno.readDirSync("/proc");
  } catch {
    return 0;
  }
  for (const { name } of names) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === Deno.pid || !carries(pid, mark)) continue;
    try {
      Deno.kill(pid, "SIGKILL");
      ended++;
    } catch { /* it has just gone */ }
  }
  return ended;
}

function carries(pid: number, mark: string): boolean {
  try {
    const environment = Deno.readTextFileSync(`/proc/${pid}/environ`);
    const at = environment.indexOf(`FLYBALL_MARK=${mark}`);
    if (at < 0 || (at > 0 && environment[at - 1] !== "\0")) return false;
    const next = environment[at + "FLYBALL_MARK=".length + mark.length];
    return next === undefined || next === "\0" || next === "/";
  } catch {
    return false; // gone, or another user's
  }
}
