/**
 * What policies can see. One row a signal: this table is the source of the {@link Reading} type,
 * of the exported gauges, of the docs and of the readings that conformance tests generate.
 *
 * @module
 */

/** One row of {@link signals}. The unit is the suffix of the signal's name. */
export interface Signal {
  /** One sentence for people. */
  readonly help: string;
  /** Largest meaningful value; a reading is 0..max. */
  readonly max: number;
  /** False when the value is always known, true when it can be null (unknown, never "free"). */
  readonly nullable: boolean;
}

/** All signals. */
export const signals = {
  cores: {
    help: "CPU cores this process may use, fractional under a quota.",
    max: 4096,
    nullable: false,
  },
  cpuRatio: { help: "Busy share of all cores of the host.", max: 1, nullable: true },
  memoryRatio: {
    help: "Used share of memory: the worse of host and cgroup.",
    max: 1,
    nullable: true,
  },
  memoryAvailableBytes: { help: "Memory that can still be taken.", max: Infinity, nullable: true },
  cpuPressureRatio: { help: "PSI cpu some avg10.", max: 1, nullable: true },
  memoryPressureRatio: { help: "PSI memory some avg10.", max: 1, nullable: true },
  ioPressureRatio: { help: "PSI io some avg10.", max: 1, nullable: true },
  swapBothBytesPerS: {
    help: "What the host swaps in a second each way: the lesser of in and out.",
    max: Infinity,
    nullable: true,
  },
  temperatureCelsius: {
    help: "The hottest sensor of the processor.",
    max: 200,
    nullable: true,
  },
  hostAgeMs: { help: "Age of the host's part of this reading.", max: Infinity, nullable: false },
  hostStaleMs: {
    help:
      "Age from which the host's part is not believed: three times the time between looks at it.",
    max: Infinity,
    nullable: false,
  },
  queued: {
    help: "Jobs accepted, due and not begun, wherever they lie.",
    max: Infinity,
    nullable: false,
  },
  oldestWaitMs: {
    help: "How long the longest waiting job has waited.",
    max: Infinity,
    nullable: false,
  },
  running: { help: "Jobs begun and not finished.", max: Infinity, nullable: false },
  commandsQueued: { help: "Of the queued, commands.", max: Infinity, nullable: false },
  commandsRunning: { help: "Of the running, commands.", max: Infinity, nullable: false },
  commandsFinished: {
    help: "Commands ended since the last reading whose CPU time is known.",
    max: Infinity,
    nullable: false,
  },
  commandCores: {
    help: "Cores that commands which ended lately were on while they ran, in the mean.",
    max: 4096,
    nullable: true,
  },
  workers: { help: "Workers ready for jobs.", max: Infinity, nullable: false },
  starting: {
    help: "Workers being started; they count as capacity.",
    max: Infinity,
    nullable: false,
  },
  idle: { help: "Ready workers without a job.", max: Infinity, nullable: false },
  arrivals: { help: "Jobs accepted since the last reading.", max: Infinity, nullable: false },
  finished: { help: "Jobs ended since the last reading.", max: Infinity, nullable: false },
  failed: { help: "Of those, jobs that did not end well.", max: Infinity, nullable: false },
  timedOut: { help: "Of those, jobs that ran out of their time.", max: Infinity, nullable: false },
  retried: {
    help: "Attempts that failed and are followed by another, or were the last one allowed.",
    max: Infinity,
    nullable: false,
  },
  durationMs: {
    help: "Mean run time of the jobs that ended lately.",
    max: Infinity,
    nullable: true,
  },
  durationDeviationMs: {
    help: "Standard deviation of those run times.",
    max: Infinity,
    nullable: true,
  },
  heldRatio: {
    help: "Share of time a busy worker's thread was held by jobs.",
    max: 1,
    nullable: true,
  },
  workerDemandRatio: {
    help: "Share of its time for which a busy worker wants a core, had it never to wait for one.",
    max: 1,
    nullable: true,
  },
  workerStarvedRatio: {
    help: "Of the time that busy workers wanted a core lately, the share in which they got none.",
    max: 1,
    nullable: true,
  },
  ownDemandRatio: {
    help: "The same of the thread of this process, which feeds the workers.",
    max: 1,
    nullable: true,
  },
  burnRatio: {
    help:
      "How many times as fast as it may the error budget of the worst objective burns, in 5 min and in 1 h both.",
    max: Infinity,
    nullable: true,
  },
  workerBytes: {
    help: "Memory of one worker (mean PSS, RSS where unknown).",
    max: Infinity,
    nullable: true,
  },
  startP50Ms: { help: "Median time from spawn to ready.", max: Infinity, nullable: true },
  startP95Ms: {
    help: "95th percentile of the time from spawn to ready.",
    max: Infinity,
    nullable: true,
  },
  startP99Ms: {
    help: "99th percentile of the time from spawn to ready.",
    max: Infinity,
    nullable: true,
  },
} as const satisfies Record<string, Signal>;

/** What policies would have cost, by a simulation of the jobs that came of late. */
export interface Losses {
  /** When it was found out, monotonic ms. */
  readonly atMs: number;
  /** By name; 1 is perfect. */
  readonly costs: Readonly<Record<string, number>>;
}

/** Name of a signal. */
export type SignalName = keyof typeof signals;

/** All signals at one instant. */
export type Reading =
  & {
    readonly [name in SignalName]: (typeof signals)[name]["nullable"] extends true ? number | null
      : number;
  }
  & {
    /** Monotonic time of the reading, ms. */
    readonly nowMs: number;
    /** Wall time of the reading, epoch ms; null where it is not known. */
    readonly wallMs: number | null;
    /** Metrics of others by their keys, null where unknown or stale; absent where there are none. */
    readonly plugged?: Readonly<Record<string, number | null>>;
    /** What each of several policies would have cost of late; absent where nobody has asked. */
    readonly losses?: Losses;
    /** How much the service leaves undone for want of room, 1 or 2; absent where it does all. */
    readonly brownout?: number;
  };
