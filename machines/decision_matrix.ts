/**
 * The decision matrix for people and programs: what may be done with a pool's size in each state of
 * the scaling machine, and who objects.
 *
 * @module
 */
import { matrix, type ScalingValue } from "./may.ts";

/** What may be done with the size in one state. */
export interface MatrixRow extends ScalingValue {
  /** Exactly one: what a proposal may do there. */
  readonly action: "adopt" | "grow" | "shrink" | "hold";
  /** Who objects: `breaker open, senses blind`; `nothing objects` where all is allowed. */
  readonly because: string;
}

/** A row for each state that the regions can be in together. */
export function decisionMatrix(): readonly MatrixRow[] {
  return matrix().map(({ value, grow, shrink, because }) => ({
    ...value,
    action: grow && shrink ? "adopt" : grow ? "grow" : shrink ? "shrink" : "hold",
    because,
  }));
}
