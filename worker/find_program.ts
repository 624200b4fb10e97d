/**
 * Finds programs as a shell does, which remembers where they were.
 *
 * @module
 */
import { type Ended, failed } from "./tasks.ts";

/** How long it is remembered where a program is, ms: looking again takes a look at each folder. */
const knownMs = 1_000;
/** Programs that are remembered. */
const knownMax = 256;

const known = new Map<string, { readonly place: string; readonly untilMs: number }>();

/** The file of a program, or why it can't be started at all. */
export function findProgram(program: string, cwd: string, path: string): string | Ended {
  if (program.includes("/")) {
    return look(program, [program.startsWith("/") ? program : `${cwd}/${program}`]);
  }
  const key = `${program}\0${path}`;
  const nowMs = performance.now();
  const before = known.get(key);
  if (before && nowMs < before.untilMs) return before.place;
  const place = look(program, path.split(":").map((folder) => `${folder}/${program}`));
  if (known.size >= knownMax) known.clear();
  if (typeof place === "string") known.set(key, { place, untilMs: nowMs + knownMs });
  return place;
}

function look(program: string, places: readonly string[]): string | Ended {
  let found = false;
  for (const place of places) {
    try {
      const { isFile, mode } = Deno.statSync(place);
      if (!isFile) continue;
      found = true;
      if (mode === null || mode & 0o111) return place;
    } catch { /* not here */ }
  }
  return found
    ? failed("spawn", "not_executable", `${program} is not executable`)
    : failed("spawn", "command_not_found", `${program} was not found`);
}
