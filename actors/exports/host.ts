/**
 * The host, as far as it could be seen.
 *
 * @module
 */
import { type Family, gauge, type Sample } from "./family.ts";
import type { Sight } from "./sight.ts";

/** The families of a moment. */
export function hostFamilies({ status: { host } }: Sight): readonly Family[] {
  const { cpu, memory, pressure, processes, load, files } = host;
  const one = (name: string, help: string, value: number | null | undefined): Family =>
    gauge(name, help, [[{}, value ?? null]]);
  return [
    one("flyball_host_cores", "Cores that may be used, fractional under a quota.", host.cores),
    one(
      "flyball_host_memory_available_bytes",
      "Memory that can still be taken.",
      host.memoryAvailableBytes,
    ),
    one("flyball_host_memory_bytes", "Memory of the host.", memory?.totalBytes),
    one(
      "flyball_host_swap_used_bytes",
      "Swap in use.",
      memory === null || memory.swapTotalBytes === null || memory.swapFreeBytes === null
        ? null
        : memory.swapTotalBytes - memory.swapFreeBytes,
    ),
    gauge("flyball_host_cpu_ratio", "Where the time of the cores went.", [
      [{ mode: "user" }, cpu?.userRatio ?? null],
      [{ mode: "system" }, cpu?.systemRatio ?? null],
      [{ mode: "iowait" }, cpu?.ioWaitRatio ?? null],
      [{ mode: "steal" }, cpu?.stealRatio ?? null],
    ]),
    gauge(
      "flyball_host_pressure_ratio",
      "Share of the last 10 s in which somebody waited for it.",
      Object.entries(pressure).map(([resource, waited]): Sample => [
        { resource },
        waited?.some10Ratio ?? null,
      ]),
    ),
    gauge(
      "flyball_host_load",
      "Processes that ran or waited for a core or a disk.",
      (["1m", "5m", "15m"] as const).map((window, i) => [{ window }, load?.[i] ?? null]),
    ),
    gauge("flyball_host_processes", "Processes of the host by state.", [
      [{ state: "running" }, processes?.running ?? null],
      [{ state: "blocked" }, processes?.blocked ?? null],
      [{ state: "zombie" }, processes?.zombie ?? null],
    ]),
    one("flyball_host_temperature_celsius", "The hottest sensor.", host.temperatureCelsius),
    one("flyball_host_power_watts", "Power of the processor packages.", host.powerWatts),
    one("flyball_open_files", "Open files of the service.", files.own),
    one("flyball_open_files_max", "Most open files of the service.", files.ownMax),
    one("flyball_host_age_seconds", "How long ago the host was seen.", host.ageMs / 1_000),
  ];
}
