/**
 * Each start of the service in a data directory has a number, its epoch, and numbers of its own for
 * facts and decisions.
 *
 * @module
 */

/** Sequence numbers of one epoch. */
const factsMax = 2 ** 32;
/** Decisions of one epoch. */
const decisionsMax = 1_000_000;

/** The number before the first fact of an epoch. */
export const beforeFacts = (epoch: number): number => (epoch - 1) * factsMax;

/** Whether a fact is one of an epoch. */
export const isOf = (epoch: number, seq: number): boolean => Math.ceil(seq / factsMax) === epoch;

/** Id of the first decision of an epoch. */
export const firstDecision = (epoch: number): number => (epoch - 1) * decisionsMax + 1;

/** The epoch in which a decision was taken. */
export const epochOf = (decision: number): number => Math.ceil(decision / decisionsMax);
