/**
 * Ends processes that carry our mark in their environment, wherever they have gone since.
 *
 * @module
 */
import { killAll } from "./family.ts";

/** The variable whose value is inherited by all that a worker starts. */
export const markName = "FLYBALL_MARK";

/** Looks one after another while there is always someone to end. */
const looksMax = 20;

/** Kills every process marked `mark` or `mark/…`; returns how many. Does nothing without /proc. */
export function sweep(mark: string): number {
  const marked = (pid: number) => {
    const own = markOf(pid);
    return own !== null && (own === mark || own.startsWith(`${mark}/`));
  };
  let ended = 0;
  // Who is killed may just have started another; who was killed is not counted again.
  for (let looks = 0; looks < looksMax; looks++) {
    const found = killAll(processes().filter(marked));
    if (found === 0) break;
    ended += found;
  }
  return ended;
}

/** All processes but this one. */
export function processes(): number[] {
  try {
    return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name))
      .filter((pid) => Number.isInteger(pid) && pid !== Deno.pid);
  } catch {
    return [];
  }
}

/** The mark of a process; null when it has none, is gone or is not ours to look at. */
export function markOf(pid: number): string | null {
  try {
    const environment = Deno.readTextFileSync(`/proc/${pid}/environ`);
    const name = `${markName}=`;
    let at = environment.startsWith(name) ? 0 : environment.indexOf(`\0${name}`);
    if (at < 0) return null;
    at = environment.indexOf("=", at) + 1;
    const end = environment.indexOf("\0", at);
    return environment.slice(at, end < 0 ? undefined : end);
  } catch {
    return null;
  }
}
