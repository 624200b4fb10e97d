/**
 * Looks again at lanes whose jobs wait for memory: when some is given back, and from time to time,
 * as what is free changes and what is believed of running jobs does.
 *
 * @module
 */
import type { Footprints } from "./footprints.ts";
import type { Lane } from "./lane.ts";
import type { Clock } from "./ports.ts";

/** Time between looks while nothing is given back, ms. */
const everyMs = 250;

/** The lanes that wait. */
export class MemoryWait {
  readonly #lanes = new Set<Lane>();
  readonly #footprints: Footprints;
  readonly #clock: Clock;
  readonly #again: (lane: Lane) => void;
  #armed = false;
  #disarm: () => void = () => {};

  /** Calls `again` for a lane whose jobs may have their memory now. */
  constructor(footprints: Footprints, clock: Clock, again: (lane: Lane) => void) {
    this.#footprints = footprints;
    this.#clock = clock;
    this.#again = again;
  }

  /** Jobs of `lane` wait for memory. */
  note(lane: Lane): void {
    if (this.#lanes.size === 0) {
      this.#disarm = this.#clock.at(this.#clock.nowMs() + everyMs, () => {
        this.#footprints.look();
        this.#look();
      });
    }
    this.#lanes.add(lane);
  }

  /** Memory was given back. */
  freed(): void {
    if (this.#lanes.size === 0 || this.#armed) return;
    this.#armed = true;
    queueMicrotask(() => {
      this.#armed = false;
      this.#look();
    });
  }

  /** Looks no more. */
  close(): void {
    this.#disarm();
    this.#lanes.clear();
  }

  #look(): void {
    const lanes = [...this.#lanes];
    this.close();
    for (const lane of lanes) if (lane.queued > 0) this.#again(lane);
  }
}
