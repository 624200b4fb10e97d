/**
 * What jobs were worth under a virtual clock: workers and jobs that a test plays.
 *
 * @module
 */
import { judgeBusiness } from "../actors/business/business.ts";
import { Job } from "../actors/job.ts";
import type { Store } from "../actors/ports.ts";
import { Series } from "../actors/series/series.ts";
import type { Clocked } from "../actors/series/time_sheet.ts";
import { Spell } from "../actors/spell.ts";
import type { BusinessQuery } from "../messages/business.ts";
import type { JobSpec } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { noon } from "./series_stage.ts";

/** A worker that a test gives jobs to. */
export class Hand implements Clocked {
  alive = true;
  readonly spell = new Spell();
  readonly begun: Job[] = [];
  readonly slots: Clocked["slots"];

  constructor(readonly bornMs: number) {
    const { begun } = this;
    this.slots = {
      begun,
      get running() {
        return begun.length;
      },
    };
  }
}

/** A series with workers. */
export class Works {
  readonly workers: Hand[] = [];
  readonly series: Series;
  #id = 0;

  constructor(readonly store: Store, readonly clock = new ManualClock(noon)) {
    // 0 is when no job has begun.
    if (clock.nowMs() === 0) clock.skip(1);
    this.series = new Series({ clock, store }, () => ({}), () => this.workers);
  }

  /** A worker is started. */
  hire(): Hand {
    const hand = new Hand(this.clock.nowMs());
    this.workers.push(hand);
    return hand;
  }

  /** A worker begins a job. */
  begin(hand: Hand, spec: JobSpec = {}): Job {
    const { clock, series } = this;
    const job = new Job(++this.#id, orderOf(spec), clock.nowMs(), clock.wallMs());
    series.accepted([job]);
    this.again(hand, job);
    return job;
  }

  /** It begins another attempt. */
  again(hand: Hand, job: Job): void {
    if (job.startedMs > 0) job.comeAgain(this.clock.nowMs());
    job.startedMs = this.clock.nowMs();
    this.series.began([job]);
    hand.begun.push(job);
    hand.spell.busy(job.startedMs);
  }

  /** It ends the job. */
  end(hand: Hand, job: Job, part: Partial<Outcome> = {}): void {
    this.series.ended(job, this.#let(hand, job, part));
  }

  /** It ends an attempt, and there is to be another one. */
  fail(hand: Hand, job: Job, part: Partial<Outcome> = {}): void {
    this.series.tried(job, this.#let(hand, job, part));
  }

  /** A job that takes no time of anybody. */
  run(spec: JobSpec = {}, part: Partial<Outcome> = {}): void {
    const hand = new Hand(this.clock.nowMs());
    this.end(hand, this.begin(hand, spec), part);
  }

  /** Lets seconds pass, with a look at the end of each. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      await this.clock.advance(1_000);
      this.series.tick();
    }
  }

  ask = (query: BusinessQuery = {}) =>
    judgeBusiness(this.series, {
      clock: this.clock,
      store: this.store,
      queue: {
        open: { get: () => undefined },
        gates: { after: {} as never, keysMs: () => 0 },
        flush() {},
      },
    }, query);

  #let(hand: Hand, job: Job, part: Partial<Outcome>): Outcome {
    const nowMs = this.clock.nowMs();
    hand.begun.splice(hand.begun.indexOf(job), 1);
    if (hand.begun.length === 0) hand.spell.idle(nowMs);
    return {
      type: "done",
      attempts: 1,
      waitMs: 0,
      durationMs: nowMs - job.startedMs,
      resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
      worker: "1.1",
      ...part,
    };
  }
}

/** What was measured of an attempt. */
export const used = (cpuSeconds: number, peakBytes: number, ioBytes: number) => ({
  resources: { cpuSeconds, peakBytes, ioBytes, source: "samples" as const },
});
