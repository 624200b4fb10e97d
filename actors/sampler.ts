/**
 * Reads the host once a second.
 *
 * @module
 */
import type { HostReading } from "../messages/mailboxes.ts";
import { loop } from "./loop.ts";
import type { Clock, Host } from "./ports.ts";

/** Time from the first sample to the second, ms. */
const firstMs = 100;

/** The latest sample and its age. */
export class Sampler {
  #latest: HostReading;
  #atMs: number;
  readonly #clock: Clock;
  readonly #host: Host;

  /** Takes a first sample at once. */
  constructor(clock: Clock, host: Host) {
    this.#clock = clock;
    this.#host = host;
    this.#latest = host.read();
    this.#atMs = clock.nowMs();
  }

  /** The latest sample. */
  get latest(): HostReading {
    return this.#latest;
  }

  /** How old it is, ms. */
  get ageMs(): number {
    return this.#clock.nowMs() - this.#atMs;
  }

  /** Samples every `everyMs` (seed 0: 1 s), and once soon: rates need two samples. */
  logic(everyMs = 1_000): ReturnType<typeof loop> {
    return loop(this.#clock, ({ every, at }) => {
      every(everyMs, () => this.sample());
      at(this.#clock.nowMs() + Math.min(firstMs, everyMs), () => this.sample());
    });
  }

  /** Takes a sample now. */
  sample(): void {
    this.#latest = this.#host.read();
    this.#atMs = this.#clock.nowMs();
  }
}
