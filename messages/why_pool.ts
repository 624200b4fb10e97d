/**
 * Why a pool has the size it has.
 *
 * @module
 */
import type { Decision } from "./decision.ts";

/** One who has a say in the size of a pool. */
export interface Voice {
  /** `governor`, `bounds`, `operator`, `breaker`, `starts`, … */
  readonly name: string;
  /** `proposes`: a policy. `allows`: a constraint. `forbids`: the scaling machine, or the operator. */
  readonly does: "proposes" | "allows" | "forbids" | "says nothing";
  /** One clause for people. */
  readonly because: string;
}

/** Why a pool has its size. */
export interface WhyPool {
  /** Name of the pool. */
  readonly pool: string;
  /** Workers that are ready. */
  readonly ready: number;
  /** Workers that are being started. */
  readonly starting: number;
  /** Workers that it has at least. */
  readonly floor: number;
  /** Workers that it may have at most. */
  readonly cap: number;
  /** One or two sentences for people: how many, why, and what came of the last change. */
  readonly because: string;
  /** Everybody who is asked, with what they say now. */
  readonly voices: readonly Voice[];
  /** The decision in force; null: none was taken by this start of the service. */
  readonly decision: Decision | null;
  /** The latest decisions of this start, at most 5, newest last. */
  readonly recent: readonly Decision[];
  /** The last change of the size; null: there was none. */
  readonly lastResize: {
    /** ISO 8601. */
    readonly at: string;
    readonly from: number;
    readonly to: number;
    readonly because: string;
    readonly decision: number;
  } | null;
}
