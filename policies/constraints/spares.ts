/**
 * Workers laid ready.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { known } from "../scaling/blind.ts";
import { constraint } from "./constraint.ts";

const options = z.strictObject({
  spares: z._default(z.int().check(z.nonnegative()), 0).check(
    z.describe("Idle workers kept ready besides those that have jobs, within the largest size."),
  ),
  bursts: z._default(z.boolean(), false).check(
    z.describe("Whether as many are as the jobs of the busiest second of a hundred need."),
  ),
});

/** What is remembered of arrivals. */
interface Memory {
  /** Jobs that came since an instant, monotonic ms; null: nobody has looked yet. */
  readonly since: { readonly atMs: number; readonly jobs: number } | null;
  /** In each of the last seconds. */
  readonly perSecond: readonly number[];
  /** In the busiest of a hundred of them; 0 while there are too few. */
  readonly busiest: number;
  /** Jobs that a worker has at once. */
  readonly places: number;
}

/** Seconds that are remembered, and of which the busiest is not told. */
const secondsMost = 600;
const secondsLeast = 60;
const secondMs = 1_000;
const busiestRatio = .99;

/** Keeps idle workers ready for jobs that can't wait for a start. */
export const spares = constraint({
  name: "spares",
  help: "Keeps idle workers ready besides those that have jobs.",
  options,
  start: (): Memory => ({ since: null, perSecond: [], busiest: 0, places: 1 }),
  remember: (memory: Memory, reading, { bursts }) => bursts ? counted(memory, reading) : memory,
  constrain(_reading, { spares, bursts }, { busiest, places }: Memory) {
    const forBursts = bursts ? Math.ceil(busiest / places) : 0;
    if (forBursts > spares) {
      const each = places === 1 ? "" : `, ${Math.round(10 * places) / 10} for each worker`;
      const because = `spares ${forBursts}: the busiest second of a hundred brings ` +
        `${busiest} jobs${each}`;
      return { floor: 0, spares: forBursts, because };
    }
    return spares === 0 ? null : { floor: 0, spares, because: `spares ${spares}` };
  },
});

function counted(memory: Memory, reading: Reading): Memory {
  const { nowMs, arrivals, queued, running, workers, idle } = reading;
  const { since } = memory;
  if (![nowMs, arrivals, queued, running, workers, idle].every(known)) return memory;
  if (since === null || nowMs < since.atMs) return { ...memory, since: { atMs: nowMs, jobs: 0 } };
  const busy = workers - idle;
  const each = busy > 0 ? running / busy : 0;
  // What busy workers have while others wait is all that they take.
  const places = Math.max(1, queued > 0 && busy > 0 ? each : Math.max(each, memory.places));
  const jobs = since.jobs + arrivals;
  const passedMs = nowMs - since.atMs;
  if (passedMs < secondMs) return { ...memory, places, since: { ...since, jobs } };
  const perSecond = [...memory.perSecond, Math.round(jobs * secondMs / passedMs)]
    .slice(-secondsMost);
  const busiest = perSecond.length < secondsLeast
    ? 0
    : perSecond.toSorted((a, b) => a - b)[Math.ceil(busiestRatio * perSecond.length) - 1]!;
  return { since: { atMs: nowMs, jobs: 0 }, perSecond, busiest, places };
}
