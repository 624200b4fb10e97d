/**
 * Tells who chooses among policies (`select`) what each of them would have cost of late. Which one is
 * followed is its own business; that it is another one is told.
 *
 * @module
 */
import type { ControlFact } from "../../messages/facts.ts";
import { followedIn, type SelectOptions } from "../../policies/scaling/select.ts";
import type { Estate } from "../estate.ts";
import { loop } from "../loop.ts";
import type { Child } from "../supervisor.ts";
import type { MeterParts } from "./meter.ts";
import { JobSample, type Sampled } from "./sample.ts";
import { wishOf } from "./wish_of.ts";

/** Time between two looks, ms. */
const everyMs = 10_000;
/** Jobs that are kept of a pool, and without which there is nothing to compare. */
const jobsMax = 1_000;
const jobsMin = 50;

/** What one works with. */
export interface RivalsParts extends MeterParts {
  note(fact: ControlFact): void;
}

/** Under way for one pool. */
interface Review {
  readonly sample: JobSample;
  readonly untilMs: number;
}

/** Those who compare the policies of all pools. */
export class Rivals {
  readonly #parts: RivalsParts;
  readonly #reviews = new Map<string, Review>();
  /** Whom each pool follows. */
  readonly #followed = new Map<string, string>();
  #isBusy = false;
  #stop = new AbortController();

  /** Takes no jobs before its start. */
  constructor(parts: RivalsParts) {
    this.#parts = parts;
  }

  /** Looks after those who choose. */
  get child(): Child {
    const { clock, estates } = this.#parts;
    const logic = loop(clock, ({ every }) => {
      this.#stop = new AbortController();
      every(everyMs, () => {
        for (const estate of estates().values()) this.#look(estate);
      });
      return () => {
        this.#stop.abort();
        this.#reviews.clear();
        for (const estate of estates().values()) estate.trial = null;
      };
    });
    return { id: "rivals", logic };
  }

  #look(estate: Estate): void {
    const { clock, rehearse } = this.#parts;
    const nowMs = clock.nowMs();
    const chooser = estate.council.policies.find(({ name }) => name === "select");
    if (!chooser || rehearse === null) {
      this.#reviews.delete(estate.name);
      estate.trial = null;
      return;
    }
    this.#tell(estate, followedIn(chooser.memory));
    const review = this.#reviews.get(estate.name);
    if (review && nowMs < review.untilMs) return;
    const options = chooser.options as SelectOptions;
    if (review) void this.#compare(estate, options, review.sample.sampled);
    const sample = estate.trial = new JobSample(jobsMax, nowMs, options.reviewMs);
    this.#reviews.set(estate.name, { sample, untilMs: nowMs + options.reviewMs });
  }

  /** Whom it follows now, where that is another one. */
  #tell({ name, losses }: Estate, followed: string | null): void {
    const before = this.#followed.get(name);
    if (followed === null || followed === before) return;
    this.#followed.set(name, followed);
    if (before === undefined || losses === null) return;
    const costs = Object.entries(losses.costs).map(([one, cost]) =>
      `${one} ${cost.toPrecision(3)}`
    );
    this.#parts.note({
      type: "alert",
      level: "info",
      code: "policy_selected",
      message: `${followed} is followed instead of ${before}: of late it would have cost ` +
        costs.join(", "),
    });
  }

  /** Lets the jobs come again under each of them; none is told of where that can't be. */
  async #compare(estate: Estate, { among }: SelectOptions, sampled: Sampled): Promise<void> {
    const { clock, cores, isShort, rehearse } = this.#parts;
    if (sampled.atMs.length < jobsMin || isShort() || estate.council.frozen || this.#isBusy) return;
    this.#isBusy = true;
    const { signal } = this.#stop;
    try {
      const costs: Record<string, number> = {};
      for (const one of among) {
        const wish = wishOf(estate, sampled, cores(), 0, one);
        if (typeof wish === "string") throw new RangeError(wish);
        costs[one.name] = (await rehearse!(wish, signal)).own.cost;
      }
      // Who is frozen meanwhile stays with whom it follows.
      if (!estate.council.frozen) estate.losses = { atMs: clock.nowMs(), costs };
    } catch (error) {
      if (!signal.aborted) this.#failed(estate, error);
    } finally {
      this.#isBusy = false;
    }
  }

  #failed({ name }: Estate, error: unknown): void {
    const because = error instanceof Error ? error.message : String(error);
    const message = `The policies of pool ${name} can't be compared: ${because}`;
    this.#parts.note({ type: "alert", level: "warning", code: "not_compared", message });
  }
}
