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
  #last: J | undefined;
  readonly #others = new Heap<J>(precedes);

  /** Places that are held. */
  get size(): number {
    return this.#inOrder.size + this.#others.size;
  }

  /** The first one that waits, undefined when none does. */
  get first(): J | undefined {
    while (this.#inOrder.first && !waits(this.#inOrder.first)) this.#inOrder.shift();
    while (this.#others.first && !waits(this.#others.first)) this.#others.pop();
    const [inOrder, other] = [this.#inOrder.first, this.#others.first];
    return inOrder && (!other || precedes(inOrder, other)) ? inOrder : other;
  }

  /** Adds a job where its turn is. */
  add(job: J): void {
    if (this.#inOrder.size > 0 && precedes(job, this.#last!)) return this.#others.push(job);
    this.#inOrder.push(job);
    this.#last = job;
  }

  /** Takes the first one. */
  take(): void {
    if (this.first === this.#inOrder.first) this.#inOrder.shift();
    else this.#others.pop();
  }

  /** Clears places away whose jobs have left. */
  clear(): void {
    const rest = new Ring<J>();
    for (const job of this.#inOrder) if (waits(job)) rest.push(job);
    this.#inOrder = rest;
    this.#others.keep(waits);
  }

  /** How many that wait go before `job`. */
  ahead(job: J): number {
    let count = 0;
    for (const jobs of [this.#inOrder, this.#others]) {
      for (const other of jobs) if (waits(other) && precedes(other, job)) count++;
    }
    return count;
  }
}

const waits = ({ state }: Placed): boolean => state === "blocked";
