/**
 * What the host and our own processes were seen to do, as people and exports get it.
 *
 * A number that could not be measured is null, never 0, and {@link Vitals.unknown} says why. Rates
 * are means since the look before, which is a second ago unless configured otherwise.
 *
 * @module
 */

/** Where the time of the cores went. */
export interface CpuVitals {
  /** Busy share of each core, by its number; null: offline, or seen for the first time. */
  readonly coreRatios: readonly (number | null)[];
  /** In programs, also niced ones. */
  readonly userRatio: number | null;
  /** In the kernel, interrupts included. */
  readonly systemRatio: number | null;
  /** Idle while a program waited for a disk. */
  readonly ioWaitRatio: number | null;
  /** Taken by other machines on the same hardware. */
  readonly stealRatio: number | null;
}

/** Memory of the host. */
export interface MemoryVitals {
  /** All that the host has. */
  readonly totalBytes: number;
  /** Used for nothing at all. */
  readonly freeBytes: number | null;
  /** What programs can still take without swapping. */
  readonly availableBytes: number;
  /** Blocks of disks, which can be dropped. */
  readonly buffersBytes: number | null;
  /** Contents of files, which can be dropped. */
  readonly cachedBytes: number | null;
  /** Room to swap to; 0: none. */
  readonly swapTotalBytes: number | null;
  /** Of that, unused. */
  readonly swapFreeBytes: number | null;
  /** Read back from there. */
  readonly swapInBytesPerS: number | null;
  /** Written there. */
  readonly swapOutBytesPerS: number | null;
  /** Processes that the kernel has killed for memory since the boot. */
  readonly oomKills: number | null;
}

/** The control groups this process is in: the tightest limit of them and of those around them. */
export interface GroupVitals {
  /** Version of the tree that limits memory or CPU. */
  readonly version: 1 | 2;
  /** Cores that the quota amounts to; null: no quota. */
  readonly quotaCores: number | null;
  /** CPU time that those under the quota use of it. */
  readonly quotaUsedRatio: number | null;
  /** Null: no limit below the host's memory. */
  readonly memoryLimitBytes: number | null;
  /** Used of that, without file pages that nobody has used lately. */
  readonly memoryUsedBytes: number | null;
  /** Processes and threads; null: not counted. */
  readonly processes: number | null;
  /** Null: no limit. */
  readonly processesMax: number | null;
}

/** Share of time in which somebody (`some`) or everybody (`full`) waited, of 10, 60 and 300 s. */
export interface PressureVitals {
  /** Somebody waited, of the last 10 s. */
  readonly some10Ratio: number;
  /** Of the last minute. */
  readonly some60Ratio: number;
  /** Of the last 5 minutes. */
  readonly some300Ratio: number;
  /** Everybody waited, of the last 10 s; null: the kernel does not tell it. */
  readonly full10Ratio: number | null;
  /** Of the last minute. */
  readonly full60Ratio: number | null;
  /** Of the last 5 minutes. */
  readonly full300Ratio: number | null;
}

/** One disk, or all of them. */
export interface DiskRates {
  /** Since the boot. */
  readonly readBytes: number;
  /** Since the boot. */
  readonly writtenBytes: number;
  /** Read in a second. */
  readonly readBytesPerS: number | null;
  /** Written in a second. */
  readonly writtenBytesPerS: number | null;
  /** Operations in a second. */
  readonly readsPerS: number | null;
  /** Operations in a second. */
  readonly writesPerS: number | null;
  /** Share of time with anything under way; of all disks, that of the busiest. */
  readonly busyRatio: number | null;
}

/** All whole disks, without partitions, memory disks and what is stacked on other disks. */
export interface DiskVitals extends DiskRates {
  /** The first 16. */
  readonly devices: readonly (DiskRates & { readonly name: string })[];
}

/** One network interface, or all of them. */
export interface NetworkRates {
  /** Since the interface was made. */
  readonly receivedBytes: number;
  /** Since the interface was made. */
  readonly sentBytes: number;
  /** Received in a second. */
  readonly receivedBytesPerS: number | null;
  /** Sent in a second. */
  readonly sentBytesPerS: number | null;
  /** Errors and dropped packets, both ways. */
  readonly errorsPerS: number | null;
}

/** All interfaces but the loopback, bridges, tunnels and other ends of what others count too. */
export interface NetworkVitals extends NetworkRates {
  /** The first 16 of all. */
  readonly interfaces: readonly (NetworkRates & { readonly name: string })[];
}

/** Processes by what they do. */
export interface StateCounts {
  /** On a core, or ready for one. */
  readonly running: number;
  /** Waiting for something to happen. */
  readonly sleeping: number;
  /** Waiting for a disk or another thing that can't be interrupted. */
  readonly blocked: number;
  /** Stopped by a signal or a debugger. */
  readonly stopped: number;
  /** Ended and not yet waited for by their parents. */
  readonly zombie: number;
  /** Idle threads of the kernel, and states of other kernels. */
  readonly other: number;
}

/** Processes of the host. */
export interface ProcessVitals extends StateCounts {
  /** This process and all that descend from it. */
  readonly own: StateCounts;
  /** How old these counts are: a look at all processes is taken each 5 s, more seldom where there are thousands. */
  readonly ageMs: number;
}

/** Open files. */
export interface FileVitals {
  /** Of the whole host. */
  readonly open: number | null;
  /** Most of them. */
  readonly openMax: number | null;
  /** Of this process, within the last 5 s. */
  readonly own: number | null;
  /** Most of ours. */
  readonly ownMax: number | null;
}

/** What one of our processes takes together with all that it has started. */
export interface TreeVitals {
  /** Of its first process. */
  readonly pid: number;
  /** Its seat in the pool; null: the service itself, without its workers. */
  readonly seat: number | null;
  /** `service`, or what the worker runs: `task`, `command`, `describe`. */
  readonly kind: string;
  /** Processes it consists of. */
  readonly processes: number;
  /** Cores in use, since the look before. */
  readonly cpuCores: number | null;
  /** Resident memory of all of them, what they share counted for each. */
  readonly residentBytes: number;
  /**
   * Memory with what is shared divided by those who share it (PSS), of its first process, within the
   * last 10 s.
   */
  readonly shareBytes: number | null;
}

/** Everything that was seen of the host. */
export interface Vitals {
  /** Cores. */
  readonly cpu: CpuVitals | null;
  /** Memory of the host. */
  readonly memory: MemoryVitals | null;
  /** What control groups allow. */
  readonly group: GroupVitals | null;
  /** Waiting for cores, memory and disks. */
  readonly pressure: {
    readonly cpu: PressureVitals | null;
    readonly memory: PressureVitals | null;
    readonly io: PressureVitals | null;
  };
  /** Disks. */
  readonly disk: DiskVitals | null;
  /** Network interfaces. */
  readonly network: NetworkVitals | null;
  /** Processes by state. */
  readonly processes: ProcessVitals | null;
  /** Processes that ran or waited for a core or a disk: means of 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number] | null;
  /** The hottest sensor of the processor; of all sensors where none is known to be its. */
  readonly temperatureCelsius: number | null;
  /** Power that the processor packages take. */
  readonly powerWatts: number | null;
  /** Open files. */
  readonly files: FileVitals;
  /** Why a number is null, by its path in this object: `temperatureCelsius`, `disk`. */
  readonly unknown: Readonly<Record<string, string>>;
}
