/**
 * Threads in which scripts run, of a Deno process: those of Web Workers and `node:worker_threads`.
 *
 * @module
 */
import { type ReadText, readText } from "./read_text.ts";

/** What Deno calls them. No script can give its thread another name. */
const named = /^worker-\d+$/;

/** How many there are beside the main one; 0 where that can't be seen. */
export function scriptThreads(pid: number, read: ReadText = readText): number {
  const folder = `/proc/${pid}/task`;
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name }) => named.test(read(`${folder}/${name}/comm`)?.trim() ?? "")).length;
  } catch {
    return 0;
  }
}
