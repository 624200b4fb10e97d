/**
 * All victim policies. To add one, write its file and add it here.
 *
 * @module
 */
import { leastLost } from "./leastLost.ts";
import type { VictimPolicy } from "./victim.ts";

/** The registry, the default first. */
export const victimPolicies: readonly VictimPolicy[] = [leastLost];
