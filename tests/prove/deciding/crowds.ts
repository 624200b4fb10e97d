/**
 * A pool that begins with far more workers than cores, and jobs that compute: what becomes of it.
 *
 * @module
 */
import { createRuntime, taskFile } from "../../../mod.ts";
import { until } from "../../until.ts";
import { atLeast, atMost, type Row } from "../row.ts";
import { once } from "../main_job/once.ts";
import { ratio } from "../sample.ts";

/** Workers that there are at first. */
const many = 16;
/** Time that the governor has to give them back, and for which jobs are counted before and after, ms. */
const settleMs = 4_000;
/** Jobs under way at any time, most of them waiting, and rounds that one computes: some 20 ms. */
const waiting = 64;
const rounds = 1e7;

const tasks = {
  cpu: taskFile<typeof import("../../../bench/tasks/cpu.ts")>(
    new URL("../../../bench/tasks/cpu.ts", import.meta.url),
  ),
};

/** What was seen of a pool that was too large. */
interface Shrunk {
  /** Jobs a second with fewer workers, to those with all. */
  readonly gain: number;
  /** Workers afterwards, at most. */
  readonly workers: number;
  /** Jobs that were not done. */
  readonly lost: number;
}

/** The rows; `quick` tries it once, for a shorter time. */
export function crowdRows(quick: boolean): readonly Row[] {
  const seen = once(() => tries(quick ? 1 : 5, quick ? 1_000 : 2_500));
  const line = `${many} workers that compute, and jobs without end, under the governor:`;
  return [
    {
      line: `${line} rate when it has shrunk to that before`,
      // As much, not more: switching takes about a hundredth here, and rates differ by more.
      run: async () => ratio(atLeast, .95, (await seen()).map(({ gain }) => gain)),
    },
    {
      line: `${line} workers after ${settleMs / 1_000} s`,
      async run() {
        const all = await seen();
        const most = Math.max(...all.map(({ workers }) => workers));
        return atMost(most, 3, "workers", `at most, in ${all.length} tries`);
      },
    },
    {
      line: `${line} jobs that are not done`,
      async run() {
        const lost = (await seen()).reduce((sum, one) => sum + one.lost, 0);
        return atMost(lost, 0, "jobs");
      },
    },
  ];
}

async function tries(count: number, countedMs: number): Promise<readonly Shrunk[]> {
  const all: Shrunk[] = [];
  for (let i = 0; i < count; i++) all.push(await shrink(countedMs));
  return all;
}

/** Has too many workers for a while, leaves the size to the governor, and looks what it does. */
async function shrink(countedMs: number): Promise<Shrunk> {
  const pool = { workers: { min: 1, max: 24 }, slots: { max: 1 } } as const;
  await using runtime = await createRuntime({ tasks, config: { pools: { default: pool } } });
  const ready = () => runtime.pool().status().workers.ready;
  let [done, lost, isOver] = [0, 0, false];
  const feed = async () => {
    while (!isOver) await runtime.run("cpu", rounds).then(() => done++, () => lost++);
  };
  const rateNow = async () => {
    const [before, began] = [done, performance.now()];
    await passed(countedMs);
    return (done - before) * 1_000 / (performance.now() - began);
  };
  runtime.pool().resize(many);
  await until(() => ready() === many);
  const fed = Promise.all(Array.from({ length: waiting }, feed));
  await passed(1_000);
  const crowded = await rateNow();
  runtime.pool().resume();
  await passed(settleMs);
  const settled = ready();
  const gain = await rateNow() / crowded;
  const workers = Math.max(settled, ready());
  isOver = true;
  await fed;
  return { gain, workers, lost };
}

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
