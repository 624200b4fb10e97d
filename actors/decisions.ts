/**
 * The decisions about all pools with what came of them: the latest in memory, more in the store, the same
 * after a restart.
 *
 * @module
 */
import type { Decision, DecisionPage, DecisionQuery, Verdict } from "../messages/decision.ts";
import { firstDecision } from "./epoch.ts";
import type { Clock, Store, StoredSlot } from "./ports.ts";
import { Refusal } from "./refusal.ts";

/** Decisions about one pool that are kept in memory. */
const keptMax = 256;
/** Decisions of one start that are kept in the store, and how long, ms: 7 days. */
const storedMax = 10_000;
const storedMs = 604_800_000;
/** Longest page. */
const limitMax = 1_000;

/** The book of decisions. */
export class Decisions {
  readonly #store: Pick<Store, "isDurable" | "epoch" | "append" | "read">;
  readonly #clock: Pick<Clock, "wallMs">;
  /** By pool, the latest last. */
  readonly #kept = new Map<string, Decision[]>();
  readonly #firstId: number;
  #nextId: number;

  /** An empty one; what earlier starts decided is in `store`. Its first number is `firstId`. */
  constructor(
    store: Pick<Store, "isDurable" | "epoch" | "append" | "read">,
    clock: Pick<Clock, "wallMs">,
    firstId: number = firstDecision(store.epoch),
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#nextId = this.#firstId = firstId;
  }

  /** A number for the next one; they grow for ever in a data directory. */
  nextId(): number {
    return this.#nextId++;
  }

  /** The number that the next one will have. */
  get next(): number {
    return this.#nextId;
  }

  /** The latest of this start, about one pool or all of them, newest last. */
  latest(limit = keptMax, pool?: string): readonly Decision[] {
    if (pool !== undefined) return (this.#kept.get(pool) ?? []).slice(-limit);
    return this.#all.slice(-limit);
  }

  /** Takes a decision. */
  add(decision: Decision): void {
    const { pool } = decision;
    const kept = this.#kept.get(pool) ?? [];
    this.#kept.set(pool, kept);
    kept.push(decision);
    if (kept.length > keptMax) kept.shift();
    this.#keep(decision);
  }

  /** Adds what came of one; false when it is not known any more. */
  judge(id: number, verdict: Verdict): boolean {
    for (const kept of this.#kept.values()) {
      const at = kept.findIndex((decision) => decision.id === id);
      if (at < 0) continue;
      this.#keep(kept[at] = { ...kept[at]!, verdict });
      return true;
    }
    return false;
  }

  /** One decision, of this start or an earlier one; null when there is none. */
  async get(id: number): Promise<Decision | null> {
    const kept = this.#all.find((decision) => decision.id === id);
    if (kept || !Number.isSafeInteger(id) || id < 1) return kept ?? null;
    const [stored] = await this.#read({ after: id - 1, before: id + 1, limit: 1 });
    return stored ?? null;
  }

  /**
   * Decisions with ids greater than `after`, oldest first; without it the latest, newest last. Rejects
   * with Refusal `invalid_limit` or `invalid_after`.
   */
  async page({ limit = 50, after }: DecisionQuery = {}): Promise<DecisionPage> {
    check("limit", limit, 1, limitMax);
    if (after !== undefined) check("after", after, 0, Number.MAX_SAFE_INTEGER);
    const items = await this.#some(limit, after);
    const isFull = after !== undefined && items.length === limit;
    return { items, next: isFull ? items.at(-1)!.id : null };
  }

  async #some(limit: number, after: number | undefined): Promise<readonly Decision[]> {
    const kept = this.#all;
    if (after !== undefined && after >= this.#wholeFrom - 1) {
      return kept.filter(({ id }) => id > after).slice(0, limit);
    }
    if (after === undefined && limit <= keptMax && kept.length >= limit) return kept.slice(-limit);
    const before = Number.MAX_SAFE_INTEGER;
    const stored = await this.#read({
      after: after ?? 0,
      before,
      limit,
      latest: after === undefined,
    });
    // What was not committed yet, or is kept in memory alone.
    const all = new Map([...stored, ...kept].map((decision) => [decision.id, decision]));
    const wanted = [...all.values()].filter(({ id }) => id > (after ?? 0))
      .sort((one, other) => one.id - other.id);
    return after === undefined ? wanted.slice(-limit) : wanted.slice(0, limit);
  }

  /** All in memory, in their order. */
  get #all(): readonly Decision[] {
    const rings = [...this.#kept.values()];
    if (rings.length < 2) return rings[0] ?? [];
    return rings.flat().sort((one, other) => one.id - other.id);
  }

  /** The id from which on all decisions are in memory. */
  get #wholeFrom(): number {
    const rings = [...this.#kept.values()];
    if (rings.length === 0) return this.#nextId;
    return rings.reduce(
      (from, kept) => kept.length < keptMax ? from : Math.max(from, kept[0]!.id),
      this.#firstId,
    );
  }

  async #read(
    { after, before, limit, latest = false }: {
      readonly after: number;
      readonly before: number;
      readonly limit: number;
      readonly latest?: boolean;
    },
  ): Promise<readonly Decision[]> {
    if (!this.#store.isDurable) return [];
    const found: Decision[] = [];
    for (let from = keyOf(after);;) {
      const ask = {
        type: "slots",
        after: from,
        before: keyOf(before),
        limit,
        latest,
      } as const;
      const slots = await this.#store.read(ask);
      // Those whose time is over may still lie there.
      const alive = slots.filter(({ keptUntil }) => keptUntil > this.#clock.wallMs());
      found.push(...alive.map(({ data }) => data as Decision));
      if (latest || slots.length < limit || found.length >= limit) return found.slice(0, limit);
      from = slots.at(-1)!.key;
    }
  }

  /** A store that forgets at the end of the process has nothing that we don't have. */
  #keep(decision: Decision): void {
    if (!this.#store.isDurable) return;
    const slot = (id: number, keptUntil: number, data: unknown): StoredSlot => (
      { key: keyOf(id), keptUntil, data }
    );
    const changes = [slot(decision.id, this.#clock.wallMs() + storedMs, decision)];
    const over = decision.id - storedMax;
    if (decision.verdict === null && over >= this.#firstId) changes.push(slot(over, 0, null));
    this.#store.append(changes.map((slot) => ({ type: "slot", slot })));
  }
}

const keyOf = (id: number) => `decision/${String(id).padStart(16, "0")}`;

function check(name: "limit" | "after", value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const expected = `a whole number ${least}..${most}`;
  const message = `${name} must be ${expected}, given ${value}`;
  throw new Refusal(`invalid_${name}`, message, [
    { pointer: `/${name}`, message, expected, given: String(value) },
  ]);
}
