/**
 * Series to try detectors on, the same for the same seed.
 *
 * @module
 */
import { mulberry } from "./chance.ts";

/** Numbers of a normal distribution with mean 0 and deviation 1 (Box-Muller). */
export function normal(seed: number): () => number {
  const unit = mulberry(seed);
  return () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
}

/** Counts of a Poisson process with `mean` a tick (Knuth's way, in parts). */
export function poisson(seed: number, mean: number): () => number {
  const unit = mulberry(seed);
  return () => {
    let count = 0;
    for (let left = mean; left > 0; left -= 30) {
      const least = Math.exp(-Math.min(30, left));
      for (let product = unit(); product > least; product *= unit()) count++;
    }
    return count;
  };
}

/** `length` values by their number. */
export const series = <T>(length: number, value: (i: number) => T): T[] =>
  Array.from({ length }, (_, i) => value(i));

/** A wave of `period` values about 0, 1 high. */
export const wave = (i: number, period: number): number => Math.sin(2 * Math.PI * i / period);

/** Noise in which each value keeps a share `rho` of the one before; of rho 1, a random walk. */
export function red(seed: number, rho: number): () => number {
  const chance = normal(seed);
  let value = chance();
  const fresh = rho < 1 ? Math.sqrt(1 - rho * rho) : 1;
  return () => value = rho * value + fresh * chance();
}
