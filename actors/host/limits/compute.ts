/**
 * How many cores and how much memory there are.
 *
 * @module
 */
import type { CapacityLimit } from "../../../messages/capacity.ts";
import { affineCores } from "../gauges/cores.ts";
import type { Place, Places } from "../gauges/group.ts";
import { whole } from "../gauges/whole.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { type Found, least } from "./limit.ts";

/** Versions 1 have no word for "no limit", but a number larger than any memory, bytes. */
const absurdBytes = 2 ** 60;

/** Cores that may be used: online, within affinity and cpuset, within all quotas. */
export function coresLimit({ read }: KernelFiles, places: Places): CapacityLimit {
  const online = read("/proc/stat")?.match(/^cpu\d+ /gm)?.length ?? null;
  const quotas = places.cpu.map(({ version, folder }): Found => {
    const [file, quota, period] = version === 2
      ? ["cpu.max", ...(read(`${folder}/cpu.max`) ?? "").trim().split(" ").map(whole)] as const
      : [
        "cpu.cfs_quota_us",
        whole(read(`${folder}/cpu.cfs_quota_us`)),
        whole(read(`${folder}/cpu.cfs_period_us`)),
      ] as const;
    const cores = (quota ?? NaN) / (period ?? NaN);
    return [`${folder}/${file}`, cores > 0 ? cores : null];
  });
  const sets = places.cpu.filter(({ version }) => version === 2).map(({ folder }): Found => {
    const path = `${folder}/cpuset.cpus.effective`;
    const list = read(path)?.trim();
    return [path, list ? affineCores(() => `Cpus_allowed_list:\t${list}\n`) : null];
  });
  return least("cpuCores", [
    ["/proc/stat", online],
    ["/proc/self/status", affineCores(read)],
    ...sets,
    ...quotas,
  ]);
}

/** Memory that may be used: the host's, within all groups and the limit of our address space. */
export function memoryLimit({ read }: KernelFiles, places: Places): CapacityLimit {
  const text = read("/proc/meminfo") ?? "";
  const kib = (name: string) => {
    const number = text.match(new RegExp(`^${name}:\\s+(\\d{1,15})\\b`, "m"))?.[1];
    return number === undefined ? null : Number(number) * 1_024;
  };
  const groups = places.memory.map((place) => memoryOf(place, read));
  const total = kib("MemTotal");
  const available = kib("MemAvailable");
  const limit = least("memoryBytes", [
    ["/proc/meminfo", total],
    ...groups.map(({ found }) => found),
  ]);
  const group = groups.find(({ found: [source] }) => source === limit.source);
  const hostUsed = total === null || available === null ? null : total - available;
  return { ...limit, used: group ? group.used : hostUsed };
}

function memoryOf({ version, folder }: Place, read: KernelFiles["read"]) {
  const [limitFile, usedFile] = version === 2
    ? ["memory.max", "memory.current"]
    : ["memory.limit_in_bytes", "memory.usage_in_bytes"];
  const limit = whole(read(`${folder}/${limitFile}`));
  const found: Found = [
    `${folder}/${limitFile}`,
    limit !== null && limit > 0 && limit < absurdBytes ? limit : null,
  ];
  return { found, used: whole(read(`${folder}/${usedFile}`)) };
}

/** Swap, of the host and of the groups. */
export function swapLimit({ read }: KernelFiles, places: Places): CapacityLimit {
  const text = read("/proc/meminfo") ?? "";
  const kib = (name: string) => {
    const number = text.match(new RegExp(`^${name}:\\s+(\\d{1,15})\\b`, "m"))?.[1];
    return number === undefined ? null : Number(number) * 1_024;
  };
  const [total, free] = [kib("SwapTotal"), kib("SwapFree")];
  const groups = places.memory.filter(({ version }) => version === 2).map(({ folder }): Found => [
    `${folder}/memory.swap.max`,
    whole(read(`${folder}/memory.swap.max`)),
  ]);
  const used = total === null || free === null ? null : total - free;
  return least("swapBytes", [["/proc/meminfo", total], ...groups], used);
}
