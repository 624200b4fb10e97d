/**
 * Open files, and how many there may be.
 *
 * @module
 */
import type { FileVitals } from "../../../messages/vitals.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { type Say, strange, unreadable } from "./say.ts";
import { wholes } from "./whole.ts";

/** Time between two counts of our own: each takes the longer the more there are, ms. */
const ownEveryMs = 5_000;

/** Looks at open files. */
export function filesGauge({ read, list }: KernelFiles): (say: Say, nowMs: number) => FileVitals {
  let own: number | null = null;
  let ownMax: number | null = null;
  let ownAtMs = -Infinity;
  return (say, nowMs) => {
    if (nowMs - ownAtMs >= ownEveryMs) {
      ownAtMs = nowMs;
      own = list("/proc/self/fd")?.length ?? null;
      const soft = read("/proc/self/limits")?.match(/^Max open files +(\d{1,18}|unlimited) /m)?.[1];
      ownMax = soft === undefined || soft === "unlimited" ? null : Number(soft);
    }
    if (own === null) say("files.own", unreadable("/proc/self/fd"));
    if (ownMax === null) say("files.ownMax", "/proc/self/limits can't be read or names no limit");
    const [open, max] = ofHost(read, say);
    return { open, openMax: max, own, ownMax };
  };
}

function ofHost(read: KernelFiles["read"], say: Say): readonly [number | null, number | null] {
  const path = "/proc/sys/fs/file-nr";
  const text = read(path);
  const numbers = wholes(text?.trim().split(/\s+/) ?? []);
  if (numbers?.length === 3 && numbers[0]! >= numbers[1]!) {
    return [numbers[0]! - numbers[1]!, numbers[2]!];
  }
  say("files.open", text === null ? unreadable(path) : strange(path));
  return [null, null];
}
