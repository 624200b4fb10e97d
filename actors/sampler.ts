/**
 * Reads the host once a second.
 *
 * A look that finds nothing where there was something before is no look: what was seen last stays,
 * and gets older, until it is too old to be believed and the controller is told so.
 *
 * @module
 */
import type { HostReading } from "../messages/mailboxes.ts";
import type { Vitals } from "../messages/vitals.ts";
import { known } from "../policies/scaling/blind.ts";
import { loop } from "./loop.ts";
import type { Clock, Host } from "./ports.ts";

/** Time from the first sample to the second, ms. */
const firstMs = 100;
/** Time before the first look at all processes, ms: the start has other things to do. */
const walkMs = 1_000;
/** Age from which a sample is not believed: three intervals, and never less than three seconds. */
const staleIntervals = 3;
const staleMinMs = 3_000;

/** The latest sample and its age. */
export class Sampler {
  /** Time between two samples, ms. */
  readonly everyMs: number;
  /** How many times as seldom as usual that is looked at by which nothing is decided. */
  pace = 1;
  #latest: HostReading;
  #last: HostReading;
  #vitals: Vitals;
  #atMs: number;
  #hasSeen = false;
  readonly #clock: Clock;
  readonly #host: Host;

  /** Takes a first sample at once, and then every `everyMs` (seed 0: 1 s). */
  constructor(clock: Clock, host: Host, everyMs = 1_000) {
    this.#clock = clock;
    this.#host = host;
    this.everyMs = everyMs;
    this.#latest = this.#last = host.read();
    this.#vitals = host.vitals();
    this.#atMs = clock.nowMs();
  }

  /** The latest sample in which CPU and memory were seen; where they never were, the latest. */
  get latest(): HostReading {
    return this.#latest;
  }

  /** The latest sample, whatever it has seen. */
  get last(): HostReading {
    return this.#last;
  }

  /** Everything that was seen at the latest sample. */
  get vitals(): Vitals {
    return this.#vitals;
  }

  /** How old `latest` is, ms. */
  get ageMs(): number {
    return this.#clock.nowMs() - this.#atMs;
  }

  /** Age from which `latest` is not to be believed, ms. */
  get staleMs(): number {
    return Math.max(staleMinMs, staleIntervals * this.everyMs);
  }

  /**
   * Samples at its rhythm, calling `sampled` after each, or each `pace`-th, and once soon, as rates
   * need two samples. Processes are looked at a few at a time, at the host's own pace.
   */
  logic(sampled: () => void = () => {}): ReturnType<typeof loop> {
    return loop(this.#clock, ({ every, at }) => {
      let samples = 0;
      const tick = () => {
        this.sample();
        if (samples++ % this.pace === 0) sampled();
      };
      const walk = () => void at(this.#clock.nowMs() + this.pace * this.#host.walk(), walk);
      every(this.everyMs, tick);
      at(this.#clock.nowMs() + Math.min(firstMs, this.everyMs), tick);
      at(this.#clock.nowMs() + walkMs, walk);
    });
  }

  /** Takes a sample now. */
  sample(): void {
    const reading = this.#host.read();
    this.#last = reading;
    this.#vitals = this.#host.vitals();
    const sees = isShare(reading.cpuRatio) && isShare(reading.memoryRatio) && reading.cores > 0;
    if (this.#hasSeen && !sees) return;
    this.#hasSeen = sees;
    this.#latest = reading;
    this.#atMs = this.#clock.nowMs();
  }
}

const isShare = (ratio: number | null) => known(ratio) && ratio <= 1;
