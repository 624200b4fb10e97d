/**
 * CPU time and memory of processes, read from `/proc`. Uses `node:fs` alone, so that pools of
 * other runtimes can be measured with the very same code.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";

/** Ticks of `/proc/PID/stat` per second: USER_HZ, 100 on every Linux of today. */
const ticksPerS = 100;
const pageBytes = 4096;

/** Memory of some processes. */
export interface Memory {
  /** Resident pages; those shared between the processes are counted once for each. */
  readonly rssBytes: number;
  /** Resident pages; those shared are divided among their users. */
  readonly pssBytes: number;
}

/** The process `root` and all its descendants, `root` first. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? stat(pid)?.[1] : undefined;
    if (parent === undefined) continue;
    const siblings = children.get(Number(parent));
    if (siblings) siblings.push(pid);
    else children.set(Number(parent), [pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...children.get(pid) ?? []);
  return tree;
}

/** CPU time of the tree under `root` so far, ms; children that `root` has reaped are included. */
export function treeCpuMs(root: number, tree: readonly number[] = processTree(root)): number {
  let ticks = 0;
  for (const pid of tree) {
    const fields = stat(pid);
    if (!fields) continue;
    ticks += Number(fields[11]) + Number(fields[12]);
    if (pid === root) ticks += Number(fields[13]) + Number(fields[14]);
  }
  return ticks * 1000 / ticksPerS;
}

/** Memory of the processes together; those that are gone count nothing. */
export function memoryOf(pids: readonly number[]): Memory {
  let rssBytes = 0, pssBytes = 0;
  for (const pid of pids) {
    rssBytes += Number(read(`/proc/${pid}/statm`)?.split(" ")[1] ?? 0) * pageBytes;
    const pss = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "");
    pssBytes += Number(pss?.[1] ?? 0) * 1024;
  }
  return { rssBytes, pssBytes };
}

/** The fields of `/proc/PID/stat` behind the name, which may itself hold spaces and brackets. */
function stat(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // The process is gone.
  }
}
