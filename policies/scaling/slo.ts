/**
 * As many workers as an objective for the wait needs, and a word where no number is enough.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { type Ewma, smooth, unmeasured } from "../estimators/ewma.ts";
import { peaked, workersFor } from "../estimators/erlang.ts";
import { largest } from "../largest.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";
import { heed, type Load, loadOf, unknownWork, withLoad, type Work } from "./demand.ts";
import { cpuLimit, cpuRoom, type Limit, tightest } from "./limits.ts";
import { settle, type Settled, unsettled } from "./settle.ts";
import { held, present, readable, size } from "./size.ts";

const options = z.strictObject({
  waitP95Ms: z._default(z.number().check(z.positive()), 2_000).check(
    z.describe("Wait that 95 % of jobs must not exceed."),
  ),
  workersMax: z._default(z.nullable(z.int().check(z.positive())), null).check(
    z.describe("Most workers. Null: as many as the pool may have, or 12 a core and at most 100."),
  ),
  shrinkAfterMs: z._default(z.number().check(z.nonnegative()), 30_000).check(
    z.describe("How long fewer must have been enough before the pool shrinks."),
  ),
});

interface Memory {
  readonly work: Work;
  /** Share of time a busy worker wants a core. */
  readonly demand: Ewma;
  readonly settled: Settled;
}

/** The least part of the objective in which a backlog is worked off. */
const hurryRatio = .25;

/** Little's law and Erlang's for what comes, and the time left for what has piled up. */
export const slo = scalingPolicy({
  name: "slo",
  help: "As many workers as keep the wait of 95 % of jobs; says so where it is infeasible.",
  options,
  everyMs: () => 1_000,
  start: (): Memory => ({ work: unknownWork, demand: unmeasured, settled: unsettled }),
  step: (memory, reading, { waitP95Ms, workersMax, shrinkAfterMs }) => {
    const workers = memory.settled.workers ?? present(reading);
    const unseen = blind(reading);
    const work = heed(memory.work, reading);
    const demand = smooth(memory.demand, reading.workerDemandRatio, .1);
    const load = unseen === null ? loadOf(work) : null;
    if (load === null) {
      const because = unseen ?? "no job has ended yet";
      return [held(workers, reading, because), {
        work,
        demand,
        settled: { workers, less: null },
      }];
    }
    const need = needed(load, reading, waitP95Ms);
    const most = fitting(demand.value, reading, workersMax);
    const next = settle(
      { workers, less: memory.settled.less },
      Math.min(need.workers, most),
      reading.nowMs,
      shrinkAfterMs,
    );
    const because = need.workers > most
      ? infeasible(need, limitOf(demand.value, reading, workersMax))
      : need.because;
    return [size(next.workers, because), { work, demand, settled: next }];
  },
});

/** Workers that fit. */
function fitting(demand: number | null, reading: Reading, workersMax: number | null): number {
  const most = workersMax ?? largest(reading.cores);
  return demand === null ? most : Math.min(most, cpuRoom(demand, null, reading));
}

/** The same, and what limits. */
function limitOf(demand: number | null, reading: Reading, workersMax: number | null): Limit {
  return tightest([
    { workers: workersMax ?? largest(reading.cores), because: "most workers" },
    ...(demand === null ? [] : [cpuLimit(demand, null, reading)]),
  ]);
}

const infeasible = (need: Limit, limit: Limit): string =>
  `infeasible: ${need.workers} workers wanted (${need.because}), at most ${limit.workers} fit ` +
  `(${limit.because})`;

/** For what comes, and for what waits already: as much of the objective as the oldest has left. */
function needed(load: Load, { queued, oldestWaitMs }: Reading, waitMs: number): Limit {
  const coming = peaked(
    load.load,
    load.peakedness,
    (part) => workersFor(withLoad(load, part), waitMs, .05),
  );
  const leftMs = Math.max(waitMs - oldestWaitMs, hurryRatio * waitMs);
  const waiting = Math.min(queued, queued * load.service / leftMs);
  const draining = Math.ceil(load.load + waiting);
  if (queued > 0 && draining > coming) {
    const because = `${queued} jobs wait, the oldest for ${readable(oldestWaitMs)} ms`;
    return { workers: Math.min(draining, Number.MAX_SAFE_INTEGER), because };
  }
  const because = `${readable(load.perS)} jobs/s of ${readable(load.service)} ms: 95 % wait ` +
    `under ${waitMs} ms`;
  return { workers: queued > 0 ? Math.max(1, coming) : coming, because };
}
