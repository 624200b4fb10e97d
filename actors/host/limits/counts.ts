/**
 * How many files, processes and connections there may be, and how large files may get.
 *
 * @module
 */
import type { CapacityLimit } from "../../../messages/capacity.ts";
import type { Places } from "../gauges/group.ts";
import { whole } from "../gauges/whole.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { type Found, least } from "./limit.ts";

/** A resource limit of this process; null: none is set. */
function own(read: KernelFiles["read"], name: string): Found {
  const line = new RegExp(`^${name} +(\\d{1,20}|unlimited) `, "m");
  const soft = read("/proc/self/limits")?.match(line)?.[1];
  return [
    `/proc/self/limits (${name})`,
    soft === undefined || soft === "unlimited" ? null : Number(soft),
  ];
}

/** Open files of this process, and of the host. */
export function fileLimits({ read, list }: KernelFiles): CapacityLimit[] {
  const [open, free, most] = (read("/proc/sys/fs/file-nr") ?? "").trim().split(/\s+/).map(whole);
  return [
    least("openFiles", [
      own(read, "Max open files"),
      ["/proc/sys/fs/nr_open", whole(read("/proc/sys/fs/nr_open"))],
    ], list("/proc/self/fd")?.length ?? null),
    least(
      "openFilesOfHost",
      [["/proc/sys/fs/file-nr", most ?? null]],
      open == null || free == null ? null : open - free,
    ),
    least("fileBytes", [own(read, "Max file size")], null, "files may get as large as the disk is"),
  ];
}

/** Processes and threads that may be, and that are in the tightest group. */
export function processLimits({ read }: KernelFiles, places: Places): CapacityLimit[] {
  const groups = places.pids.map(({ folder }) => ({
    found: [`${folder}/pids.max`, whole(read(`${folder}/pids.max`))] as Found,
    used: whole(read(`${folder}/pids.current`)),
  }));
  const all = read("/proc/loadavg")?.match(/ \d+\/(\d{1,9}) /)?.[1];
  const limit = least("processes", [
    own(read, "Max processes"),
    ["/proc/sys/kernel/pid_max", whole(read("/proc/sys/kernel/pid_max"))],
    ["/proc/sys/kernel/threads-max", whole(read("/proc/sys/kernel/threads-max"))],
    ...groups.map(({ found }) => found),
  ]);
  const group = groups.find(({ found: [source] }) => source === limit.source);
  return [{ ...limit, used: group ? group.used : all === undefined ? null : Number(all) }];
}

/** Connections: those that wait to be accepted, ports for our own, those a firewall follows. */
export function connectionLimits({ read }: KernelFiles): CapacityLimit[] {
  const net = "/proc/sys/net";
  const [low, high] = (read(`${net}/ipv4/ip_local_port_range`) ?? "").trim().split(/\s+/).map(
    whole,
  );
  const followed = `${net}/netfilter/nf_conntrack_max`;
  return [
    least("connectionsWaiting", [[
      `${net}/core/somaxconn`,
      whole(read(`${net}/core/somaxconn`)),
    ]]),
    least("localPorts", [[
      `${net}/ipv4/ip_local_port_range`,
      low == null || high == null || high < low ? null : high - low + 1,
    ]]),
    least(
      "connectionsFollowed",
      [[followed, whole(read(followed))]],
      whole(read(`${net}/netfilter/nf_conntrack_count`)),
      "connections are not followed here, or it can't be read",
    ),
  ];
}

/** Memory that this process itself may have. */
export function quotaLimits({ read }: KernelFiles): CapacityLimit[] {
  const free = "no limit is set";
  return [
    least("addressBytes", [own(read, "Max address space")], null, free),
    least("lockedBytes", [own(read, "Max locked memory")], null, free),
    least("cpuSeconds", [own(read, "Max cpu time")], null, free),
  ];
}
