/**
 * Lanes that are looked at again: at the end of the turn, as they have got jobs in the midst of
 * something, or later, as what held their jobs back may be over.
 *
 * @module
 */
import type { Lane } from "./lane.ts";
import type { Clock } from "./ports.ts";

/** Tells of lanes with jobs. */
export class Wake {
  /** Each once; of few, as there is one for each kind of worker. */
  #soon: Lane[] = [];
  readonly #later = new Set<Lane>();
  #disarm: () => void = () => {};
  readonly #clock: Clock;
  readonly #ready: (lane: Lane) => void;

  /** Calls `ready` for lanes with jobs. */
  constructor(clock: Clock, ready: (lane: Lane) => void) {
    this.#clock = clock;
    this.#ready = ready;
  }

  /** A lane has got a job. */
  soon(lane: Lane): void {
    if (this.#soon.includes(lane)) return;
    if (this.#soon.push(lane) > 1) return;
    if (this.#clock.endOfTurn) this.#clock.endOfTurn(this.#tellSoon);
    else queueMicrotask(this.#tellSoon);
  }

  /** A lane is to be looked at again at `untilMs`, or before if others are. */
  later(lane: Lane, untilMs: number): void {
    if (this.#later.size === 0) {
      this.#disarm = this.#clock.at(untilMs, () => {
        const lanes = [...this.#later];
        this.#later.clear();
        this.#tell(lanes);
      });
    }
    this.#later.add(lane);
  }

  /** Looks at nothing any more. */
  close(): void {
    this.#disarm();
  }

  readonly #tellSoon = (): void => {
    const lanes = this.#soon;
    this.#soon = [];
    this.#tell(lanes);
  };

  #tell(lanes: readonly Lane[]): void {
    for (const lane of lanes) if (lane.queued > 0) this.#ready(lane);
  }
}
