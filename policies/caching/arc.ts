import { z } from "zod/mini";
import { cachingPolicy, type Shelf } from "./caching.ts";
import { Chain, type Item, itemOf } from "./chain.ts";

class Adaptive implements Shelf {
  /** Keys that are in, and those that are remembered only. */
  readonly #items = new Map<string, Item>();
  /** In, asked for once, and more often. */
  readonly #once = new Chain();
  readonly #often = new Chain();
  /** Remembered of each. */
  readonly #wereOnce = new Chain();
  readonly #wereOften = new Chain();
  /** What those should have that were asked for once. */
  #onceBytes = 0;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#once.bytes + this.#often.bytes;
  }

  get size(): number {
    return this.#once.size + this.#often.size;
  }

  has(key: string): boolean {
    const chain = this.#items.get(key)?.chain;
    return chain === this.#once || chain === this.#often;
  }

  touch(key: string): void {
    const item = this.#items.get(key)!;
    item.chain!.take(item);
    this.#often.push(item);
  }

  add(key: string, bytes: number): readonly string[] {
    if (bytes > this.#bytesMax) return [key];
    const gone: string[] = [];
    const ghost = this.#items.get(key);
    const wasOften = ghost?.chain === this.#wereOften;
    if (ghost) this.#learn(ghost, wasOften);
    else this.#pass(bytes, gone);
    while (this.bytes + bytes > this.#bytesMax) gone.push(this.#retire(wasOften));
    const item = itemOf(key, bytes);
    this.#items.set(key, item);
    (ghost ? this.#often : this.#once).push(item);
    this.#forget();
    return gone;
  }

  remove(key: string): void {
    if (this.has(key)) this.#drop(this.#items.get(key)!);
  }

  /** One has gone that should have stayed: its side has to have more. */
  #learn(ghost: Item, wasOften: boolean): void {
    const [own, other] = wasOften
      ? [this.#wereOften, this.#wereOnce]
      : [this.#wereOnce, this.#wereOften];
    const step = Math.max(1, other.bytes / own.bytes) * ghost.bytes;
    const wanted = this.#onceBytes + (wasOften ? -step : step);
    this.#onceBytes = Math.min(this.#bytesMax, Math.max(0, wanted));
    this.#drop(ghost);
  }

  /** Makes way among those asked for once, and what is remembered of them, for a new one. */
  #pass(bytes: number, gone: string[]): void {
    while (this.#once.bytes + this.#wereOnce.bytes + bytes > this.#bytesMax) {
      const first = this.#wereOnce.first ?? this.#once.first!;
      if (first.chain === this.#once) gone.push(first.key);
      this.#drop(first);
    }
  }

  /** Takes one out and remembers it. */
  #retire(wasOften: boolean): string {
    const { bytes } = this.#once;
    const isTooMuch = bytes > this.#onceBytes || (wasOften && bytes >= this.#onceBytes);
    const isOnce = this.#once.size > 0 && (isTooMuch || this.#often.size === 0);
    const item = (isOnce ? this.#once : this.#often).shift();
    (isOnce ? this.#wereOnce : this.#wereOften).push(item);
    return item.key;
  }

  /** With what is remembered it is never more than would fit in twice. */
  #forget(): void {
    const { bytes } = this;
    while (this.#wereOften.first) {
      if (bytes + this.#wereOnce.bytes + this.#wereOften.bytes <= 2 * this.#bytesMax) return;
      this.#drop(this.#wereOften.first);
    }
  }

  #drop(item: Item): void {
    item.chain!.take(item);
    this.#items.delete(item.key);
  }
}

/** Megiddo and Modha 2003, with bytes in the place of pages. */
export const arc = cachingPolicy({
  name: "arc",
  help: "Keys asked for once and keys asked for again have a share each, which is learnt.",
  options: z.strictObject({}),
  open: (bytesMax) => new Adaptive(bytesMax),
});
