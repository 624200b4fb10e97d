/**
 * One thing that is summed up in slots of 10 s, of a minute, an hour and a day at once.
 *
 * @module
 */
import type { Step } from "../../messages/series.ts";
import { slotAt, steps } from "./steps.ts";

/** What adds up over time. */
export interface Summed<T> {
  readonly isEmpty: boolean;
  add(other: T): void;
  pack(): unknown;
  addPacked(packed: unknown): void;
}

/** What a slot held. */
export interface Slot<T> {
  readonly step: Step;
  /** Its begin, epoch ms. */
  readonly at: number;
  readonly value: T;
}

/** The open slots of one thing. What happens goes to the shortest, and on when that is over. */
export class Rungs<T extends Summed<T>> {
  /** What happens now. */
  now: T;
  #at: number;
  readonly #make: () => T;
  readonly #open: (Slot<T> & { changed: boolean })[];

  /** Begins at `wallMs`. */
  constructor(make: () => T, wallMs: number) {
    this.#make = make;
    this.now = make();
    this.#at = slotAt("10s", wallMs);
    this.#open = steps.slice(1).map((step) => this.#slot(step, wallMs));
  }

  /** Ends the ten seconds that are over; returns them if anything was in them. */
  turn(wallMs: number): Slot<T> | null {
    const at = slotAt("10s", wallMs);
    if (at === this.#at) return null;
    const over: Slot<T> = { step: "10s", at: this.#at, value: this.now };
    this.#at = at;
    if (over.value.isEmpty) return null;
    this.now = this.#make();
    for (const [i, slot] of this.#open.entries()) {
      const isOther = slot.at !== slotAt(slot.step, over.at);
      const open = isOther ? this.#open[i] = this.#slot(slot.step, over.at) : slot;
      open.value.add(over.value);
      open.changed = true;
    }
    return over;
  }

  /** The longer slots that have changed since they were asked for last. */
  changed(): Slot<T>[] {
    const changed = this.#open.filter((slot) => slot.changed);
    for (const slot of changed) slot.changed = false;
    return changed;
  }

  /** All slots that are open, with what happens now in the shortest alone. */
  open(): Slot<T>[] {
    return [{ step: "10s", at: this.#at, value: this.now }, ...this.#open];
  }

  /** Begin of the latest day in which anything happened, epoch ms. */
  get dayAt(): number {
    return this.#open.at(-1)!.at;
  }

  #slot(step: Step, wallMs: number): Slot<T> & { changed: boolean } {
    return { step, at: slotAt(step, wallMs), value: this.#make(), changed: false };
  }
}
