/**
 * What is exported, whatever the format: families of samples with the same name.
 *
 * @module
 */
import type { Histogram } from "../../policies/estimators/histogram.ts";

/** What tells samples of a family apart. */
export type Labels = Readonly<Record<string, string>>;

/** One number and what it is about; null: unknown, so left out. */
export type Sample = readonly [Labels, number | null];

/** One distribution of ms and what it is about. */
export type Distribution = readonly [Labels, Histogram];

/** Samples of one name. */
export type Family =
  & {
    /** As Prometheus wants it: words and underscores, the unit last, then `total`. */
    readonly name: string;
    /** One sentence for people. */
    readonly help: string;
  }
  & (
    | { readonly type: "gauge" | "counter"; readonly samples: readonly Sample[] }
    | { readonly type: "histogram"; readonly samples: readonly Distribution[] }
  );

/** Numbers that go up and down. */
export const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  ...{ name, help, samples },
  type: "gauge",
});

/** Numbers that only grow while the service lives. */
export const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
  ...{ name, help, samples },
  type: "counter",
});

/** Distributions of times, which are exported in seconds. */
export const histogram = (
  name: string,
  help: string,
  samples: readonly Distribution[],
): Family => ({ ...{ name, help, samples }, type: "histogram" });
