/**
 * Hands results out in portions. A thousand jobs may ask for the same large text at once: each is
 * given values of its own, which lie in memory until the store has them.
 *
 * @module
 */
import type { Job } from "../job.ts";
import type { Clock } from "../ports.ts";
import { Ring } from "../ring.ts";

/** Characters that are handed out before the next portion, or one result that is larger. */
const portionChars = 2 ** 20;
/** What a job and its outcome cost besides the text, about. */
const jobChars = 500;

/** Who is given what. */
export interface Receivers {
  /** Whether a job still waits for it. */
  readonly waits: (job: Job) => boolean;
  /** Ends a job by its result. */
  readonly give: (job: Job, text: string) => void;
  /** Calls `fn` once, when the ending of a job is safe and was told. */
  readonly told: (job: Job, fn: () => void) => void;
}

/** The next portion comes when all of the last one is told, and not in the same turn of the loop. */
export class Portions {
  readonly #waiting = new Ring<{ readonly job: Job; readonly text: string }>();
  #leftChars = portionChars;
  #untold = 0;
  #isGiving = false;
  readonly #clock: Clock;
  readonly #receivers: Receivers;

  /** Nobody waits yet. */
  constructor(clock: Clock, receivers: Receivers) {
    this.#clock = clock;
    this.#receivers = receivers;
  }

  /** Gives a job its result, at once where there is room for it. */
  give(job: Job, text: string): void {
    this.#waiting.push({ job, text });
    this.#go();
  }

  #go(): void {
    if (this.#isGiving) return;
    this.#isGiving = true;
    while (this.#leftChars > 0) {
      const next = this.#waiting.shift();
      if (!next) break;
      if (!this.#receivers.waits(next.job)) continue;
      this.#leftChars -= next.text.length + jobChars;
      this.#untold++;
      this.#receivers.told(next.job, () => this.#told());
      this.#receivers.give(next.job, next.text);
    }
    this.#isGiving = false;
    this.#renew();
  }

  #told(): void {
    this.#untold--;
    this.#renew();
  }

  #renew(): void {
    if (this.#isGiving || this.#leftChars > 0 || this.#untold > 0) return;
    this.#leftChars = portionChars;
    if (this.#waiting.size > 0) this.#clock.at(this.#clock.nowMs(), () => this.#go());
  }
}
