/**
 * How fast workers may be started: a token bucket.
 *
 * @module
 */
import type { Envelope, Filling, PoolView } from "../messages/decision.ts";
import { wanted } from "../policies/scaling/fill.ts";

/** CPU time of one start, s. Measured: 19 ms. */
const startCpuS = 0.019;
/** Share of all cores that starts may take. */
const startShare = 0.5;
/** Starts at once. All at once is slower than a few. */
const burst = 4;

/** Counts starts. */
export class StartRate {
  #tokens = burst;
  #atMs: number;
  readonly #perMs: number;

  /** For a machine with `cores`. */
  constructor(cores: number, nowMs: number) {
    this.#perMs = startShare * cores / startCpuS / 1000;
    this.#atMs = nowMs;
  }

  /** Starts in a second, in the long run. */
  get perS(): number {
    return this.#perMs * 1_000;
  }

  /** Starts allowed now. */
  now(nowMs: number): number {
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    return Math.floor(this.#tokens);
  }

  /** When one more start is allowed. */
  nextMs(nowMs: number): number {
    return nowMs + Math.max(1, (1 - this.#tokens) / this.#perMs);
  }

  /** One start is made. */
  take(nowMs: number): void {
    this.now(nowMs);
    this.#tokens--;
  }

  /** True when more would have been started if more had been allowed. */
  delayed({ spawn }: Filling, envelope: Envelope, view: PoolView): boolean {
    if (spawn < view.startsMax) return false;
    const coming = view.ready + view.starting + view.held + spawn;
    const room = envelope.cap - view.closed;
    return coming < Math.min(wanted(envelope, view), room) || (view.queued > 0 && coming < room);
  }
}
