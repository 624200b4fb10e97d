/**
 * What Linux tells about the machine and about single processes. Whatever can't be read is null.
 *
 * @module
 */
import type { HostReading } from "../../messages/mailboxes.ts";
import type { CpuVitals, GroupVitals, MemoryVitals, Vitals } from "../../messages/vitals.ts";
import type { Host } from "../ports.ts";
import { affineCores } from "./gauges/cores.ts";
import { cpuGauge } from "./gauges/cpu.ts";
import { diskGauge } from "./gauges/disk.ts";
import { groupGauge, type GroupLook } from "./gauges/group.ts";
import { heatGauge } from "./gauges/heat.ts";
import { loadGauge } from "./gauges/load.ts";
import { memoryGauge } from "./gauges/memory.ts";
import { networkGauge } from "./gauges/network.ts";
import { filesGauge } from "./gauges/open_files.ts";
import { powerGauge } from "./gauges/power.ts";
import { pressureGauge } from "./gauges/pressure.ts";
import { explain, type Say } from "./gauges/say.ts";
import { States } from "./gauges/states.ts";
import { type KernelFiles, kernelFiles } from "./kernel_files.ts";
import { scriptThreads } from "./script_threads.ts";

/** Size of a page on every machine we run on. */
const pageBytes = 4096;

/** What one call of `read` has seen, for `vitals` to tell the rest of. */
interface Seen {
  readonly cpu: CpuVitals | null;
  readonly memory: MemoryVitals | null;
  readonly group: GroupLook | null;
  readonly pressure: Vitals["pressure"];
  readonly unknown: Readonly<Record<string, string>>;
}

const monotonicMs = () => performance.now();

/** The machine's gauges; `files` and `nowMs` can be replaced to read fixtures. */
export function gauges(files: KernelFiles = kernelFiles(), nowMs = monotonicMs): Host {
  const { read } = files;
  const cpu = cpuGauge(files);
  const memory = memoryGauge(files);
  const group = groupGauge(files);
  const pressure = pressureGauge(files);
  const rest = restGauges(files, nowMs);
  let seen: Seen | null = null;

  function look(): HostReading {
    const atMs = nowMs();
    const { say, unknown } = reasons();
    const cores = cpu(say);
    const bytes = memory(say, atMs);
    const groups = group(atMs, bytes?.totalBytes ?? null);
    const waits = pressure(say);
    seen = { cpu: cores.vitals, memory: bytes, group: groups, pressure: waits, unknown };
    const online = Math.min(affineCores(read) ?? Infinity, cores.online ?? Infinity);
    return {
      cores: Math.min(
        online < Infinity ? online : navigator.hardwareConcurrency || 1,
        groups?.cpu?.cores ?? Infinity,
      ),
      // The worse of the two: a quota may be used up on an idle host.
      cpuRatio: cores.ratio === null ? null : Math.max(cores.ratio, groups?.cpu?.usedRatio ?? 0),
      ...memoryLeft(bytes, groups),
      cpuPressureRatio: waits.cpu?.some10Ratio ?? null,
      memoryPressureRatio: waits.memory?.some10Ratio ?? null,
      ioPressureRatio: waits.io?.some10Ratio ?? null,
    };
  }

  return {
    read: look,
    vitals() {
      if (!seen) look();
      return rest.tell(seen!);
    },
    walk: () => rest.states.walk(),
    // The state stands after the name, which may hold anything.
    processState: (pid) => read(`/proc/${pid}/stat`)?.match(/.*\) ([A-Za-z]) /s)?.[1] ?? null,
    scriptThreads: (pid) => scriptThreads(pid, files),
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

/** What policies don't ask for. */
function restGauges(files: KernelFiles, nowMs: () => number) {
  const disk = diskGauge(files);
  const network = networkGauge(files);
  const load = loadGauge(files);
  const heat = heatGauge(files);
  const power = powerGauge(files);
  const openFiles = filesGauge(files);
  const states = new States(files, nowMs);

  function tell({ cpu, memory, group, pressure, unknown: before }: Seen): Vitals {
    const atMs = nowMs();
    const { say, unknown } = reasons(before);
    const vitals: Omit<Vitals, "unknown"> = {
      cpu,
      memory,
      group: groupOf(group, say),
      pressure,
      disk: disk(say, atMs),
      network: network(say, atMs),
      processes: states.latest(atMs) ?? say("processes", "no look at all processes has ended yet"),
      load: load(say),
      temperatureCelsius: heat(say, atMs),
      powerWatts: power(say, atMs),
      files: openFiles(say, atMs),
    };
    explain(vitals, unknown);
    return { ...vitals, unknown };
  }
  return { tell, states };
}

/** Collects why things are unknown. */
function reasons(before: Readonly<Record<string, string>> = {}) {
  const unknown: Record<string, string> = { ...before };
  const say: Say = (name, because) => {
    unknown[name] = because;
    return null;
  };
  return { say, unknown };
}

/** The worse of host and groups: a container may be full on an empty host, and the other way round. */
function memoryLeft(
  host: MemoryVitals | null,
  group: GroupLook | null,
): Pick<HostReading, "memoryRatio" | "memoryAvailableBytes"> {
  if (!host) return { memoryRatio: null, memoryAvailableBytes: null };
  const { totalBytes, availableBytes } = host;
  const limits = group?.memory ?? [];
  const usedRatio = Math.max(
    1 - availableBytes / totalBytes,
    ...limits.map(({ usedBytes, limitBytes }) => usedBytes / limitBytes),
  );
  return {
    memoryRatio: Math.min(1, Math.max(0, usedRatio)),
    memoryAvailableBytes: Math.min(
      availableBytes,
      ...limits.map(({ usedBytes, limitBytes }) => Math.max(0, limitBytes - usedBytes)),
    ),
  };
}

function groupOf(group: GroupLook | null, say: Say): GroupVitals | null {
  if (!group) return say("group", "no control group counts or limits this process");
  const { version, cpu, memory, pids } = group;
  const [tightest] = [...memory].sort((a, b) =>
    a.limitBytes - a.usedBytes - (b.limitBytes - b.usedBytes)
  );
  if (!cpu) {
    say("group.quotaCores", "no quota of CPU time is set");
    say("group.quotaUsedRatio", "no quota of CPU time is set");
  }
  if (!tightest) {
    say("group.memoryLimitBytes", "no limit below the host's memory is set");
    say("group.memoryUsedBytes", "counted only where there is a limit");
  }
  if (!pids) say("group.processes", "processes are not counted");
  else if (pids.max === null) say("group.processesMax", "no limit of processes is set");
  return {
    version,
    quotaCores: cpu?.cores ?? null,
    quotaUsedRatio: cpu?.usedRatio ?? null,
    memoryLimitBytes: tightest?.limitBytes ?? null,
    memoryUsedBytes: tightest?.usedBytes ?? null,
    processes: pids?.count ?? null,
    processesMax: pids?.max ?? null,
  };
}
