/**
 * Slower than before: how late it is told, and how seldom where nothing is slower.
 *
 * @module
 */
import {
  addTime,
  isLearned,
  noJobs,
  type Regression,
  takeTick,
  unlearned,
} from "../../../policies/detectors/regression.ts";
import { normal, red } from "../../series.ts";
import { median } from "../sample.ts";
import { atLeast, atMost, type Row } from "../row.ts";

/** A tick of four jobs whose times are log-normal is known to a quarter. */
const jobs = 4;
const deviation = .5;

/** Next tick, of jobs of 100 ms times `ratio`. */
type Draw = (ratio?: number) => typeof noJobs;

function independent(seed: number): Draw {
  const chance = normal(seed);
  return (ratio = 1) => {
    let tick = noJobs;
    for (let i = 0; i < jobs; i++) {
      tick = addTime(tick, 100 * ratio * Math.exp(deviation * chance()));
    }
    return tick;
  };
}

/** Each tick keeps half of the one before. */
function dependent(seed: number): Draw {
  const chance = red(seed, .5);
  return (ratio = 1) =>
    addTime(noJobs, 100 * ratio * Math.exp(deviation / Math.sqrt(jobs) * chance()));
}

function learned(draw: Draw): Regression {
  let regression = unlearned;
  while (!isLearned(regression)) regression = takeTick(regression, draw());
  return regression;
}

/** Ticks until it is told, `most` at most. */
function delay(draw: Draw, ratio: number, most: number): number {
  let regression = learned(draw);
  let ticks = 0;
  for (; !regression.isSlower && ticks < most; ticks++) {
    regression = takeTick(regression, draw(ratio));
  }
  return ticks;
}

/** Mean ticks until a false alarm: all ticks by all alarms, one more as the last one may be near. */
function quiet(of: (seed: number) => Draw, runs: number, most: number) {
  let [ticks, alarms] = [0, 0];
  for (let seed = 1; seed <= runs; seed++) {
    const waited = delay(of(seed), 1, most);
    ticks += waited;
    if (waited < most) alarms++;
  }
  return { ticks: ticks / (alarms + 1), told: `${alarms} alarms in ${ticks} ticks` };
}

/** Rows over log-normal times. */
export function regressionRows(quick: boolean): readonly Row[] {
  const runs = quick ? 20 : 500;
  const late = ([percent, limit]: readonly [number, number]): Row => ({
    line: `an operation that takes ${percent} % longer: ticks until it is told`,
    run: () => {
      const all = Array.from(
        { length: runs },
        (_, seed) => delay(independent(seed + 1), 1 + percent / 100, 5_000),
      );
      const mean = all.reduce((sum, ticks) => sum + ticks, 0) / runs;
      const told = `median of ${runs}, mean ${mean.toFixed(1)}, worst ${Math.max(...all)}`;
      return Promise.resolve(atMost(median(all), limit, "ticks", told));
    },
  });
  return [
    {
      line: "an operation as fast as ever: ticks until it is called slower",
      run: () => {
        const { ticks, told } = quiet(independent, quick ? 5 : 100, 20_000);
        return Promise.resolve(atLeast(ticks, 2e4, "ticks", told));
      },
    },
    {
      line: "the same where each tick keeps half of the one before",
      run: () => {
        const { ticks, told } = quiet(dependent, quick ? 10 : 500, 20_000);
        return Promise.resolve(atLeast(ticks, 3_200, "ticks", told));
      },
    },
    ...([[20, 67], [50, 15], [100, 7]] as const).map(late),
  ];
}
