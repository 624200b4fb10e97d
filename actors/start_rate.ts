/**
 * How fast workers may be started: a token bucket, and a pause after starts that came to nothing.
 *
 * @module
 */
import type { Envelope, Filling, PoolView } from "../messages/decision.ts";

/** CPU time of one start, s. Measured: 19 ms. */
const startCpuS = 0.019;
/** Share of all cores that starts may take. */
const startShare = 0.5;
/** Starts at once. All at once is slower than a few. */
const burst = 4;
/** First pause after a worker died before its first use, ms; doubles up to the longest. */
const pauseMs = 100;
const pauseMaxMs = 10_000;

/** Counts starts. */
export class StartRate {
  #tokens = burst;
  #atMs: number;
  #failures = 0;
  #pausedUntilMs = 0;
  readonly #perMs: number;

  /** For a machine with `cores`. */
  constructor(cores: number, nowMs: number) {
    this.#perMs = startShare * cores / startCpuS / 1000;
    this.#atMs = nowMs;
  }

  /** Starts allowed now. */
  now(nowMs: number): number {
    if (nowMs < this.#pausedUntilMs) return 0;
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    return Math.floor(this.#tokens);
  }

  /** When one more start is allowed. */
  nextMs(nowMs: number): number {
    if (nowMs < this.#pausedUntilMs) return this.#pausedUntilMs;
    return nowMs + Math.max(1, (1 - this.#tokens) / this.#perMs);
  }

  /** One start is made. */
  take(nowMs: number): void {
    this.now(nowMs);
    this.#tokens--;
  }

  /** A worker died before its first use. */
  failed(nowMs: number): void {
    this.#pausedUntilMs = nowMs + Math.min(pauseMaxMs, pauseMs * 2 ** this.#failures++);
  }

  /** A worker has been of use. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** True when more would have been started if more had been allowed. */
  delayed(allowed: number, { spawn }: Filling, envelope: Envelope, view: PoolView): boolean {
    if (spawn > 0 && spawn < allowed) return false;
    const workers = view.ready + view.starting + spawn;
    return spawn >= allowed &&
      (workers < envelope.floor || (view.queued > 0 && workers < envelope.cap));
  }
}
