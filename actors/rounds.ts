/**
 * What is looked at once a second beside the host: workers, their threads and their age.
 *
 * @module
 */
import type { Meters } from "./limits/account.ts";
import { loop } from "./loop.ts";
import type { Clock } from "./ports.ts";
import type { Pool } from "./pool.ts";
import type { Vigil } from "./vigil.ts";
import type { Violations } from "./violations.ts";

/** Who looks, and at whose workers. */
export interface Rounds {
  readonly vigil: Vigil;
  readonly violations: Violations;
  readonly meters: Meters;
  readonly estates: ReadonlyMap<string, { readonly pool: Pool }>;
}

/** Time between two rounds, ms. */
const everyMs = 1_000;

/** Goes the rounds. */
export const rounds = (clock: Clock, { vigil, violations, meters, estates }: Rounds) =>
  loop(clock, ({ every }) =>
    every(everyMs, () => {
      for (const link of vigil.look()) violations.threaded(link);
      for (const { pool } of estates.values()) {
        for (const link of pool.links) meters.solo.look(link);
        pool.recycler.look(pool.links);
      }
    }));
