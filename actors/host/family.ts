/**
 * Who descends from whom.
 *
 * @module
 */

import type { KernelFiles } from "./kernel_files.ts";

/** Processes that a process has started or was given, and that live; none where we can't tell. */
export function childrenOf(pid: number): number[] {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
    return text === "" ? [] : text.trim().split(" ").map(Number);
  } catch {
    return [];
  }
}

/** The same, also of those that other threads than the main one have started. */
export function childrenOfThreads(pid: number, { read, list }: KernelFiles): number[] {
  return (list(`/proc/${pid}/task`) ?? []).flatMap((thread) => {
    const text = read(`/proc/${pid}/task/${thread}/children`)?.trim() ?? "";
    return text === "" ? [] : text.split(" ").map(Number);
  });
}

/** A process and all that descend from it, parents first. */
export function familyOf(pid: number): number[] {
  const all = [pid];
  for (let at = 0; at < all.length; at++) all.push(...childrenOf(all[at]!));
  return all;
}

/** True where the kernel tells whose children are whose. */
export function tellsChildren(): boolean {
  try {
    Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/children`);
    return true;
  } catch {
    return false;
  }
}

/** Kills processes; returns how many were there. */
export function killAll(pids: Iterable<number>): number {
  let ended = 0;
  for (const pid of pids) {
    try {
      Deno.kill(pid, "SIGKILL");
      ended++;
    } catch { /* it has just gone */ }
  }
  return ended;
}
