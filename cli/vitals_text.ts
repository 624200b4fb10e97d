/**
 * What was seen of the host, in a few lines for people.
 *
 * @module
 */
import type { HostStatus } from "../messages/status.ts";
import type { PressureVitals, TreeVitals } from "../messages/vitals.ts";

/** Trees that are shown: the service and the workers that use most. */
const treesMax = 5;

/** Lines of a status, each with its subject first. Unknown numbers are called so. */
export function vitalsText(host: HostStatus): string[] {
  return [cpu(host), memory(host), traffic(host), limits(host), processes(host), trees(host.trees)]
    .filter((line) => line !== "");
}

function cpu({ cpu, load, pressure, temperatureCelsius, powerWatts }: HostStatus): string {
  const parts = [`load ${load?.map((mean) => mean.toFixed(2)).join(" ") ?? "unknown"}`];
  if (cpu) {
    parts.push(
      `programs ${percent(cpu.userRatio)}, kernel ${percent(cpu.systemRatio)}, ` +
        `disk wait ${percent(cpu.ioWaitRatio)}, stolen ${percent(cpu.stealRatio)}`,
      `cores ${cpu.coreRatios.slice(0, 16).map(percent).join(" ")}` +
        (cpu.coreRatios.length > 16 ? ` and ${cpu.coreRatios.length - 16} more` : ""),
    );
  }
  const waits = (["cpu", "memory", "io"] as const).map((kind) => `${kind} ${some(pressure[kind])}`);
  parts.push(`pressure ${waits.join(", ")}`);
  parts.push(`temperature ${known(temperatureCelsius, (degrees) => `${degrees.toFixed(1)} °C`)}`);
  parts.push(`power ${known(powerWatts, (watts) => `${watts.toFixed(1)} W`)}`);
  return parts.join(" · ");
}

function memory({ memory, memoryAvailableBytes }: HostStatus): string {
  if (!memory) return "";
  const { totalBytes, buffersBytes, cachedBytes, swapTotalBytes, swapFreeBytes } = memory;
  const swap = swapTotalBytes === 0
    ? "no swap"
    : `swap ${bytes(swapFreeBytes)} of ${bytes(swapTotalBytes)} free, ` +
      `in ${rate(memory.swapInBytesPerS)}, out ${rate(memory.swapOutBytesPerS)}`;
  return `${bytes(memoryAvailableBytes)} of ${bytes(totalBytes)} available · ` +
    `buffers ${bytes(buffersBytes)}, cache ${bytes(cachedBytes)} · ${swap}`;
}

function traffic({ disk, network }: HostStatus): string {
  const parts: string[] = [];
  if (disk) {
    parts.push(
      `disks ${rate(disk.readBytesPerS)} read, ${rate(disk.writtenBytesPerS)} written, ` +
        `${percent(disk.busyRatio)} busy`,
    );
  }
  if (network) {
    parts.push(`network ${rate(network.receivedBytesPerS)} in, ${rate(network.sentBytesPerS)} out`);
    const loopback = network.interfaces.find(({ name }) => name === "lo");
    if (loopback) parts.push(`loopback ${rate(loopback.receivedBytesPerS)}`);
  }
  return parts.join(" · ");
}

/** What control groups allow; nothing where they allow everything. */
function limits({ group }: HostStatus): string {
  if (!group) return "";
  const { quotaCores, quotaUsedRatio, memoryLimitBytes, memoryUsedBytes } = group;
  const parts: string[] = [];
  if (quotaCores !== null) parts.push(`${quotaCores} cores, ${percent(quotaUsedRatio)} used`);
  if (memoryLimitBytes !== null) {
    parts.push(`memory ${bytes(memoryUsedBytes)} of ${bytes(memoryLimitBytes)}`);
  }
  if (group.processesMax !== null) {
    parts.push(`processes ${group.processes} of ${group.processesMax}`);
  }
  return parts.length > 0 ? `control group v${group.version}: ${parts.join(" · ")}` : "";
}

function processes({ processes, files }: HostStatus): string {
  const parts: string[] = [];
  if (processes) {
    const { running, sleeping, blocked, stopped, zombie, own } = processes;
    parts.push(
      `processes ${running} running, ${sleeping} sleeping, ${blocked} blocked, ` +
        `${stopped} stopped, ${zombie} ${zombie === 1 ? "zombie" : "zombies"} (ours ${own.zombie})`,
    );
  }
  if (files.own !== null) parts.push(`open files ${files.own} of ${files.ownMax ?? "any number"}`);
  return parts.join(" · ");
}

function trees(all: readonly TreeVitals[]): string {
  const rest = all.filter(({ seat }) => seat !== null)
    .sort((a, b) => (b.cpuCores ?? 0) - (a.cpuCores ?? 0));
  const shown = [...all.filter(({ seat }) => seat === null), ...rest].slice(0, treesMax);
  const each = shown.map(({ seat, kind, cpuCores, residentBytes, shareBytes, processes }) =>
    (seat === null ? kind : `seat ${seat} (${kind}${processes > 1 ? `, ${processes}` : ""})`) +
    ` ${known(cpuCores, (cores) => cores.toFixed(2))} cores, ${bytes(shareBytes ?? residentBytes)}`
  );
  if (all.length > shown.length) each.push(`and ${all.length - shown.length} more`);
  return each.join(" · ");
}

const known = (value: number | null, text: (value: number) => string) =>
  value === null ? "unknown" : text(value);
const percent = (ratio: number | null) => known(ratio, (share) => `${Math.round(share * 100)} %`);
const some = (pressure: PressureVitals | null) => percent(pressure?.some10Ratio ?? null);
const rate = (perS: number | null) => known(perS, (value) => `${bytes(value)}/s`);

function bytes(value: number | null): string {
  if (value === null) return "unknown";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let shown = value;
  for (; shown >= 999.5 && unit < units.length - 1; unit++) shown /= 1_000;
  return `${shown < 9.95 && unit > 0 ? shown.toFixed(1) : Math.round(shown)} ${units[unit]}`;
}
