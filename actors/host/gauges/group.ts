/**
 * Limits that control groups set on this process: its own group's and those of all around it, in
 * version 1 or 2. Which groups set any is looked for now and then, what they say at each look.
 *
 * @module
 */
import { hierarchies } from "../cgroup.ts";
import type { KernelFiles } from "../kernel_files.ts";
import { Rates } from "./rates.ts";
import { whole } from "./whole.ts";

/** Time after which groups are looked for again, ms: somebody may have put us into others. */
const searchEveryMs = 5_000;
/** Groups around ours that are looked at. */
const depthMax = 16;

/** What one look has found; null where nothing limits it. */
export interface GroupLook {
  readonly version: 1 | 2;
  /** The smallest quota, and how much of it is used. */
  readonly cpu: { readonly cores: number; readonly usedRatio: number | null } | null;
  /** Limits below the host's memory. */
  readonly memory: readonly { readonly limitBytes: number; readonly usedBytes: number }[];
  readonly pids: { readonly count: number; readonly max: number | null } | null;
}

/** A group. */
export interface Place {
  readonly version: 1 | 2;
  readonly folder: string;
}

/** By what they limit, the groups that do: ours first, then those around it. */
export interface Places {
  readonly cpu: readonly (Place & { readonly usage: string })[];
  readonly memory: readonly Place[];
  readonly pids: readonly Place[];
}

/** Looks at the groups; `totalBytes` is the host's memory. */
export function groupGauge(files: KernelFiles) {
  const { read } = files;
  const rates = new Rates();
  let places: Places = { cpu: [], memory: [], pids: [] };
  let searchedMs = -Infinity;

  return (nowMs: number, totalBytes: number | null): GroupLook | null => {
    if (nowMs - searchedMs >= searchEveryMs) {
      searchedMs = nowMs;
      places = thatLimit(groupPlaces(files), read, totalBytes);
    }
    const [first] = [...places.memory, ...places.cpu, ...places.pids];
    if (!first) return null;
    rates.begin(nowMs);
    const cpu = quotaOf(places.cpu, read);
    const spentS = cpu && secondsOf(cpu.place, read);
    const memory = places.memory.flatMap((place) => memoryOf(place, read, totalBytes) ?? []);
    const pids = pidsOf(places.pids, read);
    if (!cpu && !pids && memory.length === 0) return null;
    const used = spentS === null ? null : rates.perS(cpu!.place.folder, spentS);
    return {
      version: first.version,
      cpu: cpu && {
        cores: cpu.cores,
        usedRatio: used === null ? null : Math.min(1, used / cpu.cores),
      },
      memory,
      pids,
    };
  };
}

/** Those that set a limit now: most groups set none, and to read them all costs more than the rest. */
function thatLimit(places: Places, read: KernelFiles["read"], totalBytes: number | null): Places {
  return {
    cpu: places.cpu.filter((place) => quotaOf([place], read) !== null),
    memory: places.memory.filter((place) => memoryOf(place, read, totalBytes) !== null),
    pids: places.pids,
  };
}

/** The groups that limit this process, by what they limit. */
export function groupPlaces({ read }: KernelFiles): Places {
  const trees = hierarchies(read);
  const isThere = (file1: string, file2: string) => ({ version, folder }: Place) =>
    read(`${folder}/${version === 2 ? file2 : file1}`) !== null;
  const around = (controller: string): readonly Place[] => {
    const old = trees.find(({ version, controllers }) =>
      version === 1 && controllers.includes(controller)
    );
    const now = trees.find(({ version }) => version === 2);
    // Where we can't see which groups are ours, a container shows its own at the top.
    const [v1, v2] = trees.length === 0
      ? [`/sys/fs/cgroup/${controller}`, "/sys/fs/cgroup"]
      : [old?.folder, now?.folder];
    return [...outward(2, v2), ...outward(1, v1)];
  };
  const accounts = around("cpuacct").filter(({ version }) => version === 1);
  const cpu = around("cpu").map((place, i, all) => {
    const usage = place.version === 2
      ? place.folder
      // The groups may be mounted apart; they are counted from ours outward in both.
      : accounts[i - all.findIndex(({ version }) => version === 1)]?.folder ?? place.folder;
    return { ...place, usage };
  });
  return {
    cpu: cpu.filter(isThere("cpu.cfs_quota_us", "cpu.max")),
    memory: around("memory").filter(isThere("memory.limit_in_bytes", "memory.max")),
    pids: around("pids").filter(isThere("pids.max", "pids.max")),
  };
}

/** A folder and those around it. */
export function outward(version: 1 | 2, from: string | undefined): Place[] {
  const all: Place[] = [];
  for (let folder = from ?? ""; folder !== "" && all.length < depthMax;) {
    all.push({ version, folder });
    if (folder === "/sys/fs/cgroup") break;
    folder = folder.slice(0, folder.lastIndexOf("/"));
  }
  return all;
}

function quotaOf(places: Places["cpu"], read: KernelFiles["read"]) {
  let least: { readonly cores: number; readonly place: Places["cpu"][number] } | null = null;
  for (const place of places) {
    const { version, folder } = place;
    const [quota, period] = version === 2
      ? (read(`${folder}/cpu.max`) ?? "").trim().split(" ").map(whole)
      : ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map((file) => whole(read(`${folder}/${file}`)));
    const cores = (quota ?? NaN) / (period ?? NaN);
    if (cores > 0 && cores < (least?.cores ?? Infinity)) least = { cores, place };
  }
  return least;
}

/** CPU time of all that is in a group, s. */
function secondsOf({ version, usage }: Places["cpu"][number], read: KernelFiles["read"]) {
  if (version === 1) {
    const ns = whole(read(`${usage}/cpuacct.usage`));
    return ns === null ? null : ns / 1e9;
  }
  const us = read(`${usage}/cpu.stat`)?.match(/^usage_usec (\d{1,18})$/m)?.[1];
  return us === undefined ? null : Number(us) / 1e6;
}

function memoryOf(
  { version, folder }: Place,
  read: KernelFiles["read"],
  totalBytes: number | null,
) {
  const [limitFile, usedFile] = version === 2
    ? ["memory.max", "memory.current"]
    : ["memory.limit_in_bytes", "memory.usage_in_bytes"];
  const limitBytes = whole(read(`${folder}/${limitFile}`));
  // Version 1 has no word for "no limit", but a number larger than any memory.
  if (!limitBytes || limitBytes >= (totalBytes ?? 2 ** 60)) return null;
  const current = whole(read(`${folder}/${usedFile}`));
  if (current === null) return null;
  // Pages of files that nobody has used lately are given back before anything fails. Version 1
  // tells those of our own processes and, as "total", with those of groups below.
  const stat = read(`${folder}/memory.stat`) ?? "";
  const spare = stat.match(/^total_inactive_file (\d{1,18})$/m) ??
    stat.match(/^inactive_file (\d{1,18})$/m);
  return { limitBytes, usedBytes: Math.max(0, current - Number(spare?.[1] ?? 0)) };
}

function pidsOf(places: readonly Place[], read: KernelFiles["read"]) {
  const all = places.flatMap(({ folder }) => {
    const count = whole(read(`${folder}/pids.current`));
    return count === null ? [] : { count, max: whole(read(`${folder}/pids.max`)) };
  });
  const room = ({ count, max }: (typeof all)[number]) => (max ?? Infinity) - count;
  return all.reduce<(typeof all)[number] | null>(
    (least, each) => least === null || room(each) < room(least) ? each : least,
    null,
  );
}
