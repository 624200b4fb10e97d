/**
 * How fast disks and network interfaces may be, where anybody says so.
 *
 * @module
 */
import type { CapacityLimit } from "../../../messages/capacity.ts";
import { hierarchies } from "../cgroup.ts";
import { outward, type Places } from "../gauges/group.ts";
import { whole } from "../gauges/whole.ts";
import type { KernelFiles } from "../kernel_files.ts";
import type { Probe } from "./probe.ts";
import { type Found, least, unknownLimit } from "./limit.ts";

/** Most that was seen, by name; null: nothing was seen. */
export type Seen = Readonly<Record<string, number | null>>;

/** Limits of disks: the name, the key in `io.max`, and the file of version 1. */
const ofDisks = [
  ["diskReadBytesPerS", "rbps", "blkio.throttle.read_bps_device"],
  ["diskWrittenBytesPerS", "wbps", "blkio.throttle.write_bps_device"],
  ["diskReadsPerS", "riops", "blkio.throttle.read_iops_device"],
  ["diskWritesPerS", "wiops", "blkio.throttle.write_iops_device"],
] as const;

/** Bytes in a second that a megabit in a second is. */
const bytesOfMegabit = 125_000;

/** Disks: what groups allow, else what a probe has found, else the most that was seen. */
export function diskLimits(
  { read }: KernelFiles,
  places: Places,
  seen: Seen,
  probe: Probe | null,
): CapacityLimit[] {
  const old = hierarchies(read).find(({ controllers }) => controllers.includes("blkio"));
  const groups = [...places.memory, ...places.cpu, ...places.pids];
  const now = groups.filter(({ version }) => version === 2).map(({ folder }) => folder);
  const before = old ? outward(1, old.folder).map(({ folder }) => folder) : [];
  return ofDisks.map(([name, key, file]) => {
    const found = [
      ...[...new Set(now)].flatMap((folder) => devices(`${folder}/io.max`, read, key)),
      ...before.flatMap((folder) => devices(`${folder}/${file}`, read, null)),
    ];
    if (found.length > 0) return least(name, found);
    const measured = probe?.found[name] ?? null;
    if (measured !== null) {
      return least(name, [[`a probe of ${probe!.folder}`, measured]], null, "", "measured");
    }
    return least(
      name,
      [["the most that was seen here", seen[name] ?? null]],
      null,
      "no group limits it, and no disk has done anything yet",
      "observed",
    );
  });
}

/** Each line is a device and its limit; `key` names it where there are several. */
function devices(path: string, read: KernelFiles["read"], key: string | null): Found[] {
  return (read(path) ?? "").split("\n").flatMap((line): Found[] => {
    const [, device, rest] = line.match(/^(\d+:\d+) (.+)$/) ?? [];
    if (device === undefined) return [];
    const text = key === null ? rest : rest!.match(new RegExp(`\\b${key}=(\\S+)`))?.[1];
    const value = whole(text);
    return value === null ? [] : [[`${path} (${device})`, value]];
  });
}

/** The fastest interface that is up; what none says of itself is taken from what was seen. */
export function networkLimits({ read, list }: KernelFiles, seen: Seen): CapacityLimit[] {
  const root = "/sys/class/net";
  const speeds = (list(root) ?? []).filter((name) => name !== "lo").flatMap((name) => {
    const path = `${root}/${name}/speed`;
    const megabits = whole(read(path));
    const isUp = read(`${root}/${name}/operstate`)?.trim() !== "down";
    return megabits === null || megabits === 0 || !isUp
      ? []
      : [{ source: path, value: megabits * bytesOfMegabit }];
  });
  const [best] = [...speeds].sort((a, b) => b.value - a.value);
  return ["networkReceivedBytesPerS", "networkSentBytesPerS"].map((name) => {
    if (best) {
      const { source, value } = best;
      return { name, value, used: null, source, confidence: "reported", candidates: speeds };
    }
    const most = seen[name] ?? null;
    return most === null
      ? unknownLimit(name, "no interface says how fast it is, and none has been used yet")
      : least(name, [["the most that was seen here", most]], null, "", "observed");
  });
}
