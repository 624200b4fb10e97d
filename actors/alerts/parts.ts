/**
 * What alerts are told by, and what they tell.
 *
 * @module
 */
import type { ControlFact, Stamped } from "../../messages/facts.ts";
import type { Sight } from "../../policies/alerts/sight.ts";
import type { Clock, Random, Store } from "../ports.ts";
import type { Supervisor } from "../supervisor.ts";
import type { SinkConfig } from "./config.ts";
import type { ResizedFact } from "./note.ts";
import type { Sink } from "./sinks/sink.ts";

/** What the actor works with. */
export interface AlertParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Pick<Store, "append" | "committedLsn">;
  readonly supervisor: Pick<Supervisor, "keep" | "under">;
  /** Looks at everything. */
  sight(): Sight;
  note(fact: ControlFact): void;
  /** Changes of size from now on, until `signal` is aborted. */
  resizes(signal: AbortSignal): AsyncIterable<Stamped<ResizedFact>>;
  /** Makes a sink; rejects with Refusal where that can't be. */
  open(config: SinkConfig): Promise<Sink>;
}
