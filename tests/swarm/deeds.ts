/**
 * What people and programs ask of the service in one run: drawn from its seed.
 *
 * @module
 */
import type { ConfigInput } from "../../actors/config.ts";
import { jobId } from "../../actors/job.ts";
import type { JobSpec } from "../../messages/job.ts";
import { SeededRandom } from "../../simulation/random.ts";
import type { Toil } from "./ground.ts";

/** One thing that is asked for. */
export type Deed =
  | { readonly type: "submit"; readonly specs: readonly JobSpec[] }
  | { readonly type: "cancel" | "retry" | "why"; readonly id: number }
  | { readonly type: "pause" | "holdIn" | "holdOut" | "drain"; readonly forMs: number }
  | { readonly type: "pin"; readonly workers: number; readonly forMs: number }
  | { readonly type: "resume" };

/** Policies that need no words to begin with; the default comes up most often. */
const policies = [
  ...["governor", "governor", "governor", "classic", "plan", "target", "concurrency", "erlang"],
  ...["slo", "onDemand", "gradient", "aimd", "resource", "forecast", "explore"],
];

/** Jobs of one submission, at most. */
const bulkMax = 20;

/** Draws what is asked for. */
export class Deeds {
  readonly #dice: SeededRandom;
  #count = 0;
  /** Specs with a key, to be sent again. */
  readonly #keyed: JobSpec[] = [];

  readonly #hasDelays: boolean;

  /** Of a run with this seed; `hasDelays` where some jobs are for later, by the wall clock. */
  constructor(seed: number, hasDelays: boolean) {
    this.#hasDelays = hasDelays;
    this.#dice = new SeededRandom(seed + 2 ** 40);
  }

  /** How the service is configured. */
  config(): ConfigInput {
    const min = this.#pick([0, 1, 1, 2]);
    const name = min === 0 ? "governor" : this.#pick(policies);
    return {
      pools: {
        default: {
          workers: { min, max: this.#pick([2, 3, 6]) },
          spares: this.#pick([0, 0, 1]),
          slots: { max: this.#pick([1, 4, 64]) },
          recycle: { jobs: this.#pick([null, null, 10]) },
          policy: { name } as never,
          ordering: { name: this.#pick(["classic", "classic", "punctual", "shortest"]) } as never,
        },
      },
      // Closed again in time for what has to end once nothing fails any more.
      breakers: { "operation:toil": { openMs: 1_000, openMaxMs: 8_000 } },
      queue: { jobsMax: this.#pick([50, 10_000]) },
    };
  }

  /** Time until the next one, ms. */
  pauseMs(): number {
    return this.#dice.exponential(150);
  }

  /** The next one; `latest` is the number of the latest job, as far as anybody knows. */
  next(latest: number): Deed {
    const at = this.#dice.unit();
    const some = () => Math.max(1, latest - Math.floor(this.#dice.unit() * 40));
    const forMs = this.#between(200, 4_000);
    if (at < 0.7) return { type: "submit", specs: this.#specs(latest) };
    if (at < 0.75) return { type: "submit", specs: this.#again() };
    if (at < 0.85) return { type: "cancel", id: some() };
    if (at < 0.88) return { type: "retry", id: some() };
    if (at < 0.93) return { type: "why", id: some() };
    if (at < 0.95) return { type: "resume" };
    if (at < 0.96) return { type: "pin", workers: this.#between(0, 8), forMs };
    return { type: this.#pick(["pause", "holdIn", "holdOut", "drain"] as const), forMs };
  }

  #specs(latest: number): JobSpec[] {
    const count = this.#is(0.2) ? this.#between(2, bulkMax) : 1;
    return Array.from({ length: count }, () => this.#spec(latest));
  }

  /** One that was sent before, as it was or with another body. */
  #again(): JobSpec[] {
    const spec = this.#keyed[this.#between(0, this.#keyed.length)];
    if (spec === undefined) return this.#specs(0);
    return [this.#is(0.2) ? { ...spec, rank: 99 } : spec];
  }

  #spec(latest: number): JobSpec {
    const n = this.#count++;
    const key = this.#is(0.2) ? `project:${this.#between(0, 4)}` : null;
    const ms = this.#is(0.1) ? this.#between(200, 3_000) : this.#between(1, 60);
    const timeoutMs = this.#is(0.2) ? this.#between(20, 500) : 5_000;
    const progressTimeoutMs = this.#is(0.05) ? this.#between(1_000, 3_000) : null;
    const withinMs = Math.min(timeoutMs, progressTimeoutMs ?? Infinity);
    const toil: Toil = {
      ...{ n, ms, key, withinMs },
      holds: this.#is(0.3),
      poison: this.#is(0.01),
    };
    const spec: JobSpec = {
      task: "toil",
      input: toil,
      timeoutMs,
      ...(progressTimeoutMs !== null && { progressTimeoutMs }),
      ...(key !== null && { key }),
      ...(this.#is(0.4) && { priority: this.#pick(["high", "low"] as const) }),
      ...(this.#is(0.1) && { rank: this.#between(-100, 100) }),
      ...(this.#is(0.3) && { retries: this.#between(1, 4), backoff: { baseMs: 50, maxMs: 1_000 } }),
      ...(this.#is(0.1) && this.#hasDelays && { delayMs: this.#between(1, 5_000) }),
      ...(this.#is(0.1) && { queueTimeoutMs: this.#between(10, 3_000) }),
      ...(this.#is(0.05) && { totalTimeoutMs: this.#between(50, 5_000) }),
      ...(this.#is(0.05) && { onLoss: "fail" as const }),
      ...(this.#is(0.3) && { idempotencyKey: `k${n}` }),
      ...(latest > 0 && this.#is(0.15) && { after: [this.#before(latest)] }),
    };
    if (spec.idempotencyKey !== undefined) this.#keyed.push(spec);
    return spec;
  }

  #before(latest: number): { id: string; onFailure: "fail" | "run" | "skip" } {
    const id = jobId(Math.max(1, latest - this.#between(0, 10)));
    return { id, onFailure: this.#pick(["fail", "run", "skip"] as const) };
  }

  #is(ratio: number): boolean {
    return this.#dice.unit() < ratio;
  }

  /** A whole number from `least` to below `below`. */
  #between(least: number, below: number): number {
    return least + Math.floor((below - least) * this.#dice.unit());
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.#between(0, all.length)]!;
  }
}
