/**
 * Keys that are asked for one after another, as caches meet them.
 *
 * @module
 */
import { SeededRandom } from "../../simulation/random.ts";

/** One ask. */
export interface Ask {
  readonly key: string;
  readonly bytes: number;
}

/** A series of asks, and the room that a cache has for them. */
export interface CacheTrace {
  readonly name: string;
  readonly help: string;
  readonly bytesMax: number;
  readonly asks: readonly Ask[];
}

/** Asks of a trace. */
const asks = 20_000;
/** Keys that are asked for again, of which a cache has room for a tenth. */
const keys = 2_000;
const bytes = 1_000;
const bytesMax = keys * bytes / 10;

/** All of them; the same each time. */
export function cacheTraces(): readonly CacheTrace[] {
  return [zipf(), scan(), shift(), loop(), sizes()];
}

function zipf(): CacheTrace {
  const rank = ranks(1);
  return trace("zipf", "some keys are popular, and stay so", () => ({ key: `k${rank()}`, bytes }));
}

function scan(): CacheTrace {
  const rank = ranks(2);
  // Every other thousand, of which a half is asked for once and never again.
  return trace("scan", "the same, with sweeps over keys that nobody asks for again", (i) => {
    const isSwept = i % 2_000 >= 1_000 && i % 2 === 0;
    return { key: isSwept ? `once${i}` : `k${rank()}`, bytes };
  });
}

function shift(): CacheTrace {
  const rank = ranks(3);
  return trace("shift", "others are popular every 4,000 asks", (i) => {
    const from = Math.floor(i / 4_000) * keys / 2;
    return { key: `k${from + rank()}`, bytes };
  });
}

function loop(): CacheTrace {
  const rank = ranks(4);
  const round = 300;
  return trace("loop", "half of the asks go round over more keys than there is room for", (i) => ({
    key: i % 2 === 0 ? `round${i / 2 % round}` : `k${rank()}`,
    bytes,
  }));
}

function sizes(): CacheTrace {
  const rank = ranks(5);
  const random = new SeededRandom(6);
  const sizeOf = Array.from({ length: keys }, () => Math.round(100 * 100 ** random.unit()));
  return trace("sizes", "some are popular, and a key has 100 B to 10 KB", () => {
    const key = rank();
    return { key: `k${key}`, bytes: sizeOf[key]! };
  });
}

const trace = (name: string, help: string, ask: (i: number) => Ask): CacheTrace => ({
  name,
  help,
  bytesMax,
  asks: Array.from({ length: asks }, (_, i) => ask(i)),
});

/** Numbers of keys of which the nth is asked for in proportion to 1/n. */
function ranks(seed: number): () => number {
  const random = new SeededRandom(seed);
  const sums: number[] = [];
  let sum = 0;
  for (let n = 1; n <= keys; n++) sums.push(sum += 1 / n);
  return () => {
    const at = random.unit() * sum;
    let [low, high] = [0, keys - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
