/**
 * What a fix would have changed for jobs that have come: the same jobs twice, without it and with it.
 *
 * @module
 */
import type { Fix, FixEffect, Sight, Simulated } from "../messages/diagnosis.ts";
import type { Choice } from "../policies/choice.ts";
import { admitted } from "./admitted.ts";
import { simulate, type SimulateOptions } from "./simulate.ts";
import type { Workload } from "./workload.ts";

/** What is known of the pool and its jobs besides what is seen of it now. */
export interface EffectWorld extends Omit<SimulateOptions, "policy" | "note"> {
  /** Who decides; default: the governor. */
  readonly policy?: Choice;
  /** Jobs that may come at once where a rate is set. Default 1. */
  readonly burst?: number;
}

/** Jobs and the pool that they go through. */
interface Scene {
  readonly workload: Workload;
  readonly options: SimulateOptions;
}

/** A scene with the key of a fix set to a value. */
type Play = (scene: Scene, value: number, burst: number) => Scene;

const inPool = (part: (value: number, options: SimulateOptions) => SimulateOptions): Play =>
(
  { workload, options },
  value,
) => ({ workload, options: { ...options, ...part(value, options) } });

/** Keys that a simulated pool, or its door, has too. */
const plays: readonly (readonly [key: RegExp, play: Play])[] = [
  [
    /^pools\.[^.]+\.workers\.max$/,
    inPool((max, { min = 1 }) => ({ min: Math.min(min, max), max })),
  ],
  [/^pools\.[^.]+\.spares$/, inPool((spares) => ({ spares }))],
  [
    /^admission\.ratePerS$/,
    ({ workload, options }, ratePerS, burst) => ({
      workload: admitted(workload, { ratePerS, burst }),
      options,
    }),
  ],
];

/** What the others are about, and why that can't be played. */
const unplayed: readonly (readonly [key: RegExp, because: string])[] = [
  [/^limits\./, "what is recorded of jobs does not say their keys"],
  [/^operations\./, "jobs are simulated without what sets operations apart: disks, and each other"],
  [/^breakers\./, "what jobs call is not simulated"],
  [/\.memoryBytes$/, "what commands take of the memory is not simulated"],
];

/** How a fix is played; null: no simulation knows how. */
function playOf({ key, value }: Fix): Play | null {
  if (key === null || typeof value !== "number") return null;
  return plays.find(([known]) => known.test(key))?.[1] ?? null;
}

/** True for a fix of which a simulation can tell what comes. */
export const isSimulated = (fix: Fix): boolean => playOf(fix) !== null;

/** Why a change of the configuration can't be simulated; null where it can, and where it is no such change. */
export function whyNot(fix: Fix): string | null {
  const { key, value } = fix;
  if (key === null || isSimulated(fix)) return null;
  if (value === null) return "it says no value that could be tried";
  return unplayed.find(([known]) => known.test(key))?.[1] ?? "a simulated pool has no such key";
}

/**
 * Lets `workload` go through the pool of `sight` as it is, and with `fix`; null for one that no
 * simulation knows, as one of keys. `seen` says what starts take and jobs are like.
 */
export async function effectOf(
  fix: Fix,
  sight: Sight,
  workload: Workload,
  seen: EffectWorld = {},
): Promise<FixEffect | null> {
  const play = playOf(fix);
  if (play === null) return null;
  const { ready, idle, running, cap } = sight.pool;
  const { burst = 1, ...world } = seen;
  const now: Scene = {
    workload,
    options: {
      ...world,
      // What a worker has of jobs while others wait is what it takes at once.
      slots: Math.max(1, Math.round(running / Math.max(1, ready - idle))),
      machine: { cores: sight.host.cores },
      min: Math.min(1, cap),
      max: cap,
    },
  };
  const fixed = play(now, Number(fix.value), burst);
  const refused = workload.atMs.length - fixed.workload.atMs.length;
  return {
    jobs: workload.atMs.length,
    spanS: workload.spanMs / 1_000,
    before: await run(now),
    after: await run(fixed),
    ...(refused > 0 && { refused }),
  };
}

async function run({ workload, options }: Scene): Promise<Simulated> {
  const { waitP95Ms, workerSeconds } = await simulate(workload, options);
  return { waitP95Ms, workerSeconds };
}
