/**
 * Threads in which scripts run, of a Deno process: those of Web Workers and `node:worker_threads`.
 *
 * @module
 */
import { type KernelFiles, kernelFiles } from "./kernel_files.ts";

/** What Deno calls them. No script can give its thread another name. */
const named = /^worker-\d+$/;

/** How many there are beside the main one; 0 where that can't be seen. */
export function scriptThreads(pid: number, { read, list }: KernelFiles = kernelFiles()): number {
  const folder = `/proc/${pid}/task`;
  return (list(folder) ?? [])
    .filter((name) => named.test(read(`${folder}/${name}/comm`)?.trim() ?? "")).length;
}
