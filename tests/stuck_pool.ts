/**
 * A pool that grows for whatever comes, and runs into something: a few lines of arithmetic instead of
 * a simulation, so that many cases can be tried.
 *
 * @module
 */
import type { Proposal } from "../messages/decision.ts";
import type { CauseName } from "../messages/plateau.ts";
import type { Reading } from "../messages/signals.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { mulberry } from "./chance.ts";
import { readingOf } from "./readings.ts";
import { poisson } from "./series.ts";

/** What is in the way. */
export interface Obstacle {
  readonly cause: CauseName;
  /** Run time of a job that is alone, s. */
  readonly serviceS: number;
  /** Jobs that go on at once undisturbed; of a limit: that may run. */
  readonly places: number;
  /** Jobs that come in a second at first, and later on. */
  readonly perS: readonly [calm: number, over: number];
  /** Workers at most. */
  readonly workersMax: number;
  readonly seed: number;
}

/** How one tick of it looks. */
export interface Tick {
  readonly nowMs: number;
  readonly workers: number;
  readonly said: Proposal | null;
}

const tickMs = 250;
const cores = 8;
/** When more begin to come, ms. */
const overMs = 60_000;
/** Workers that may be started in a tick. */
const startsMax = 4;

/**
 * Lets a pool go on for `untilMs`; `places` can change what is in the way as time goes by. At
 * `killedMs` its service is killed and begins anew with all that is open. `besides` is seen too.
 */
export function stuckPool(
  obstacle: Obstacle,
  untilMs: number,
  places: (nowMs: number) => number = () => obstacle.places,
  killedMs = Infinity,
  besides: (nowMs: number) => Partial<Reading> = () => ({}),
): readonly Tick[] {
  const { serviceS, perS, workersMax, seed } = obstacle;
  let gain = bindConstraint("gain");
  const ticks: Tick[] = [];
  const came = perS.map((rate, i) => poisson(2 * seed + i, rate * tickMs / 1_000)) as [
    () => number,
    () => number,
  ];
  let [workers, open, oldestMs] = [1, 0, 0];
  const chance = mulberry(seed);
  for (let nowMs = 0; nowMs < untilMs; nowMs += tickMs) {
    if (nowMs === killedMs) {
      const { kept } = gain;
      [gain, workers] = [bindConstraint("gain"), 1];
      gain.resume!(JSON.parse(JSON.stringify(kept)));
    }
    const arrivals = came[nowMs < overMs ? 0 : 1]();
    open += arrivals;
    const atOnce = places(nowMs);
    const running = Math.min(open, workers, obstacle.cause === "limit" ? atOnce : Infinity);
    const active = Math.min(running, atOnce);
    // Ends are independent of each other.
    const finished = Math.min(open, countOf(active * tickMs / 1_000 / serviceS, chance));
    open -= finished;
    const queued = Math.max(0, open - running);
    oldestMs = queued > 0 ? queued / Math.max(active / serviceS, 1e-9) * 1_000 : 0;
    const durationMs = active === 0 ? null : running / active * serviceS * 1_000;
    const reading = readingOf({
      ...{ nowMs, wallMs: nowMs, cores, workers, idle: workers - running, running, queued },
      ...{ arrivals, finished, durationMs, oldestWaitMs: oldestMs, workerDemandRatio: .05 },
      ...symptomsOf(obstacle.cause, running, atOnce),
      ...besides(nowMs),
    });
    const said = gain.constrain(reading);
    ticks.push({ nowMs, workers, said });
    const wanted = Math.min(open, said?.cap ?? Infinity, workersMax);
    workers = Math.max(
      1,
      Math.min(workers + startsMax, Math.max(wanted, Math.min(workers, said?.cap ?? workers))),
    );
    // Who has nothing to do for long is sent away.
    if (wanted < workers && nowMs % 2_000 === 0) workers--;
  }
  return ticks;
}

/** A number of independent events where there are `mean` of them on average. */
function countOf(mean: number, chance: () => number): number {
  let count = 0;
  const least = Math.exp(-mean);
  for (let product = chance(); product > least; product *= chance()) count++;
  return count;
}

/** What the host shows of it. */
function symptomsOf(cause: CauseName, running: number, places: number): Partial<Reading> {
  const excess = Math.max(0, Math.min(1, (running - places) / places));
  switch (cause) {
    case "cpu": {
      const starved = Math.max(0, 1 - places / Math.max(running, 1));
      const cpuRatio = Math.min(.99, running / places);
      return {
        ...{ cpuRatio, workerDemandRatio: .95, workerStarvedRatio: starved },
        ...{ cpuPressureRatio: starved, heldRatio: .95 },
      };
    }
    case "memory":
      return {
        memoryRatio: Math.min(.98, .6 + .38 * Math.min(1, running / places)),
        memoryPressureRatio: .5 * excess,
        cpuRatio: .5,
        ioPressureRatio: .3 * excess,
      };
    case "disk":
      return { ioPressureRatio: .1 + .6 * excess, cpuRatio: .3 };
    default:
      return { cpuRatio: .2 };
  }
}

/** Fifty pools, each with something in its way. */
export const obstacles: readonly Obstacle[] = Array.from({ length: 50 }, (_, i) => {
  const causes = ["downstream", "lock", "cpu", "memory", "disk", "limit"] as const;
  const cause = causes[i % causes.length]!;
  const chance = mulberry(i + 1);
  const serviceS = [.1, .25, .5, 1][Math.floor(4 * chance())]!;
  const places = cause === "lock" ? 1 : cause === "cpu" ? cores : 4 + Math.floor(20 * chance());
  const most = places / serviceS;
  const over = 1.3 + 1.7 * chance();
  const perS = [.5 * most, over * most] as const;
  return { cause, serviceS, places, perS, workersMax: 96, seed: i + 1 };
});
