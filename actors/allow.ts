/**
 * Other numbers of jobs in the workers of a pool.
 *
 * @module
 */
import type { Pool } from "./pool.ts";
import type { SlotsMax } from "./roster.ts";

/** So many jobs may lie in one worker of `pool` from now on; those that lie there stay. */
export function allow(pool: Pool, slots: SlotsMax): void {
  pool.options = { ...pool.options, slots };
  pool.roster.allow(slots);
  pool.adopt(pool.decision, pool.envelope);
}
