/**
 * What can go wrong.
 *
 * @module
 */
import type { Random } from "../../actors/ports.ts";
import type { World } from "./world.ts";

/** One way in which the world can be unkind, and how it is kind again. */
export interface Fault {
  readonly name: string;
  /** Time after its end in which a new job has to be done, ms. */
  readonly withinMs: number;
  /** True where that time counts from its begin. */
  readonly atOnce?: true;
  /** True where the door may be silent while it lasts. */
  readonly shuts?: true;
  /** True where it may strike while another one does. */
  readonly companion?: true;
  /** Why it can't be done here, null where it can. */
  missing?(world: World): string | null;
  /** Does it, and takes it back. Returns what it has to complain of, null when all was well. */
  strike(world: World, random: Random): Promise<string | null>;
}
