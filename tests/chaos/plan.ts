/**
 * From a seed to what happens: pure, so that a seed tells it again.
 *
 * @module
 */
import type { Random } from "../../actors/ports.ts";
import { SeededRandom } from "../../simulation/random.ts";

/** One stroke, or two at once. */
export interface Round {
  /** Quiet before it, ms. */
  readonly pauseMs: number;
  readonly strokes: readonly Stroke[];
}

/** A fault and the chance by which it chooses its victims. */
export interface Stroke {
  readonly name: string;
  readonly seed: number;
}

/** What {@link plan} draws from. */
export interface PlanOptions {
  readonly names: readonly string[];
  /** Those that may strike while another one does. */
  readonly companions: readonly string[];
  readonly pauseMs: readonly [least: number, most: number];
}

/** One round in so many has a second stroke. */
const pairEvery = 3;

/** Rounds without end. Every name comes once before any comes again. */
export function* plan(seed: number, { names, companions, pauseMs }: PlanOptions): Generator<Round> {
  const random = new SeededRandom(seed);
  const stroke = (name: string): Stroke => ({ name, seed: Math.floor(random.unit() * 2 ** 32) });
  for (;;) {
    for (const name of shuffled(names, random)) {
      const [least, most] = pauseMs;
      const pause = least + random.unit() * (most - least);
      const other = pick(companions.filter((companion) => companion !== name), random);
      const paired = random.unit() < 1 / pairEvery && other !== undefined;
      const strokes = [stroke(name), ...(paired ? [stroke(other)] : [])];
      yield { pauseMs: Math.round(pause), strokes };
    }
  }
}

/** One of them, undefined when there is none. */
export const pick = <T>(items: readonly T[], random: Random): T | undefined =>
  items[Math.floor(random.unit() * items.length)];

/** A number from `least` to `most`. */
export const between = (least: number, most: number, random: Random): number =>
  least + random.unit() * (most - least);

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random.unit() * left.length), 1)[0]!);
}
