/**
 * What this machine offers for keeping programs in bounds, and what it keeps from us.
 *
 * @module
 */
import { hierarchies } from "./cgroup.ts";
import { contain, type Level, levelNames } from "./containment.ts";
import { gauges } from "./gauges.ts";

/** A level of the containment ladder as found. */
export interface Rung {
  readonly level: Level;
  readonly name: string;
  /** Null where it is used. */
  readonly because: string | null;
}

/** What was found. Null is unknown. */
export interface Survey {
  readonly level: Level;
  readonly rungs: readonly Rung[];
  readonly setpriv: boolean;
  readonly setsid: string | null;
  readonly cgroups: {
    /** Version of the tree that ends groups; null where none can be used. */
    readonly version: 1 | 2 | null;
    /** What can be limited. */
    readonly controllers: readonly string[];
    readonly mounted: readonly string[];
  };
  /** Pressure stall information: whether it can be read. */
  readonly pressure: { readonly cpu: boolean; readonly memory: boolean };
  readonly limits: {
    readonly cores: number;
    readonly memoryAvailableBytes: number | null;
    /** Open files of one process. */
    readonly filesMax: number | null;
    readonly processesMax: number | null;
  };
  /** What can't be read, and what follows. */
  readonly unreadable: readonly string[];
}

/** What is read where, and what is missing without it. */
const sources: readonly (readonly [path: string, without: string])[] = [
  ["/proc/stat", "no CPU use: size follows the queue alone"],
  ["/proc/meminfo", "no free memory: workers are not limited by it"],
  ["/proc/self/stat", "no states of processes: stopped workers go unnoticed"],
  ["/proc/self/environ", "no marks: what fled its worker is not found"],
  ["/proc/self/cgroup", "no control groups"],
  ["/proc/pressure/cpu", "no CPU pressure"],
  ["/proc/pressure/memory", "no memory pressure"],
  ["/proc/pressure/io", "no pressure of disks"],
  ["/proc/diskstats", "no rates of disks"],
  ["/proc/net/dev", "no rates of the network"],
];

/** Looks, trying each level of containment up to `levelMax` for real. */
export async function survey(levelMax: Level = 3): Promise<Survey> {
  const { level, missing, guard, groups, session } = await contain(levelMax);
  const { cores, memoryAvailableBytes, cpuPressureRatio, memoryPressureRatio } = gauges().read();
  const limits = read("/proc/self/limits") ?? "";
  const limit = (name: string) => {
    const soft = limits.match(new RegExp(`^${name} +(\\d+) `, "m"))?.[1];
    return soft === undefined ? null : Number(soft);
  };
  return {
    level,
    rungs: levelNames.map((name, i): Rung => {
      const rung = i as Level;
      return { level: rung, name, because: missing[rung] ?? null };
    }),
    setpriv: guard.length > 0,
    setsid: session,
    cgroups: {
      version: groups?.version ?? null,
      controllers: groups ? [...groups.controllers] : [],
      mounted: hierarchies().map(({ version, folder }) => `v${version} ${folder}`),
    },
    pressure: { cpu: cpuPressureRatio !== null, memory: memoryPressureRatio !== null },
    limits: {
      cores,
      memoryAvailableBytes,
      filesMax: limit("Max open files"),
      processesMax: limit("Max processes"),
    },
    unreadable: sources.filter(([path]) => read(path) === null)
      .map(([path, without]) => `${path}: ${without}`),
  };
}

function read(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
