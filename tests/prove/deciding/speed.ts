/**
 * How long the simulation of a day takes.
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { SeededRandom } from "../../../simulation/random.ts";
import { shaped } from "../../../simulation/shapes.ts";
import { simulate } from "../../../simulation/simulate.ts";
import { atMost, type Row } from "../row.ts";

const dayS = 86_400;

/** One day with a million jobs, more of them at noon than at night. */
export function speedRows(quick: boolean): readonly Row[] {
  const jobs = quick ? 20_000 : 1e6;
  const spanS = dayS * jobs / 1e6;
  const meanPerS = jobs / spanS;
  const rate = (atS: number) => meanPerS * (1 + .6 * Math.sin(2 * Math.PI * atS / spanS));
  const shape = { name: "day", spanS, rate, rateMax: 1.6 * meanPerS, serviceS: .5 };
  return [{
    line: "a day of 1,000,000 jobs under the governor is simulated in",
    run: async () => {
      const workload = shaped(shape, new SeededRandom(1));
      const before = cpuUsage();
      const begunMs = performance.now();
      const out = await simulate(workload);
      const tookS = (performance.now() - begunMs) / 1_000;
      const { user, system } = cpuUsage(before);
      const cpuS = (user + system) / 1e6;
      const told =
        `of CPU for ${out.jobs} jobs and ${out.starts} starts, ${tookS.toFixed(1)} s by ` +
        "the clock on the wall";
      return atMost(cpuS, quick ? 60 : 10, "s", told);
    },
  }];
}
