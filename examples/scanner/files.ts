/**
 * Makes the tree of files that the scanner reads.
 *
 * @module
 */

/** A tree of files in a temporary folder; disposing removes it. */
export interface FileTree extends Disposable {
  readonly root: string;
  readonly paths: readonly string[];
  /** Sum of all sizes. */
  readonly bytes: number;
}

/** Files in one folder. */
const perFolder = 100;
/** Sizes are 2^x: half of them from 256 B to 4 KiB, the other half from there to 16 KiB. */
const exponents = { low: 8, median: 12, high: 14 };

/** Writes `count` files; the same `seed` gives the same sizes and the same bytes. */
export function makeFiles(count: number, seed = 7): FileTree {
  const root = Deno.makeTempDirSync({ prefix: "flyball-scan-" });
  const next = xorshift32(seed);
  const words = new Uint32Array(2 ** exponents.high / 4);
  const content = new Uint8Array(words.buffer);
  const paths: string[] = [];
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const folder = `${root}/${String(Math.floor(i / perFolder)).padStart(3, "0")}`;
    if (i % perFolder === 0) Deno.mkdirSync(folder);
    const size = sizeOf(next() / 2 ** 32);
    for (let word = 0; word * 4 < size; word++) words[word] = next();
    const path = `${folder}/${String(i).padStart(5, "0")}.bin`;
    Deno.writeFileSync(path, content.subarray(0, size));
    paths.push(path);
    bytes += size;
  }
  return { root, paths, bytes, [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }) };
}

function sizeOf(unit: number): number {
  const { low, median, high } = exponents;
  const exponent = unit < 0.5
    ? low + 2 * unit * (median - low)
    : median + (2 * unit - 1) * (high - median);
  return Math.floor(2 ** exponent);
}

/** Marsaglia's generator: 32 bits a call, never 0, enough for file contents. */
function xorshift32(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>>= 0;
  };
}
