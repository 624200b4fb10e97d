import { z } from "zod/mini";
import { cachingPolicy, type Shelf } from "./caching.ts";
import { Chain, type Item, itemOf } from "./chain.ts";

/** Counts go so far: beyond that one key is as good as another, and a level is a chain. */
const usesMost = 63;

class Frequent implements Shelf {
  bytes = 0;
  readonly #items = new Map<string, Item>();
  /** By uses. */
  readonly #levels = Array.from({ length: usesMost + 1 }, () => new Chain());
  readonly #bytesMax: number;
  readonly #asks: number;
  /** Since counts were halved. */
  #asked = 0;

  constructor(bytesMax: number, asks: number) {
    this.#bytesMax = bytesMax;
    this.#asks = asks;
  }

  get size(): number {
    return this.#items.size;
  }

  has(key: string): boolean {
    return this.#items.has(key);
  }

  touch(key: string): void {
    const item = this.#items.get(key)!;
    item.chain!.take(item);
    item.uses = Math.min(usesMost, item.uses + 1);
    this.#levels[item.uses]!.push(item);
    this.#age();
  }

  add(key: string, bytes: number): readonly string[] {
    if (bytes > this.#bytesMax) return [key];
    const gone: string[] = [];
    while (this.bytes + bytes > this.#bytesMax) {
      const { first } = this.#levels.find(({ size }) => size > 0)!;
      this.remove(first!.key);
      gone.push(first!.key);
    }
    const item = itemOf(key, bytes);
    this.#items.set(key, item);
    this.#levels[0]!.push(item);
    this.bytes += bytes;
    this.#age();
    return gone;
  }

  remove(key: string): void {
    const item = this.#items.get(key);
    if (!item) return;
    this.#items.delete(key);
    item.chain!.take(item);
    this.bytes -= item.bytes;
  }

  /** What was popular once has to be so again: without that it would stay for ever. */
  #age(): void {
    if (++this.#asked < this.#asks * this.size) return;
    this.#asked = 0;
    for (let uses = 1; uses <= usesMost; uses++) {
      const level = this.#levels[uses]!;
      while (level.size > 0) {
        const item = level.shift();
        item.uses = uses >> 1;
        this.#levels[item.uses]!.push(item);
      }
    }
  }
}

/** Counts that are halved again and again, as TinyLFU does it (Einziger et al. 2017). */
export const lfu = cachingPolicy({
  name: "lfu",
  help: "Who was asked for least often goes; counts are halved again and again.",
  options: z.strictObject({
    asks: z._default(z.int().check(z.minimum(1), z.maximum(1_000_000)), 10).check(
      z.describe("After so many asks for each key that is in, all counts are halved"),
    ),
  }),
  open: (bytesMax, { asks }) => new Frequent(bytesMax, asks),
});
