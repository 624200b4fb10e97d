/**
 * One instant at which something is looked at.
 *
 * @module
 */
import type { Clock } from "./ports.ts";

const nothing = () => {};

/** Rings once at the instant it is set to. */
export class Alarm {
  #dueMs = Infinity;
  #disarm: () => void = nothing;
  readonly #clock: Clock;
  readonly #ring: () => void;

  /** Not set; calls `ring` when it is due. */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** When it rings; Infinity when it is not set. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Rings at `untilMs` and not when it was to; never where that is Infinity. */
  set(untilMs: number): void {
    if (untilMs === this.#dueMs) return;
    this.#disarm();
    this.#disarm = nothing;
    this.#dueMs = untilMs;
    if (untilMs < Infinity) this.#disarm = this.#clock.at(untilMs, this.#rung);
  }

  readonly #rung = (): void => {
    this.#dueMs = Infinity;
    this.#ring();
  };

  /** Rings at `untilMs` unless it does so before. */
  sooner(untilMs: number): void {
    if (untilMs < this.#dueMs) this.set(untilMs);
  }
}
