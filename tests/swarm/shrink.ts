/**
 * Finds the smallest run that still goes wrong in the same way.
 *
 * @module
 */
import type { Play, Played, PlayOptions } from "./play.ts";
import type { Fault } from "./weather.ts";

/** What is left of a run that went wrong. */
export interface Shrunk {
  /** Kinds of faults that it can do without. */
  readonly without: ReadonlySet<Fault>;
  /** Things asked for that it needs: the first ones. */
  readonly deedsMax: number;
  readonly played: Played;
}

/** Leaves out kinds of faults besides those of `left` one by one, then what was asked for last. */
export async function shrink(
  first: Played,
  left: ReadonlySet<Fault>,
  play: Play,
): Promise<Shrunk> {
  const { seed, breach } = first;
  const { kind } = breach!;
  let best: Shrunk = { without: left, deedsMax: first.deeds, played: first };
  const tries = async (part: Partial<Pick<PlayOptions, "without" | "deedsMax">>) => {
    const { without, deedsMax } = { ...best, ...part };
    const played = await play({ seed, without, deedsMax });
    if (played.breach?.kind !== kind) return false;
    best = { without, deedsMax: Math.min(deedsMax, played.deeds), played };
    return true;
  };
  for (const fault of first.on) await tries({ without: new Set([...best.without, fault]) });
  let enough = best.deedsMax;
  for (let least = 0; least < enough;) {
    const deedsMax = (least + enough) >> 1;
    if (await tries({ deedsMax })) enough = deedsMax;
    else least = deedsMax + 1;
  }
  return best;
}
