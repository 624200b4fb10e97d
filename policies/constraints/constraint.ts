/**
 * The contract of a constraint: it narrows what policies propose and can't be outvoted.
 *
 * @module
 */
import type { z } from "zod/mini";
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";

/**
 * A veto as a pure function of a reading. Its floor raises, its limits lower; the lowest cap of all
 * constraints outranks every floor.
 *
 * @typeParam O options, parsed by `options`
 */
export interface Constraint<O = unknown> {
  /** Unique; the word for it in a configuration. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /** Schema of the options, every one with a default; of any build of Zod 4. */
  readonly options: z.core.$ZodType<O>;
  /** What it allows now; null when it has nothing against anything. */
  constrain(reading: Reading, options: O): Proposal | null;
}

/** Declares a constraint; exists so that `O` is inferred. */
export function constraint<O>(declared: Constraint<O>): Constraint<O> {
  return declared;
}
