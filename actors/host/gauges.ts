/**
 * What Linux tells about the machine and about single processes. Whatever can't be read is null.
 *
 * @module
 */
import type { HostReading } from "../../messages/mailboxes.ts";
import type { Host } from "../ports.ts";

/** Reads a file as the kernel offers it; null when it is not there or not ours to read. */
export type ReadText = (path: string) => string | null;

const readText: ReadText = (path) => {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
};

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
    processState: (pid) => statFields(read(`/proc/${pid}/stat`))?.[0] ?? null,
    threadMs(pid) {
      // Nanoseconds on a core, nanoseconds ready without one, slices: of the main thread alone.
      const text = read(`/proc/${pid}/schedstat`);
      const [ran, waited] = text?.split(" ").map(Number) ?? [];
      if (!Number.isFinite(ran) || !Number.isFinite(waited)) return null;
      return { ranMs: ran! / 1e6, waitedMs: waited! / 1e6 };
    },
    residentBytes(pid) {
      const pages = Number(read(`/proc/${pid}/statm`)?.split(" ")[1] ?? NaN);
      return Number.isFinite(pages) ? pages * pageBytes : null;
    },
  };
}

/** Fields of /proc/PID/stat after the name, which may hold anything. */
function statFields(text: string | null): string[] | null {
  return text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? null;
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
  const kib = (name: string) => Number(info?.match(`${name}:\\s+(\\d+)`)?.[1] ?? NaN) * 1024;
  const total = kib("MemTotal");
  const available = kib("MemAvailable");
  if (!(total > 0) || !(available >= 0)) return { memoryRatio: null, memoryAvailableBytes: null };
  const number = (path: string) => Number(read(path)?.trim() || NaN);
  const v2 = [number("/sys/fs/cgroup/memory.max"), number("/sys/fs/cgroup/memory.current")];
  const v1 = [
    number("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    number("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
  ];
  const [limit, used] = v2.every(Number.isFinite) ? v2 : v1;
  const host = { ratio: 1 - available / total, available };
  if (!(limit! > 0) || limit! >= total || !(used! >= 0)) {
    return { memoryRatio: host.ratio, memoryAvailableBytes: available };
  }
  // The worse of the two: a container may be full on an empty host, and the other way round.
  return {
    memoryRatio: Math.max(host.ratio, used! / limit!),
    memoryAvailableBytes: Math.min(available, Math.max(0, limit! - used!)),
  };
}

function pressures(
  read: ReadText,
): Pick<HostReading, "cpuPressureRatio" | "memoryPressureRatio"> {
  const some = (kind: string) => {
    const percent = read(`/proc/pressure/${kind}`)?.match(/some avg10=([\d.]+)/)?.[1];
    return percent === undefined ? null : Math.min(1, Number(percent) / 100);
  };
  return { cpuPressureRatio: some("cpu"), memoryPressureRatio: some("memory") };
}
