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

/** By their folders, which are the same for most. */
const known = new Map<string, Map<string, { readonly place: string; readonly untilMs: number }>>();
let knownCount = 0;

/** The file of a program, or why it can't be started at all. */
export function findProgram(program: string, cwd: string, path: string): string | Ended {
  if (program.includes("/")) {
    return look(program, [program.startsWith("/") ? program : `${cwd}/${program}`]);
  }
  const nowMs = performance.now();
  const before = known.get(path)?.get(program);
  if (before && nowMs < before.untilMs) return before.place;
  const place = look(program, path.split(":").map((folder) => `${folder}/${program}`));
  if (typeof place === "string") remember(program, path, place, nowMs + knownMs);
  return place;
}

function remember(program: string, path: string, place: string, untilMs: number): void {
  if (knownCount >= knownMax) {
    known.clear();
    knownCount = 0;
  }
  let here = known.get(path);
  if (!here) known.set(path, here = new Map());
  if (!here.has(program)) knownCount++;
  here.set(program, { place, untilMs });
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
