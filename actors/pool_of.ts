/**
 * Which pool something belongs to.
 *
 * @module
 */
import type { Grant } from "./ports.ts";

/** The pool of all that name none; it is always there. */
export const usualPool = "default";

/** The id of an actor that each pool has one of: that of the usual pool needs no second word. */
export const idIn = (pool: string, role: string): string =>
  pool === usualPool ? role : `${role}.${pool}`;

/** Name of the pool of a grant. */
export const poolOf = ({ pool = usualPool }: Pick<Grant, "pool">): string => pool;
