/**
 * What keys took lately, kept over restarts: those who give rates do not begin anew with us.
 *
 * @module
 */
import type { DueJobs } from "../due_jobs.ts";
import { isObject } from "../is_object.ts";
import type { Clock, Store } from "../ports.ts";
import type { Known } from "./known.ts";

/** Name of what is stored. */
const actor = "rates";
/** What was taken is stored so long after it, ms: so much may be forgotten. */
const afterMs = 1_000;
/** Keys that are stored at most. */
const keysMax = 1_000;

/** Instants, epoch ms, and amounts by unit, and until when nobody may take anything. */
interface Row {
  readonly restsAt: number;
  readonly units: Readonly<Record<string, readonly (readonly [at: number, amount: number])[]>>;
}

/** What it stands on. */
export interface RatesParts {
  readonly clock: Pick<Clock, "nowMs" | "wallMs">;
  readonly due: Pick<DueJobs, "at">;
  readonly store: Pick<Store, "append">;
}

/** Stores it soon after it has changed. */
export class RatesKept {
  readonly #known: Known;
  readonly #parts: RatesParts;
  #isArmed = false;

  /** Of `known` keys. */
  constructor(known: Known, parts: RatesParts) {
    this.#known = known;
    this.#parts = parts;
  }

  /** Something was taken, or may not be taken for a while. */
  changed(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    const { clock, due } = this.#parts;
    due.at(clock.nowMs() + afterMs, () => this.keep());
  }

  /** Takes over what an earlier life stored. */
  restore(stored: unknown): void {
    const { clock } = this.#parts;
    const nowMs = clock.nowMs();
    const sinceMs = nowMs - clock.wallMs();
    for (const [name, { restsAt, units }] of rowsOf(stored)) {
      const { quota } = this.#known.key(name);
      quota?.rest(restsAt + sinceMs);
      for (const [unit, history] of Object.entries(units)) {
        const begun = history.map(([at, amount]) => [at + sinceMs, amount] as const);
        quota?.buckets.get(unit)?.restore(begun, nowMs);
      }
    }
  }

  /** Stores what has changed and was not stored yet. */
  keep(): void {
    if (!this.#isArmed) return;
    this.#isArmed = false;
    const { clock, store } = this.#parts;
    store.append([{ type: "snapshot", actor, snapshot: this.#rows(clock.nowMs()) }]);
  }

  #rows(nowMs: number): Readonly<Record<string, Row>> {
    const rows: Record<string, Row> = {};
    const startedAt = this.#parts.clock.wallMs() - nowMs;
    let count = 0;
    for (const { name, quota } of this.#known.keys.values()) {
      if (quota === null || quota.isEmpty(nowMs)) continue;
      if (++count > keysMax) break;
      const units = [...quota.buckets].map(([unit, bucket]) =>
        [
          unit,
          bucket.history(nowMs).map(([ms, amount]) => [startedAt + ms, amount] as const),
        ] as const
      );
      rows[name] = {
        restsAt: Math.max(0, startedAt + quota.restsUntilMs),
        units: Object.fromEntries(units),
      };
    }
    return rows;
  }
}

/** What can be used of what another version may have stored. */
function rowsOf(stored: unknown): readonly (readonly [string, Row])[] {
  if (!isObject(stored)) return [];
  return Object.entries(stored).flatMap(([name, row]) => {
    if (!isObject(row) || !isObject(row["units"])) return [];
    const units = Object.entries(row["units"]).map(([unit, history]) =>
      [unit, Array.isArray(history) ? history.filter(isTaking) : []] as const
    );
    const restsAt = Number.isFinite(row["restsAt"]) ? row["restsAt"] as number : 0;
    return [[name, { restsAt, units: Object.fromEntries(units) }]];
  });
}

const isTaking = (taking: unknown): boolean =>
  Array.isArray(taking) && taking.length === 2 && taking.every(Number.isFinite);
