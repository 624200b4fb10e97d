/**
 * Time that jumps from one event to the next.
 *
 * @module
 */
import type { Clock } from "../actors/ports.ts";
import { Agenda } from "./agenda.ts";

/** Where the wall clock stands at first unless somebody says otherwise: 2025-01-01, a Wednesday. */
const startAtDefault = 1_735_689_600_000;

/**
 * A clock that stands still until it is let go on. Things happen in the order of their instants, and
 * those of one instant in the order in which they were asked for.
 */
export class SimulatedClock implements Clock {
  #nowMs = 0;
  readonly #startAt: number;
  readonly #agenda = new Agenda();
  /** What happens at this very instant, before anything else. */
  readonly #soon: (() => void)[] = [];
  #taken = 0;
  /** What the turn under way has put off to its end; null: there is none. */
  #putOff: (() => void)[] | null = null;

  /** Monotonic time begins with 0, at the wall instant `startAt`, epoch ms. */
  constructor(startAt: number = startAtDefault) {
    this.#startAt = startAt;
  }

  /** Monotonic, ms. */
  nowMs(): number {
    return this.#nowMs;
  }

  /** Epoch ms, whole ones as clocks on walls have them. */
  wallMs(): number {
    return Math.floor(this.#startAt + this.#nowMs);
  }

  /** Calls `fn` at `untilMs`; returns the way to call it off. */
  at(untilMs: number, fn: () => void): () => void {
    const entry = this.#agenda.add(untilMs, fn);
    return () => this.#agenda.callOff(entry);
  }

  /** Calls `fn` at this instant, in a turn of its own. It can't be called off. */
  soon(fn: () => void): void {
    this.#soon.push(fn);
  }

  /** Calls `fn` at the end of the turn under way, in the order in which it was asked for. */
  endOfTurn(fn: () => void): void {
    if (this.#putOff === null) queueMicrotask(fn);
    else this.#putOff.push(fn);
  }

  /** When the next thing happens; Infinity when nothing will. */
  get nextMs(): number {
    return this.#taken < this.#soon.length ? this.#nowMs : this.#agenda.nextMs;
  }

  /** Lets the next thing happen, if it does by `untilMs`; false when it does not. */
  step(untilMs = Infinity): boolean {
    if (this.#taken < this.#soon.length) {
      const fn = this.#soon[this.#taken++]!;
      if (this.#taken === this.#soon.length) {
        this.#soon.length = 0;
        this.#taken = 0;
      }
      fn();
      return true;
    }
    const { nextMs } = this.#agenda;
    if (nextMs === Infinity || nextMs > untilMs) return false;
    if (nextMs > this.#nowMs) this.#nowMs = nextMs;
    this.#agenda.take()!();
    return true;
  }

  /**
   * Lets all happen that does by `untilMs`, each in a turn of its own: what was put off to the end of
   * the turn is done before the next begins. Stops early when `isOver` says so.
   */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    // What a turn has put off puts something off itself at most once: two looks find it all done.
    await null;
    await null;
    while (!isOver() && this.step(untilMs)) {
      await null;
      await null;
    }
    this.#arrive(untilMs, isOver);
  }

  /**
   * The same at once, where nobody puts anything off but by {@link SimulatedClock.endOfTurn}: nothing
   * is awaited between turns.
   */
  rush(untilMs: number, isOver: () => boolean = () => false): void {
    const putOff: (() => void)[] = this.#putOff = [];
    try {
      while (!isOver() && this.step(untilMs)) {
        // Who is called may put off something more.
        for (let at = 0; at < putOff.length; at++) putOff[at]!();
        putOff.length = 0;
      }
    } finally {
      this.#putOff = null;
    }
    this.#arrive(untilMs, isOver);
  }

  #arrive(untilMs: number, isOver: () => boolean): void {
    if (!isOver() && untilMs < Infinity) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}
