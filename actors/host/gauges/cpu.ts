/**
 * Where the time of the cores goes.
 *
 * @module
 */
import type { CpuVitals } from "../../../messages/vitals.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { type Say, strange, unreadable } from "./say.ts";
import { wholes } from "./whole.ts";

const path = "/proc/stat";
/** Cores that are told apart. */
const coresMax = 4_096;

/** Ticks since the boot: user, nice, system, idle, iowait, irq, softirq, steal. */
type Times = readonly number[];

/** What one look has found. */
export interface CpuLook {
  /** Busy share of all cores. */
  readonly ratio: number | null;
  /** Cores that are online; null when unknown. */
  readonly online: number | null;
  readonly vitals: CpuVitals | null;
}

/** Looks at the cores; each look tells of the time since the one before. */
export function cpuGauge({ read }: KernelFiles): (say: Say) => CpuLook {
  let before: { readonly all: Times; readonly each: readonly (Times | undefined)[] } | null = null;

  return (say) => {
    const text = read(path);
    const now = timesOf(text);
    const from = before;
    before = now;
    if (!now) {
      say("cpu", text === null ? unreadable(path) : strange(path));
      return { ratio: null, online: null, vitals: null };
    }
    const spent = from && delta(from.all, now.all);
    const share = (...kinds: number[]) =>
      spent && kinds.reduce((sum, kind) => sum + spent.ticks[kind]!, 0) / spent.sum;
    const vitals: CpuVitals = {
      coreRatios: Array.from(now.each, (times, core) => {
        const old = from?.each[core];
        const own = times && old ? delta(old, times) : null;
        return own && busyRatio(own);
      }),
      userRatio: share(0, 1),
      systemRatio: share(2, 5, 6),
      ioWaitRatio: share(4),
      stealRatio: share(7),
    };
    const online = now.each.reduce((count) => count + 1, 0);
    return { ratio: spent && busyRatio(spent), online: online || null, vitals };
  };
}

function timesOf(stat: string | null) {
  if (stat === null) return null;
  let all: Times | null = null;
  const each: Times[] = [];
  for (let from = 0, to = 0; from < stat.length && stat.startsWith("cpu", from); from = to + 1) {
    to = stat.indexOf("\n", from);
    if (to < 0) to = stat.length;
    const [name, ...words] = stat.slice(from, to).split(/\s+/);
    const times = words.length < 8 ? null : wholes(words.slice(0, 8));
    if (!times) continue;
    const core = name === "cpu" ? -1 : Number(name!.slice(3));
    if (core < 0) all = times;
    else if (core < coresMax) each[core] = times;
  }
  return all && { all, each };
}

/** What was spent between two looks; null when nothing was, or a counter fell. */
function delta(from: Times, to: Times) {
  // Time of waiting for disks is told to fall now and then; it is idle time in any case.
  const ticks = to.map((time, i) => i === 4 ? Math.max(0, time - from[i]!) : time - from[i]!);
  const sum = ticks.reduce((all, time) => all + time, 0);
  return sum > 0 && ticks.every((time) => time >= 0) ? { ticks, sum } : null;
}

const busyRatio = ({ ticks, sum }: { readonly ticks: Times; readonly sum: number }) =>
  Math.min(1, Math.max(0, (sum - ticks[3]! - ticks[4]!) / sum));
