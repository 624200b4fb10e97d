/**
 * Metrics of others: what a program that embeds Flyball knows and Flyball should tell and heed.
 *
 * @module
 */

/** A metric that is registered: what it is called and when its value is too old. */
export interface MetricSpec {
  /** Small letters, digits and underscores, as `kafka_lag`; 1..64 characters. */
  readonly name: string;
  /** One sentence for people. */
  readonly help: string;
  /** What it counts, as `messages`, `seconds`, `bytes` or `ratio`: ends the exported name. */
  readonly unit: string;
  /** A value that goes up and down, or a sum that only grows. Default `gauge`. */
  readonly type?: "gauge" | "counter";
  /** Age from which a value is not believed, ms: 1,000 to a day. */
  readonly staleMs: number;
  /** Tells several metrics of one name apart; at most 4, the same names for all. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A registered gauge. */
export interface Gauge {
  /** The name under which policies read it, and `/metrics` shows it: with its unit and labels. */
  readonly key: string;
  /** Says what the value is now. Throws Refusal `invalid_value` where it is no finite number. */
  set(value: number): void;
  /** Forgets the metric. */
  remove(): void;
}

/** A registered sum. */
export interface Counter {
  /** The name under which policies read it, and `/metrics` shows it: with its unit and labels. */
  readonly key: string;
  /** Adds to it. Throws Refusal `invalid_value` where it is no finite number >= 0. */
  add(value: number): void;
  /** Forgets the metric. */
  remove(): void;
}

/** Where metrics of others are registered. */
export interface MetricRegistry {
  /**
   * Registers a metric. Throws Refusal `invalid_metric` where it is none, `metric_exists` where there
   * is one of this name and these labels, `too_many_metrics` beyond 256.
   */
  register(spec: MetricSpec & { readonly type: "counter" }): Counter;
  /** Registers a value that may rise and fall. */
  register(spec: MetricSpec & { readonly type?: "gauge" }): Gauge;
}
