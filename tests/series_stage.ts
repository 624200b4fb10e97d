/**
 * Numbers over time under a virtual clock, and jobs that a test plays.
 *
 * @module
 */
import { Job } from "../actors/job.ts";
import type { Store } from "../actors/ports.ts";
import { summarise } from "../actors/series/operations.ts";
import { querySeries } from "../actors/series/query.ts";
import { Series } from "../actors/series/series.ts";
import type { JobSpec } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { OperationsQuery, SeriesQuery } from "../messages/series.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";

/** Noon, so that an hour of test lies in one day. */
export const noon = Date.UTC(2026, 0, 5, 12);

/** A series in the test's hand. */
export class Stage {
  readonly series: Series;
  /** What is to be seen. */
  seen: Record<string, number | null> = {};
  #id = 0;

  constructor(readonly store: Store, readonly clock = new ManualClock(noon)) {
    this.series = new Series({ clock, store }, () => this.seen);
  }

  /** A job is accepted, begun at once and ends. */
  run(spec: JobSpec = {}, part: Partial<Outcome> = {}, payload = "null"): void {
    const { clock, series } = this;
    const job = new Job(++this.#id, orderOf(spec, { payload }), clock.nowMs(), clock.wallMs());
    series.accepted([job]);
    job.startedMs = clock.nowMs() + (part.waitMs ?? 1);
    series.began([job]);
    series.ended(job, {
      type: "done",
      attempts: 1,
      waitMs: 1,
      durationMs: 5,
      resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
      worker: "1.1",
      ...part,
    });
  }

  /** Lets seconds pass, with a look at the end of each. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      await this.clock.advance(1_000);
      this.series.tick();
    }
  }

  ask = (query: SeriesQuery) => querySeries(this.series, query);
  operations = (query: OperationsQuery = {}) => summarise(this.series, query);
}

/** An ending that is not `done`. */
export const failed = (category: Outcome["category"], type: Outcome["type"] = "failed") =>
  ({ type, category }) as Partial<Outcome>;
