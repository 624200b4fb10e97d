import { z } from "zod/mini";
import { cachingPolicy, type Shelf } from "./caching.ts";
import { Chain, type Item, itemOf } from "./chain.ts";

class Recent implements Shelf {
  readonly #items = new Map<string, Item>();
  readonly #chain = new Chain();
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#chain.bytes;
  }

  get size(): number {
    return this.#chain.size;
  }

  has(key: string): boolean {
    return this.#items.has(key);
  }

  touch(key: string): void {
    const item = this.#items.get(key)!;
    this.#chain.take(item);
    this.#chain.push(item);
  }

  add(key: string, bytes: number): readonly string[] {
    if (bytes > this.#bytesMax) return [key];
    const gone: string[] = [];
    while (this.bytes + bytes > this.#bytesMax) {
      const item = this.#chain.shift();
      this.#items.delete(item.key);
      gone.push(item.key);
    }
    const item = itemOf(key, bytes);
    this.#items.set(key, item);
    this.#chain.push(item);
    return gone;
  }

  remove(key: string): void {
    const item = this.#items.get(key);
    if (!item) return;
    this.#items.delete(key);
    this.#chain.take(item);
  }
}

/** The plain one that others are measured by. */
export const lru = cachingPolicy({
  name: "lru",
  help: "Who was asked for longest ago goes.",
  options: z.strictObject({}),
  open: (bytesMax) => new Recent(bytesMax),
});
