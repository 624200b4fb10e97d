/**
 * The simulator against Erlang C: how many jobs wait, and how long they do on average.
 *
 * @module
 */
import { SeededRandom } from "../../../simulation/random.ts";
import { constant, shaped } from "../../../simulation/shapes.ts";
import { simulate } from "../../../simulation/simulate.ts";
import { erlangC } from "../../servers.ts";
import { atMost, type Row } from "../row.ts";

/** Mean run time of a job, s. */
const serviceS = .5;

/** Servers, servers that are busy on average, jobs of one run, and runs. */
const cases = [[4, 3, 5e5, 4], [12, 10, 5e5, 6], [25, 20, 5e5, 8], [110, 100, 1e6, 16]] as const;

/** A row for each pool and each number. */
export function erlangRows(quick: boolean): readonly Row[] {
  return cases.flatMap(([servers, load, jobs, runs]) => {
    const least = quick ? { jobs: 20_000, runs: 1 } : { jobs, runs };
    let known: Promise<Seen> | null = null;
    const seen = () => known ??= look(servers, load, least);
    const waits = erlangC(servers, load);
    const meanMs = waits * serviceS * 1_000 / (servers - load);
    const pool = `simulated pool of ${servers}, ${load} busy on average`;
    const told = `of ${least.jobs * least.runs} jobs`;
    return [
      {
        line: `${pool}: jobs that wait, against Erlang C`,
        run: async () => {
          const { waited } = await seen();
          const detail = `${waited.toFixed(4)} ${told}, ${waits.toFixed(4)} in theory`;
          return atMost(100 * Math.abs(waited / waits - 1), 2, "% off", detail);
        },
      },
      {
        line: `${pool}: mean wait, against theory`,
        run: async () => {
          const { waitMs } = await seen();
          const detail = `${waitMs.toFixed(2)} ms ${told}, ${meanMs.toFixed(2)} ms in theory`;
          return atMost(100 * Math.abs(waitMs / meanMs - 1), 2, "% off", detail);
        },
      },
    ];
  });
}

interface Seen {
  readonly waited: number;
  readonly waitMs: number;
}

/** Means over runs, each of which begins with an empty pool. */
async function look(
  servers: number,
  load: number,
  { jobs, runs }: { readonly jobs: number; readonly runs: number },
): Promise<Seen> {
  let [waited, waitMs] = [0, 0];
  for (let seed = 1; seed <= runs; seed++) {
    const perS = load / serviceS;
    const shape = { rate: constant(perS), rateMax: perS, serviceS, spanS: jobs / perS };
    const workload = shaped({ name: `M/M/${servers}`, ...shape }, new SeededRandom(seed));
    const policy = { name: "fixed", workers: servers };
    const out = await simulate(workload, { policy, min: 0 });
    waited += out.waitedPercent / 100 / runs;
    waitMs += out.waitMeanMs / runs;
  }
  return { waited, waitMs };
}
