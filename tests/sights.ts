/** What was looked at, for diagnoses: a service at rest, and what makes it suffer. */
import type { OperationSight, Sight, Wait } from "../messages/diagnosis.ts";

/** Parts of a sight that are not as at rest. */
export interface Change {
  readonly host?: Partial<Sight["host"]>;
  readonly pool?: Partial<Sight["pool"]>;
  readonly threads?: Partial<Sight["threads"]>;
  readonly memory?: Partial<Sight["memory"]>;
  readonly oldestWaitMs?: number;
  readonly waits?: readonly Wait[];
  readonly limits?: Sight["limits"];
  readonly operations?: readonly OperationSight[];
  readonly contention?: Sight["contention"];
  readonly plateau?: Sight["plateau"];
  readonly breakers?: Sight["breakers"];
  readonly donePerS?: number;
  readonly api?: NonNullable<Sight["api"]>;
}

/** A service that keeps up, on 8 cores. */
export const calm: Sight = {
  host: {
    cores: 8,
    busyRatio: .2,
    ownCores: 1.1,
    ioWaitRatio: .01,
    stealRatio: 0,
    quotaCores: null,
    quotaUsedRatio: null,
    memoryRatio: .45,
    memoryAvailableBytes: 9e9,
    swapBytesPerS: 0,
    diskBusyRatio: .08,
    diskBytesPerS: 2e6,
    cpuPressureRatio: .02,
    memoryPressureRatio: 0,
    ioPressureRatio: .01,
    filesOpen: 90,
    filesMax: 1_024,
    processes: 120,
    processesMax: null,
  },
  pool: {
    ready: 8,
    starting: 0,
    idle: 3,
    running: 6,
    cap: 96,
    max: 96,
    runningMax: null,
    commandsMax: null,
    because: "demand 5.0 cores",
    operator: "auto",
    isShut: false,
    quarantined: 0,
    startP95Ms: 27,
  },
  threads: { heldRatio: .3, starvedRatio: .03, ownRatio: .1 },
  memory: { budgetBytes: 8e9, reservedBytes: 1e9, isGiven: false },
  oldestWaitMs: 4,
  waits: [],
  limits: [],
  operations: [],
  contention: [],
  plateau: null,
  breakers: [],
  donePerS: 12,
};

/** A sight with some parts changed. */
export function sightWith(change: Change): Sight {
  return {
    ...calm,
    ...change,
    host: { ...calm.host, ...change.host },
    pool: { ...calm.pool, ...change.pool },
    threads: { ...calm.threads, ...change.threads },
    memory: { ...calm.memory, ...change.memory },
  };
}

/** Jobs of class `normal` that wait at a gate. */
export const at = (gate: string, jobs: number): Wait => ({ gate, priority: "normal", jobs });

/** An operation that does well. */
export const operation = (change: Partial<OperationSight> = {}): OperationSight => ({
  name: "resize",
  ended: 400,
  failed: 2,
  timedOut: 0,
  outOfMemory: 0,
  durationMs: 80,
  usualMs: 78,
  cpuRatio: .8,
  ioBytes: 5e6,
  ...change,
});
