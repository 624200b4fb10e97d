/**
 * How long the first jobs of each operation took: what later ones are compared with. Whole slots of
 * ten seconds are taken until there are enough jobs, then nothing changes it any more.
 *
 * @module
 */
import {
  createHistogram,
  type Histogram,
  merge,
  mergePacked,
  packHistogram,
} from "../../policies/estimators/histogram.ts";
import { isObject } from "../is_object.ts";
import { other } from "./cells.ts";

/** Jobs that it is made of, at least. */
const jobsMin = 200;
/** Operations that have one. */
const operationsMax = 64;

/** The first jobs of an operation. */
export interface Baseline {
  readonly durationMs: Histogram;
  /** End of the last slot it was made of, epoch ms; null: it is not complete. */
  untilAt: number | null;
}

/** The first jobs of all operations. */
export class Baselines {
  readonly #all = new Map<string, Baseline>();
  /** Something was learned that is not stored yet. */
  #news = false;

  /** By operation. */
  get all(): ReadonlyMap<string, Baseline> {
    return this.#all;
  }

  /** Jobs of an operation took so long, in a slot that ends at `untilAt`. */
  learn(operation: string, durationMs: Histogram, untilAt: number): void {
    if (durationMs.count === 0 || operation === other) return;
    let baseline = this.#all.get(operation);
    if (!baseline) {
      if (this.#all.size >= operationsMax) return;
      this.#all.set(operation, baseline = { durationMs: createHistogram(), untilAt: null });
    }
    // Other classes and projects of the operation have the same slot.
    if (baseline.untilAt !== null && baseline.untilAt !== untilAt) return;
    merge(baseline.durationMs, durationMs);
    if (baseline.durationMs.count >= jobsMin) baseline.untilAt = untilAt;
    this.#news = true;
  }

  /** What is to be stored; null when that is stored already. */
  snapshot(): unknown {
    if (!this.#news) return null;
    this.#news = false;
    return Object.fromEntries(
      this.#all.entries().map(([name, { durationMs, untilAt }]) =>
        [name, { untilAt, durationMs: packHistogram(durationMs) }] as const
      ),
    );
  }

  /** Takes over what was stored; what is not ours is left out. */
  restore(snapshot: unknown): void {
    if (!isObject(snapshot)) return;
    for (const [name, row] of Object.entries(snapshot).slice(0, operationsMax)) {
      if (!isObject(row)) continue;
      const { untilAt, durationMs: packed } = row;
      const durationMs = createHistogram();
      mergePacked(durationMs, packed);
      if (durationMs.count === 0) continue;
      this.#all.set(name, { durationMs, untilAt: typeof untilAt === "number" ? untilAt : null });
    }
  }
}
