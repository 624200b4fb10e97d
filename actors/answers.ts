/**
 * How long the API takes to answer, by route.
 *
 * @module
 */
import type { ApiSight } from "../messages/diagnosis.ts";
import {
  createHistogram,
  type Histogram,
  merge,
  quantile,
  record,
} from "../policies/estimators/histogram.ts";
import type { Clock } from "./ports.ts";

/** What is shown of the last minute is counted in parts of this length, ms. */
const partMs = 10_000;
const parts = 6;
/** Routes that are told apart: more than there are. */
const routesMax = 128;

/** The answers of one part of a minute. */
interface Part {
  readonly number: number;
  /** By route. */
  readonly took: Map<string, Histogram>;
}

/** All answers. */
export class Answers {
  /** Since the start, by route. */
  readonly totals = new Map<string, Histogram>();
  #parts: Part[] = [];
  readonly #clock: Pick<Clock, "nowMs">;

  /** None yet. */
  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** An answer of `route` took so long. */
  took(route: string, ms: number): void {
    if (!this.totals.has(route) && this.totals.size >= routesMax) return;
    record(histogramOf(this.totals, route), ms);
    const number = this.#number;
    let part = this.#parts.at(-1);
    if (part?.number !== number) {
      this.#parts = this.#parts.filter(({ number: other }) => other > number - parts);
      this.#parts.push(part = { number, took: new Map() });
    }
    record(histogramOf(part.took, route), ms);
  }

  /** The last minute; null where nobody has asked for anything. */
  get lately(): ApiSight | null {
    const recent = this.#parts.filter(({ number }) => number > this.#number - parts);
    const all = createHistogram();
    const byRoute = new Map<string, Histogram>();
    for (const { took } of recent) {
      for (const [route, histogram] of took) {
        merge(all, histogram);
        merge(histogramOf(byRoute, route), histogram);
      }
    }
    if (all.count === 0) return null;
    // The one that makes most of what is waited for.
    const [[route, slowest]] = [...byRoute].toSorted(([, one], [, other]) =>
      other.sum - one.sum
    ) as [
      [string, Histogram],
    ];
    return {
      requests: all.count,
      p95Ms: quantile(all, .95)!,
      slowest: { route, requests: slowest.count, meanMs: slowest.sum / slowest.count },
    };
  }

  get #number(): number {
    return Math.floor(this.#clock.nowMs() / partMs);
  }
}

function histogramOf(all: Map<string, Histogram>, route: string): Histogram {
  let histogram = all.get(route);
  if (!histogram) all.set(route, histogram = createHistogram());
  return histogram;
}
