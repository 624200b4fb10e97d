/**
 * What policies and constraints know that the next process has to know too.
 *
 * @module
 */
import type { Moment } from "../policies/policy.ts";
import type { Clock } from "./ports.ts";

/** One who knows something that outlives the process: a policy or a constraint. */
export interface Keeper {
  /** Of all of one pool it is the only one of that name. */
  readonly name: string;
  /** Null or absent: nothing. */
  readonly kept?: unknown;
  /** Goes on from what an earlier process kept. */
  resume?(kept: unknown, moment: Moment): void;
}

/** What is stored of a policy. */
interface KeptPolicy {
  readonly kept: unknown;
  /** Both clocks when it was kept. */
  readonly nowMs: number;
  readonly wallMs: number;
}

/** Keeps it for all of a kind of one pool. */
export class Keepsakes {
  readonly #pool: string;
  readonly #clock: Clock;
  readonly #store: (actor: string, snapshot: unknown) => void;
  /** What was stored last, by policy: as it is, to see at once that nothing has changed, and as text. */
  readonly #stored = new Map<string, { readonly kept: unknown; readonly text: string }>();

  /** Of the pool named `pool`, with `store`. */
  constructor(pool: string, clock: Clock, store: (actor: string, snapshot: unknown) => void) {
    this.#pool = pool;
    this.#clock = clock;
    this.#store = store;
  }

  /** Stores what has changed. */
  keep(policies: readonly Keeper[]): void {
    for (const { name, kept } of policies) {
      const stored = this.#stored.get(name);
      if (kept == null || kept === stored?.kept) continue;
      const text = JSON.stringify(kept);
      this.#stored.set(name, { kept, text });
      if (text === stored?.text) continue;
      this.#store(this.#keyOf(name), { kept, ...this.#moment() } satisfies KeptPolicy);
    }
  }

  /** Lets policies go on from what an earlier process stored. */
  restore(policies: readonly Keeper[], stored: ReadonlyMap<string, unknown>): void {
    const { nowMs, wallMs } = this.#moment();
    for (const policy of policies) {
      const before = stored.get(this.#keyOf(policy.name)) as KeptPolicy | undefined;
      if (!Number.isFinite(before?.nowMs) || !Number.isFinite(before?.wallMs)) continue;
      const shiftMs = before!.wallMs - before!.nowMs - (wallMs - nowMs);
      policy.resume?.(before!.kept, { nowMs, shiftMs });
    }
  }

  #moment() {
    return { nowMs: this.#clock.nowMs(), wallMs: this.#clock.wallMs() };
  }

  #keyOf(policy: string): string {
    return `${policy}.${this.#pool}`;
  }
}
