/**
 * All constraints. To add one, write its file and add it here.
 *
 * @module
 */
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";
import { choice, listed, optionsOf } from "../choice.ts";
import { bounds } from "./bounds.ts";
import { cost } from "./cost.ts";
import type { Constraint } from "./constraint.ts";
import { emergency } from "./emergency.ts";
import { gain } from "./gain.ts";
import { retries } from "./retries.ts";
import { reversals } from "./reversals.ts";
import { spares } from "./spares.ts";
import { swap } from "./swap.ts";
import { thermal } from "./thermal.ts";

/** The registry. */
export const constraints: readonly Constraint[] = [
  bounds,
  spares,
  cost,
  thermal,
  emergency,
  swap,
  gain,
  retries,
  reversals,
]
  .map((constraint) => constraint as unknown as Constraint);

/** Schema of a constraint in a configuration. */
export const constraintChoice = choice(constraints);

/** A constraint with its options bound. */
export interface Guard {
  /** Name of the constraint. */
  readonly name: string;
  /** What it is bound to, with defaults. */
  readonly options?: unknown;
  /** Whether it can be frozen. */
  readonly tunes?: boolean;
  /** What it allows now; null when it has nothing against anything. */
  constrain(reading: Reading): Proposal | null;
  /** What of its memory outlives the process; null: nothing. */
  readonly kept?: unknown;
  /** Goes on from what an earlier process kept, where it can. */
  resume?(kept: unknown): void;
  /** Why it can't object to anything, in words; null when it could. Default: it always could. */
  idle?(reading: Reading | null): string | null;
}

/** Binds the constraint called `name`; a RangeError or ZodError says what is wrong. */
export function bindConstraint(name: string, options: unknown = {}): Guard {
  const constraint = listed(constraints, name);
  const parsed = optionsOf(constraint, options);
  let memory = constraint.start?.();
  return {
    name,
    options: parsed,
    ...(constraint.tunes && { tunes: true }),
    constrain(reading) {
      memory = constraint.remember?.(memory, reading, parsed);
      return constraint.constrain(reading, parsed, memory);
    },
    get kept() {
      return constraint.keep?.(memory) ?? null;
    },
    resume: (kept) => void (memory = constraint.resume?.(kept) ?? memory),
    idle: (reading) => reading && (constraint.idle?.(reading, parsed) ?? null),
  };
}
