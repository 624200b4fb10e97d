/**
 * What growth that gained nothing ran into: the causes of a diagnosis, by what policies can see.
 *
 * @module
 */
import type { Sight } from "../../messages/diagnosis.ts";
import type { CauseName, Plateau } from "../../messages/plateau.ts";
import type { Reading } from "../../messages/signals.ts";
import { known } from "../scaling/blind.ts";
import { diagnose } from "./mod.ts";

/** What jobs did. */
export interface Slowed {
  readonly finished: number;
  readonly durationMs: number | null;
  /** What they take undisturbed, ms. */
  readonly usualMs: number;
}

/** The most likely cause of a plateau; null: nothing speaks for one. */
export function causeOfPlateau(
  plateau: Omit<Plateau, "cause">,
  slowed: Slowed,
  reading: Reading,
): CauseName | null {
  return diagnose(sightOf({ ...plateau, cause: null }, slowed, reading))[0]?.name ?? null;
}

const measured = (value: number | null) => known(value) ? value : null;

function sightOf(plateau: Plateau, slowed: Slowed, reading: Reading): Sight {
  const { workers, starting, idle, running, queued } = reading;
  return {
    host: {
      ...unseen,
      cores: reading.cores,
      busyRatio: measured(reading.cpuRatio),
      memoryRatio: measured(reading.memoryRatio),
      memoryAvailableBytes: measured(reading.memoryAvailableBytes),
      cpuPressureRatio: measured(reading.cpuPressureRatio),
      memoryPressureRatio: measured(reading.memoryPressureRatio),
      ioPressureRatio: measured(reading.ioPressureRatio),
    },
    pool: { ...room, ready: workers, starting, idle, running },
    threads: {
      heldRatio: measured(reading.heldRatio),
      starvedRatio: measured(reading.workerStarvedRatio),
      ownRatio: measured(reading.ownDemandRatio),
    },
    memory: { budgetBytes: null, reservedBytes: 0, isGiven: false },
    oldestWaitMs: reading.oldestWaitMs,
    waits: queued > 0 ? [{ gate: "position", priority: "normal", jobs: queued }] : [],
    limits: [],
    operations: [{
      name: "jobs",
      ended: slowed.finished,
      failed: 0,
      timedOut: 0,
      outOfMemory: 0,
      durationMs: slowed.durationMs,
      usualMs: slowed.usualMs,
      cpuRatio: measured(reading.workerDemandRatio),
      ioBytes: null,
    }],
    contention: [],
    plateau,
    breakers: [],
    donePerS: 0,
  };
}

/** What policies are not told of the host. */
const unseen = {
  ownCores: null,
  ioWaitRatio: null,
  stealRatio: null,
  quotaCores: null,
  quotaUsedRatio: null,
  swapBytesPerS: null,
  diskBusyRatio: null,
  diskBytesPerS: null,
  filesOpen: null,
  filesMax: null,
  processes: null,
  processesMax: null,
} as const;

/** A pool that may grow: it is what came of growth that is asked about. */
const room = {
  cap: Number.MAX_SAFE_INTEGER,
  max: null,
  runningMax: null,
  commandsMax: null,
  because: "",
  operator: "auto",
  isShut: false,
  quarantined: 0,
  startP95Ms: null,
} as const;
