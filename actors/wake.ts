/**
 * Lanes that are looked at again: at the end of the turn, as they have got jobs in the midst of
 * something, or later, as what held their jobs back may be over.
 *
 * @module
 */
import { Alarm } from "./alarm.ts";
import type { Lane } from "./lane.ts";
import type { Clock } from "./ports.ts";

/** A turn that lasts longer than this is no moment any more, ms. */
const longMs = 2;
/** Jobs that come in one turn between two looks at the clock. */
const lookEvery = 32;

/** Tells of lanes with jobs. */
export class Wake {
  /** Each once; of few, as there is one for each kind of worker. */
  #soon: Lane[] = [];
  readonly #later = new Set<Lane>();
  readonly #alarm: Alarm;
  /** Jobs that came while others of their turn waited for its end. */
  #came = 0;
  /** When the turn began, or waiting jobs were told of in its midst. */
  #sinceMs = 0;
  readonly #clock: Clock;
  readonly #ready: (lane: Lane, atOnce: boolean) => void;

  /** Calls `ready` for lanes with jobs; `atOnce` when the turn is not over. */
  constructor(clock: Clock, ready: (lane: Lane, atOnce: boolean) => void) {
    this.#clock = clock;
    this.#ready = ready;
    this.#alarm = new Alarm(clock, () => {
      const lanes = [...this.#later];
      this.#later.clear();
      this.#tell(lanes);
    });
  }

  /** A lane has got a job. */
  soon(lane: Lane): void {
    if (this.#soon.includes(lane)) return;
    if (this.#soon.push(lane) > 1) return;
    this.#sinceMs = this.#clock.nowMs();
    if (this.#clock.endOfTurn) this.#clock.endOfTurn(this.#tellSoon);
    else queueMicrotask(this.#tellSoon);
  }

  /**
   * Another job is about to come. Where the turn has become a long one, those that came before in it
   * do not wait for its end.
   */
  meanwhile(): void {
    if (this.#soon.length === 0 || ++this.#came % lookEvery !== 0) return;
    const nowMs = this.#clock.lookMs?.();
    if (nowMs === undefined || nowMs - this.#sinceMs < longMs) return;
    this.#sinceMs = nowMs;
    this.#tell([...this.#soon], true);
  }

  /** A lane is to be looked at again at `untilMs`, or before if others are. */
  later(lane: Lane, untilMs: number): void {
    this.#alarm.sooner(untilMs);
    this.#later.add(lane);
  }

  /** Looks at nothing any more. */
  close(): void {
    this.#alarm.set(Infinity);
  }

  readonly #tellSoon = (): void => {
    const lanes = this.#soon;
    this.#soon = [];
    this.#tell(lanes);
  };

  #tell(lanes: readonly Lane[], atOnce = false): void {
    for (const lane of lanes) if (lane.queued > 0) this.#ready(lane, atOnce);
  }
}
