/**
 * What all jobs call and wait for: a service that answers so many calls at once. Others wait there,
 * in the order in which they came, and their workers with them.
 *
 * @module
 */
import type { Clock } from "../actors/ports.ts";
import type { Work } from "./cores.ts";

/** What jobs call. */
export interface DownstreamOptions {
  /** Calls that it answers at once. Default: any number. */
  readonly places?: number;
  /** It is down from an instant of the workload to another one: calls fail after a time, ms. */
  readonly down?: {
    readonly fromMs: number;
    readonly untilMs: number;
    readonly failsAfterMs: number;
  };
}

/** A call. */
interface Call {
  readonly workMs: number;
  readonly done: () => void;
  /** When it was taken; null: it waits. */
  sinceMs: number | null;
  /** Calls off its end. */
  callOff: (() => void) | null;
  isOver: boolean;
}

/** A service with a number of places. */
export class Downstream {
  readonly #clock: Pick<Clock, "nowMs" | "at">;
  readonly #places: number;
  readonly #waiting: Call[] = [];
  #taken = 0;

  /** One that answers `places` calls at once. */
  constructor(clock: Pick<Clock, "nowMs" | "at">, places = Infinity) {
    this.#clock = clock;
    this.#places = places;
  }

  /** Calls it for something that takes `workMs` once it is this call's turn. */
  begin(workMs: number, done: () => void): Work {
    const call: Call = { workMs, done, sinceMs: null, callOff: null, isOver: false };
    if (this.#taken < this.#places) this.#take(call);
    else this.#waiting.push(call);
    return {
      doneMs: () =>
        call.sinceMs === null ? 0 : Math.min(workMs, this.#clock.nowMs() - call.sinceMs),
      stop: () => {
        if (call.isOver) return;
        call.isOver = true;
        if (call.sinceMs === null) return;
        call.callOff?.();
        this.#left();
      },
    };
  }

  #take(call: Call): void {
    this.#taken++;
    call.sinceMs = this.#clock.nowMs();
    call.callOff = this.#clock.at(call.sinceMs + call.workMs, () => {
      call.isOver = true;
      this.#left();
      call.done();
    });
  }

  #left(): void {
    this.#taken--;
    while (this.#taken < this.#places) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.isOver) this.#take(next);
    }
  }
}
