/**
 * What the simulator says of waits, and what real workers make of the same jobs.
 *
 * @module
 */
import { createRuntime, taskFile } from "../../../mod.ts";
import type { Choice } from "../../../policies/choice.ts";
import { SeededRandom } from "../../../simulation/random.ts";
import {
  constant,
  ramped,
  type RateAt,
  shaped,
  spiked,
  stepped,
  switching,
} from "../../../simulation/shapes.ts";
import { simulate } from "../../../simulation/simulate.ts";
import type { Workload } from "../../../simulation/workload.ts";
import { atMost, type Row } from "../row.ts";
import { p95 } from "../sample.ts";

const tasks = { nap: taskFile(new URL("../../../bench/tasks/nap.ts", import.meta.url)) };

/** Mean run time, s, and most jobs a second of any of them. */
const serviceS = .4;
const rateMax = 40;

/** Jobs of five kinds, each with who decides about its pool of at most so many workers. */
const kinds: Readonly<Record<string, readonly [RateAt | null, Choice, number]>> = {
  steady: [constant(10), { name: "fixed", workers: 5 }, 5],
  step: [stepped(5, 18, 15, 22), { name: "governor" }, 6],
  ramp: [ramped(1, 22, 45), { name: "governor" }, 6],
  bursts: [null, { name: "fixed", workers: 5 }, 5],
  spike: [spiked(4, 6, [15], { riseS: 2, fadeS: 3 }), { name: "governor" }, 8],
};

/** The row; `quick` plays a few seconds of each. */
export function waitRows(quick: boolean): readonly Row[] {
  const spanS = quick ? 3 : 45;
  return [{
    line: "p95 of waits on real workers to the simulator's, the worst of five kinds of load",
    async run() {
      const off: number[] = [];
      const told: string[] = [];
      for (const [name, [rate, policy, max]] of Object.entries(kinds)) {
        const workload = workloadOf(name, rate, spanS);
        const { waitP95Ms } = await simulate(workload, {
          ...{ policy, max, startMs: 60, machine: { cores: navigator.hardwareConcurrency } },
        });
        const measuredMs = p95(await play(workload, policy, max));
        off.push(100 * Math.abs(measuredMs / waitP95Ms - 1));
        told.push(`${name} ${measuredMs.toFixed(0)} to ${waitP95Ms.toFixed(0)} ms`);
      }
      return atMost(Math.max(...off), 15, "% off", told.join("; "));
    },
  }];
}

function workloadOf(name: string, rate: RateAt | null, spanS: number): Workload {
  const random = new SeededRandom(5);
  const bursts = () =>
    switching({ perS: 24, meanS: 3 }, { perS: 3, meanS: 6 }, spanS, new SeededRandom(8));
  return shaped({ name, spanS, rate: rate ?? bursts(), rateMax, serviceS }, random);
}

/** Lets real workers do it; returns what each job has waited, ms. */
async function play(
  { atMs, serviceMs }: Workload,
  policy: Choice,
  max: number,
): Promise<readonly number[]> {
  const pool = { workers: { min: 1, max }, slots: { max: 1 }, policy } as const;
  await using runtime = await createRuntime({ tasks, config: { pools: { default: pool } } });
  const fixed = "workers" in policy ? Number(policy.workers) : 1;
  while (runtime.pool().status().workers.ready < fixed) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const startMs = performance.now();
  const ids: string[] = [];
  for (let i = 0; i < atMs.length; i++) {
    const leftMs = startMs + atMs[i]! - performance.now();
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    ids.push((await runtime.submit({ task: "nap", input: serviceMs[i]! })).id);
  }
  const waits: number[] = [];
  for (const id of ids) waits.push((await runtime.wait(id, 600_000))!.outcome!.waitMs);
  return waits;
}
