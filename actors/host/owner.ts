/**
 * Who made something that outlives a process: told apart even when its pid is given out again.
 *
 * @module
 */

/** This process as a word for names, null where there is no /proc: `4026531836-472-1408531`. */
export function ownName(): string | null {
  const space = pidSpace();
  const started = startedAt(Deno.pid);
  return space === null || started === null ? null : `${space}-${Deno.pid}-${started}`;
}

/** True when the process of that name is gone for sure; false also where we can't tell. */
export function isGone(name: string): boolean {
  const parts = /^(\d+)-(\d+)-(\d+)$/.exec(name);
  // A pid means nothing outside the namespace that gave it out.
  if (!parts || parts[1] !== pidSpace()) return false;
  return startedAt(Number(parts[2])) !== parts[3];
}

function pidSpace(): string | null {
  try {
    return /\d+/.exec(Deno.readLinkSync("/proc/self/ns/pid"))?.[0] ?? null;
  } catch {
    return null;
  }
}

/** Ticks between the boot and the start of a process, as text; null when there is none. */
function startedAt(pid: number): string | null {
  try {
    // The name before the bracket may hold anything; the 20th field after it is the start.
    return Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!.split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
