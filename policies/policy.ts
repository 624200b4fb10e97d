/**
 * The contract of a scaling policy: a pure step from a reading to a proposal.
 *
 * @module
 */
import type { z } from "zod/mini";
import type { Proposal } from "../messages/decision.ts";
import type { Reading } from "../messages/signals.ts";

/**
 * A policy sees only what it is handed. Time arrives in the reading, what it must remember is
 * returned and handed back, chance is not available.
 *
 * @typeParam O options, parsed by `options`
 * @typeParam M memory carried from one step to the next; plain data
 */
export interface ScalingPolicy<O = unknown, M = unknown> {
  /** Unique; the word for it in a configuration. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /** Schema of the options, every one with a default; of any build of Zod 4. */
  readonly options: z.core.$ZodType<O>;
  /** Whether it looks for a size or a limit by itself, by trying; then it can be frozen. Default: it does not. */
  readonly tunes?: boolean;
  /** Time between steps, ms. */
  readonly everyMs: (options: O) => number;
  /** The memory before the first step. */
  start(options: O): M;
  /** What to propose for a reading, and what to remember. */
  step(memory: M, reading: Reading, options: O): readonly [Proposal, M];
  /** What of its memory outlives the process, plain data; written when it changes. Default: nothing. */
  keep?(memory: M): unknown;
  /** The memory to go on with from what an earlier process kept; null where that is of no use. */
  resume?(kept: unknown, moment: Moment, options: O): M | null;
}

/** When a policy goes on from what an earlier process kept. */
export interface Moment {
  /** Monotonic, ms. */
  readonly nowMs: number;
  /** By how much a monotonic instant of that process has to be moved to be one of this, ms. */
  readonly shiftMs: number;
}

/** Declares a policy; exists so that `O` and `M` are inferred. */
export function scalingPolicy<O, M>(policy: ScalingPolicy<O, M>): ScalingPolicy<O, M> {
  return policy;
}
