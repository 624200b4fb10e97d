/**
 * What policies know that the next process has to know too.
 *
 * @module
 */
import type { Stepper } from "../policies/scaling/mod.ts";
import type { Clock } from "./ports.ts";

/** What is stored of a policy. */
interface KeptPolicy {
  readonly kept: unknown;
  /** Both clocks when it was kept. */
  readonly nowMs: number;
  readonly wallMs: number;
}

/** Keeps it for the policies of one pool. */
export class Keepsakes {
  readonly #pool: string;
  readonly #clock: Clock;
  readonly #store: (actor: string, snapshot: unknown) => void;
  /** What was stored last, by policy. */
  readonly #stored = new Map<string, string>();

  /** Of the pool named `pool`, with `store`. */
  constructor(pool: string, clock: Clock, store: (actor: string, snapshot: unknown) => void) {
    this.#pool = pool;
    this.#clock = clock;
    this.#store = store;
  }

  /** Stores what has changed. */
  keep(policies: readonly Stepper[]): void {
    for (const { name, kept } of policies) {
      if (kept === null) continue;
      const text = JSON.stringify(kept);
      if (text === this.#stored.get(name)) continue;
      this.#stored.set(name, text);
      this.#store(this.#keyOf(name), { kept, ...this.#moment() } satisfies KeptPolicy);
    }
  }

  /** Lets policies go on from what an earlier process stored. */
  restore(policies: readonly Stepper[], stored: ReadonlyMap<string, unknown>): void {
    const { nowMs, wallMs } = this.#moment();
    for (const policy of policies) {
      const before = stored.get(this.#keyOf(policy.name)) as KeptPolicy | undefined;
      if (!Number.isFinite(before?.nowMs) || !Number.isFinite(before?.wallMs)) continue;
      const shiftMs = before!.wallMs - before!.nowMs - (wallMs - nowMs);
      policy.resume(before!.kept, { nowMs, shiftMs });
    }
  }

  #moment() {
    return { nowMs: this.#clock.nowMs(), wallMs: this.#clock.wallMs() };
  }

  #keyOf(policy: string): string {
    return `${policy}.${this.#pool}`;
  }
}
