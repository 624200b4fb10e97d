/**
 * How the machines stood when a decision was taken.
 *
 * @module
 */
import type { Decision } from "./decision.ts";
import type { ControlFact, Stamped } from "./facts.ts";

/** Where a machine stood. */
export interface PastMachine {
  /** Its name among actors: `worker.2.7`. */
  readonly actor: string;
  /** Id of its statechart. */
  readonly machine: string;
  /** Value of the statechart; of workers the four states that they are announced in. */
  readonly value: unknown;
  /** What moved it there. */
  readonly event: string;
  /** Since when, epoch ms. */
  readonly at: number;
  /** Why, in words. */
  readonly because: string | null;
}

/** A moment of the past: the journal, replayed up to a decision. */
export interface Past {
  /** Place of the decision in the stream of facts. */
  readonly seq: number;
  /** When it was taken, epoch ms. */
  readonly at: number;
  /** The whole record. */
  readonly decision: Decision;
  /** Scaling, breakers, incidents and workers, as the facts before it tell. */
  readonly machines: readonly PastMachine[];
  /** What happened just before, the decision itself, and what came of it; oldest first. */
  readonly facts: readonly Stamped<ControlFact>[];
}
