import { z } from "zod/mini";
import { cachingPolicy, type Shelf } from "./caching.ts";
import { Chain, type Item, itemOf } from "./chain.ts";

/** Uses are counted so far. */
const usesMost = 3;

/** What {@link s3fifo} takes. */
interface Options {
  readonly smallRatio: number;
  readonly uses: number;
}

class Queues implements Shelf {
  /** Keys that are in, and those that are remembered only. */
  readonly #items = new Map<string, Item>();
  /** On trial, and proven. */
  readonly #small = new Chain();
  readonly #main = new Chain();
  /** Remembered of those who failed. */
  readonly #ghosts = new Chain();
  readonly #bytesMax: number;
  readonly #smallMax: number;
  readonly #uses: number;

  constructor(bytesMax: number, { smallRatio, uses }: Options) {
    this.#bytesMax = bytesMax;
    this.#smallMax = bytesMax * smallRatio;
    this.#uses = uses;
  }

  get bytes(): number {
    return this.#small.bytes + this.#main.bytes;
  }

  get size(): number {
    return this.#small.size + this.#main.size;
  }

  has(key: string): boolean {
    const chain = this.#items.get(key)?.chain;
    return chain === this.#small || chain === this.#main;
  }

  touch(key: string): void {
    const item = this.#items.get(key)!;
    item.uses = Math.min(usesMost, item.uses + 1);
  }

  add(key: string, bytes: number): readonly string[] {
    if (bytes > this.#bytesMax) return [key];
    const ghost = this.#items.get(key);
    if (ghost) this.#drop(ghost);
    const gone: string[] = [];
    while (this.bytes + bytes > this.#bytesMax) this.#retire(gone);
    const item = itemOf(key, bytes);
    this.#items.set(key, item);
    (ghost ? this.#main : this.#small).push(item);
    return gone;
  }

  remove(key: string): void {
    if (this.has(key)) this.#drop(this.#items.get(key)!);
  }

  /** Goes one step towards more room; a key may only have moved, and then it is nearer its end. */
  #retire(gone: string[]): void {
    const isSmall = this.#small.size > 0 &&
      (this.#small.bytes >= this.#smallMax || this.#main.size === 0);
    const item = (isSmall ? this.#small : this.#main).shift();
    if (isSmall && item.uses >= this.#uses) {
      item.uses = 0;
      return this.#main.push(item);
    }
    if (!isSmall && item.uses > 0) {
      item.uses--;
      return this.#main.push(item);
    }
    gone.push(item.key);
    if (isSmall) this.#remember(item);
    else this.#items.delete(item.key);
  }

  #remember(item: Item): void {
    this.#ghosts.push(item);
    while (this.#ghosts.bytes > this.#bytesMax - this.#smallMax) {
      this.#drop(this.#ghosts.first!);
    }
  }

  #drop(item: Item): void {
    item.chain!.take(item);
    this.#items.delete(item.key);
  }
}

/** Yang et al. 2023: most keys are asked for once, so new ones are on trial for a tenth of the room. */
export const s3fifo = cachingPolicy({
  name: "s3fifo",
  help:
    "New keys have a small part of the room; those asked for again there move to the large one.",
  options: z.strictObject({
    smallRatio: z._default(z.number().check(z.minimum(0.01), z.maximum(0.99)), 0.1).check(
      z.describe("Share of the room for new keys"),
    ),
    uses: z._default(z.int().check(z.minimum(1), z.maximum(usesMost)), 1).check(
      z.describe("A new key moves on that was asked for again so often"),
    ),
  }),
  open: (bytesMax, options) => new Queues(bytesMax, options),
});
