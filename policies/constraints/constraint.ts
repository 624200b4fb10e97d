/**
 * The contract of a constraint: it narrows what policies propose and can't be outvoted.
 *
 * @module
 */
import type { z } from "zod/mini";
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";

/**
 * A veto as a pure function of a reading and of what it remembers. Its floor raises, its limits lower;
 * the lowest cap of all constraints outranks every floor.
 *
 * @typeParam O options, parsed by `options`
 * @typeParam M memory carried from one reading to the next; plain data
 */
export interface Constraint<O = unknown, M = unknown> {
  /** Unique; the word for it in a configuration. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /** Schema of the options, every one with a default; of any build of Zod 4. */
  readonly options: z.core.$ZodType<O>;
  /** Whether it looks for a limit by itself, by trying; then it can be frozen. Default: it does not. */
  readonly tunes?: boolean;
  /** The memory before the first reading. Default: nothing is remembered. */
  start?(): M;
  /** What to remember of a reading. */
  remember?(memory: M, reading: Reading, options: O): M;
  /** What it allows now; null when it has nothing against anything. */
  constrain(reading: Reading, options: O, memory: M): Proposal | null;
  /** What of its memory outlives the process, plain data; written when it changes. Default: nothing. */
  keep?(memory: M): unknown;
  /** The memory to go on with from what an earlier process kept; null where that is of no use. */
  resume?(kept: unknown): M | null;
  /** Why it can't object to anything, in words; null when it could. */
  idle?(reading: Reading, options: O): string | null;
}

/** Declares a constraint; exists so that `O` and `M` are inferred. */
export function constraint<O, M>(declared: Constraint<O, M>): Constraint<O, M> {
  return declared;
}
