/**
 * Slots on their way to the store: kept until it has them for sure.
 *
 * @module
 */
import type { Store, StoredSlot } from "../ports.ts";

/** Slots that wait for the store to have them; the oldest go first. */
const unsavedMax = 20_000;

/** Slots by name. */
export class Unsaved {
  /** With the number under which each was handed to the store, 0: it was not. */
  readonly #slots = new Map<string, { readonly slot: StoredSlot; lsn: number }>();
  readonly #store: Pick<Store, "append" | "committedLsn">;

  /** None yet. */
  constructor(store: Pick<Store, "append" | "committedLsn">) {
    this.#store = store;
  }

  /** Those that are not in the store for sure, by name. */
  get all(): ReadonlyMap<string, { readonly slot: StoredSlot }> {
    return this.#slots;
  }

  /** A slot has changed. */
  put(slot: StoredSlot): void {
    this.#slots.set(slot.key, { slot, lsn: 0 });
  }

  /** Hands what has changed to the store. */
  append(): void {
    const fresh = [...this.#slots.values()].filter(({ lsn }) => lsn === 0);
    if (fresh.length === 0) return;
    const lsn = this.#store.append(fresh.map(({ slot }) => ({ type: "slot", slot })));
    for (const row of fresh) row.lsn = lsn;
  }

  /** Forgets what the store has. */
  forgetSaved(): void {
    const { committedLsn } = this.#store;
    for (const [key, { lsn }] of this.#slots) {
      const isSaved = lsn > 0 && lsn <= committedLsn;
      if (isSaved || this.#slots.size > unsavedMax) this.#slots.delete(key);
    }
  }
}
