/**
 * What Linux tells about the machine and about single processes. Whatever can't be read is null.
 *
 * @module
 */
import type { HostReading } from "../../messages/mailboxes.ts";
import type { Host } from "../ports.ts";
import { type ReadText, readText } from "./read_text.ts";
import { scriptThreads } from "./script_threads.ts";

/** Size of a page on every machine we run on. */
const pageBytes = 4096;

/** The machine's gauges; `read` can be replaced to read fixtures. */
export function gauges(read: ReadText = readText): Host {
  let before: { busy: number; all: number } | null = null;

  function cpuRatio(): number | null {
    const now = cpuTimes(read("/proc/stat"));
    const from = before;
    before = now;
    if (!now || !from || now.all <= from.all) return null;
    return Math.min(1, Math.max(0, (now.busy - from.busy) / (now.all - from.all)));
  }

  return {
    read: () => ({ cores: cores(read), cpuRatio: cpuRatio(), ...memory(read), ...pressures(read) }),
    // The state stands after the name, which may hold anything.
    processState: (pid) => read(`/proc/${pid}/stat`)?.match(/.*\) ([A-Za-z]) /s)?.[1] ?? null,
    scriptThreads: (pid) => scriptThreads(pid, read),
    threadMs(pid) {
      // Nanoseconds on a core, nanoseconds ready without one, slices: of the main thread alone.
      const [, ran, waited] = read(`/proc/${pid}/schedstat`)?.match(/^(\d{1,18}) (\d{1,18}) /) ??
        [];
      return ran && waited ? { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 } : null;
    },
    residentBytes(pid) {
      const pages = read(`/proc/${pid}/statm`)?.match(/^\d+ (\d{1,12}) /)?.[1];
      return pages ? Number(pages) * pageBytes : null;
    },
  };
}

function cpuTimes(stat: string | null): { busy: number; all: number } | null {
  const times = stat?.slice(0, stat.indexOf("\n")).split(/\s+/).slice(1, 9).map(Number);
  if (!times || times.length < 8 || !times.every(Number.isFinite)) return null;
  const all = times.reduce((sum, time) => sum + time, 0);
  return { busy: all - times[3]! - times[4]!, all };
}

/** Cores this process may use: online and affine ones, fewer under a cgroup quota. */
function cores(read: ReadText): number {
  const online = navigator.hardwareConcurrency || 1;
  const [quota, period] = read("/sys/fs/cgroup/cpu.max")?.trim().split(" ").map(Number) ?? [
    read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
    read("/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
  ].map((text) => text === null ? NaN : Number(text));
  const limit = quota! / period!;
  return limit > 0 ? Math.min(online, limit) : online;
}

function memory(read: ReadText): Pick<HostReading, "memoryRatio" | "memoryAvailableBytes"> {
  const info = read("/proc/meminfo");
  const kib = (name: string) => Number(info?.match(`${name}:\\s+(\\d{1,15})`)?.[1] ?? NaN) * 1024;
  const total = kib("MemTotal");
  const available = kib("MemAvailable");
  if (!(total > 0) || !(available >= 0)) return { memoryRatio: null, memoryAvailableBytes: null };
  const ratio = Math.max(0, 1 - available / total);
  const group = groupMemory(read);
  if (!group || group.limit >= total) {
    return { memoryRatio: ratio, memoryAvailableBytes: available };
  }
  // The worse of the two: a container may be full on an empty host, and the other way round.
  return {
    memoryRatio: Math.max(ratio, Math.min(1, group.used / group.limit)),
    memoryAvailableBytes: Math.min(available, Math.max(0, group.limit - group.used)),
  };
}

/** Limit and use of our cgroup, version 2 or 1; null where there is none. */
function groupMemory(read: ReadText): { readonly limit: number; readonly used: number } | null {
  const folder = "/sys/fs/cgroup";
  const number = (path: string) => Number(read(`${folder}/${path}`)?.trim() || NaN);
  for (
    const [limitFile, usedFile, statFile] of [
      ["memory.max", "memory.current", "memory.stat"],
      ["memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"],
    ] as const
  ) {
    const limit = number(limitFile);
    const used = number(usedFile);
    if (!(limit > 0 && used >= 0)) continue;
    // Pages of files that nobody has used lately are given back before anything fails. Version 1
    // tells those of our own processes and, as "total", with those of groups below.
    const stat = read(`${folder}/${statFile}`) ?? "";
    const spare = stat.match(/^total_inactive_file (\d{1,18})$/m) ??
      stat.match(/^inactive_file (\d{1,18})$/m);
    return { limit, used: Math.max(0, used - Number(spare?.[1] ?? 0)) };
  }
  return null;
}

function pressures(
  read: ReadText,
): Pick<HostReading, "cpuPressureRatio" | "memoryPressureRatio"> {
  const some = (kind: string) => {
    const percent = read(`/proc/pressure/${kind}`)?.match(/^some avg10=(\d+(?:\.\d+)?) /m)?.[1];
    return percent === undefined ? null : Math.min(1, Number(percent) / 100);
  };
  return { cpuPressureRatio: some("cpu"), memoryPressureRatio: some("memory") };
}
