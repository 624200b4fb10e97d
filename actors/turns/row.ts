/**
 * Jobs in the order of their turns. Most come in that order, which costs nothing; the others are
 * sorted in.
 *
 * @module
 */
import { Heap } from "../heap.ts";
import { Ring } from "../ring.ts";
import { type Placed, precedes } from "./precedes.ts";

/** A row of jobs that wait, in which some may have left by another way. */
export class Row<J extends Placed> {
  #inOrder = new Ring<J>();
  /** Null while there was none. */
  #others: Heap<J> | null = null;
  readonly #waits: (job: J) => boolean;
  readonly #isBefore: (one: J, other: J) => boolean;

  /** `waits` tells of a job here whether it still waits, `isBefore` who goes first. */
  constructor(waits: (job: J) => boolean, isBefore: (one: J, other: J) => boolean = precedes) {
    this.#waits = waits;
    this.#isBefore = isBefore;
  }

  /** Places that are held. */
  get size(): number {
    return this.#inOrder.size + (this.#others?.size ?? 0);
  }

  /** The first one that waits, undefined when none does. */
  get first(): J | undefined {
    const inOrder = this.#firstInOrder();
    if (this.#others === null) return inOrder;
    const other = this.#firstOther(this.#others);
    return inOrder && (!other || this.#isBefore(inOrder, other)) ? inOrder : other;
  }

  /** Adds a job where its turn is. */
  add(job: J): void {
    const last = this.#inOrder.at(this.#inOrder.size - 1);
    if (last !== undefined && this.#isBefore(job, last)) {
      return (this.#others ??= new Heap<J>(this.#isBefore)).push(job);
    }
    this.#inOrder.push(job);
  }

  /** Takes the first one, undefined when none waits. */
  take(): J | undefined {
    const inOrder = this.#firstInOrder();
    if (this.#others === null) return this.#inOrder.shift();
    const other = this.#firstOther(this.#others);
    if (inOrder && (!other || this.#isBefore(inOrder, other))) return this.#inOrder.shift();
    return this.#others.pop();
  }

  /** Clears places away whose jobs have left, and those of jobs that are not wanted here. */
  clear(isWanted: (job: J) => boolean = () => true): void {
    const stays = (job: J) => this.#waits(job) && isWanted(job);
    const rest = new Ring<J>();
    for (const job of this.#inOrder) if (stays(job)) rest.push(job);
    this.#inOrder = rest;
    this.#others?.keep(stays);
  }

  /** How many that wait go before `job`. */
  ahead(job: J): number {
    let count = 0;
    for (const other of this) if (this.#isBefore(other, job)) count++;
    return count;
  }

  /** All that wait, in no order but that of most. */
  *[Symbol.iterator](): Generator<J> {
    for (const jobs of [this.#inOrder, this.#others ?? []]) {
      for (const job of jobs) if (this.#waits(job)) yield job;
    }
  }

  #firstInOrder(): J | undefined {
    const ring = this.#inOrder;
    let { first } = ring;
    while (first !== undefined && !this.#waits(first)) {
      ring.shift();
      first = ring.first;
    }
    return first;
  }

  #firstOther(heap: Heap<J>): J | undefined {
    while (heap.first && !this.#waits(heap.first)) heap.pop();
    return heap.first;
  }
}
