/**
 * Metrics of others: kept with their age, told to policies and exports while they are fresh.
 *
 * @module
 */
import type { ControlFact } from "../../messages/facts.ts";
import type { MetricRegistry, MetricSpec } from "../../messages/metric.ts";
import type { Clock } from "../ports.ts";
import { Refusal } from "../refusal.ts";
import { type CheckedMetric, parseMetric } from "./parse_metric.ts";

/** Metrics of others at once. */
const metricsMax = 256;

/** One metric. */
export interface PluggedMetric {
  readonly spec: CheckedMetric;
  /** Null: no value yet. */
  value: number | null;
  /** When the value was said, or the metric registered, monotonic ms. */
  saidMs: number;
  isStale: boolean;
}

/** All metrics of others. */
export class Plugged {
  readonly #clock: Clock;
  readonly #note: (fact: ControlFact) => void;
  readonly #byKey = new Map<string, PluggedMetric>();

  /** None; `note` is told which become stale and which are back. */
  constructor(clock: Clock, note: (fact: ControlFact) => void) {
    this.#clock = clock;
    this.#note = note;
  }

  /** Takes another one. */
  register = ((given: MetricSpec) => {
    const spec = parseMetric(given, [...this.#byKey.values()].map(({ spec }) => spec));
    if (this.#byKey.size >= metricsMax) {
      const message = `There are ${metricsMax} metrics: no more can be registered`;
      throw new Refusal("too_many_metrics", message);
    }
    const saidMs = this.#clock.nowMs();
    const metric: PluggedMetric = { spec, value: null, saidMs, isStale: false };
    this.#byKey.set(spec.key, metric);
    const say = (value: number, isSum: boolean) => {
      if (!Number.isFinite(value) || (isSum && value < 0)) throw invalid(spec.key, value, isSum);
      metric.value = isSum ? (metric.value ?? 0) + value : value;
      metric.saidMs = this.#clock.nowMs();
      this.#look(metric, metric.saidMs);
    };
    const grip = {
      key: spec.key,
      remove: () => {
        if (this.#byKey.get(spec.key) === metric) this.#byKey.delete(spec.key);
      },
    };
    return spec.type === "counter"
      ? { ...grip, add: (value: number) => say(value, true) }
      : { ...grip, set: (value: number) => say(value, false) };
  }) as MetricRegistry["register"];

  /** What policies see: each by its key, null where it is unknown; undefined where there are none. */
  reading(): Readonly<Record<string, number | null>> | undefined {
    if (this.#byKey.size === 0) return undefined;
    const found: Record<string, number | null> = {};
    for (const { spec, value, isStale } of this.look()) found[spec.key] = isStale ? null : value;
    return found;
  }

  /** All, with what is stale found out. */
  look(): readonly PluggedMetric[] {
    const nowMs = this.#clock.nowMs();
    const all = [...this.#byKey.values()];
    for (const metric of all) this.#look(metric, nowMs);
    return all;
  }

  #look(metric: PluggedMetric, nowMs: number): void {
    const { spec: { key, staleMs }, saidMs } = metric;
    const isStale = nowMs - saidMs > staleMs;
    if (isStale === metric.isStale) return;
    metric.isStale = isStale;
    const message = isStale
      ? `${key} has had no value for ${staleMs} ms: it is left out until it has one`
      : `${key} has a value again`;
    const [level, code] = isStale
      ? ["warning", "metric_stale"] as const
      : ["info", "metric_back"] as const;
    this.#note({ type: "alert", level, code, message });
  }
}

function invalid(key: string, value: unknown, isSum: boolean): Refusal {
  const expected = isSum ? "a finite number >= 0" : "a finite number";
  const given = String(value).slice(0, 80);
  const message = `The value of ${key} must be ${expected}, given ${given}`;
  return new Refusal("invalid_value", message, [{ pointer: "", message, expected, given }]);
}
