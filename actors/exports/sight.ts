/**
 * What exports are made of.
 *
 * @module
 */
import type { OperationsPage } from "../../messages/series.ts";
import type { Status } from "../../messages/status.ts";
import type { Histogram } from "../../policies/estimators/histogram.ts";
import type { Tally } from "../series/tally.ts";

/** Everything that there is to be told of at a moment. */
export interface Sight {
  readonly status: Status;
  /** By operation, since the start. */
  readonly totals: ReadonlyMap<string, Tally>;
  /** Of the API, by route, since the start. */
  readonly answers: ReadonlyMap<string, Histogram>;
  /** By operation, of the last minute. */
  readonly minute: OperationsPage;
  /** From spawn to ready, by what workers run. */
  readonly starts: readonly (readonly [kind: string, Histogram])[];
  /** Decisions of this start of the service, by pool. */
  readonly decisions: ReadonlyMap<string, number>;
  /** Breakers by state. */
  readonly breakers: Readonly<Record<"closed" | "open" | "halfOpen", number>>;
}
