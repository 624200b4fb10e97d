/**
 * As many workers as let few jobs wait long, by the theory of queues.
 *
 * @module
 */
import { z } from "zod/mini";
import { peaked, workersFor } from "../estimators/erlang.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";
import { heed, loadOf, unknownWork, withLoad, type Work } from "./demand.ts";
import { settle, type Settled, unsettled } from "./settle.ts";
import { held, present, readable, size } from "./size.ts";

const options = z.strictObject({
  waitMs: z._default(z.number().check(z.nonnegative()), 150).check(
    z.describe("Wait after which a job is late."),
  ),
  lateRatio: z._default(z.number().check(z.minimum(1e-6), z.maximum(.5)), .01).check(
    z.describe("Share of jobs that may be late."),
  ),
  shrinkAfterMs: z._default(z.number().check(z.nonnegative()), 30_000).check(
    z.describe("How long fewer must have been enough before the pool shrinks."),
  ),
});

interface Memory {
  readonly work: Work;
  readonly settled: Settled;
}

/** Erlang's C for the jobs that come now; blind to what has piled up. */
export const erlang = scalingPolicy({
  name: "erlang",
  help: "As many workers as let few jobs wait long, by Erlang's formula, for the jobs that come.",
  options,
  everyMs: () => 1_000,
  start: (): Memory => ({ work: unknownWork, settled: unsettled }),
  step: ({ work: before, settled }, reading, { waitMs, lateRatio, shrinkAfterMs }) => {
    const workers = settled.workers ?? present(reading);
    const unseen = blind(reading);
    const work = heed(before, reading);
    const load = unseen === null ? loadOf(work) : null;
    if (load === null) {
      const because = unseen ?? "no job has ended yet";
      return [held(workers, reading, because), { work, settled: { workers, less: null } }];
    }
    const enough = peaked(
      load.load,
      load.peakedness,
      (part) => workersFor(withLoad(load, part), waitMs, lateRatio),
    );
    const wanted = reading.queued > 0 ? Math.max(1, enough) : enough;
    const next = settle({ workers, less: settled.less }, wanted, reading.nowMs, shrinkAfterMs);
    const because =
      `${readable(load.perS)} jobs/s of ${readable(load.service)} ms: ${wanted} let ` +
      `${readable(lateRatio * 100)} % wait over ${waitMs} ms`;
    return [size(next.workers, because), { work, settled: next }];
  },
});
