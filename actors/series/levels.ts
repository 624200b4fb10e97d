/**
 * What is looked at once a second, in one slot of time: its least, mean and greatest, and its
 * distribution.
 *
 * @module
 */
import {
  createHistogram,
  type Histogram,
  merge,
  mergePacked,
  packHistogram,
  quantile,
  record,
} from "../../policies/estimators/histogram.ts";

/** Values that are kept as they are: those of a minute. Of more a quantile is within 1.6 %. */
const samplesMax = 60;
/** A histogram takes 0.001 to 1e9: of bytes as MiB, of ratios as they are. */
const scaleOf = (name: string): number => /Bytes(PerS)?$/.test(name) ? 2 ** -20 : 1;

/** One measure. */
export class Level {
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;
  /** Null: there were too many. */
  samples: number[] | null = [];
  readonly histogram: Histogram = createHistogram();
  readonly #scale: number;

  /** Without values, in the unit that ends `name`. */
  constructor(name: string) {
    this.#scale = scaleOf(name);
  }

  /** Takes a value. */
  note(value: number): void {
    this.count++;
    this.sum += value;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    record(this.histogram, value * this.#scale);
    this.#keep([value]);
  }

  /** What 95 % of the values don't exceed. */
  get p95(): number {
    return this.quantile(0.95)!;
  }

  /** What a share `q` of the values don't exceed; null without values. */
  quantile(q: number): number | null {
    if (this.count === 0) return null;
    if (this.samples !== null) {
      const sorted = Float64Array.from(this.samples).sort();
      return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
    }
    return Math.max(this.min, Math.min(this.max, quantile(this.histogram, q)! / this.#scale));
  }

  /** Adds the values of another slot. */
  add({ count, sum, min, max, samples, histogram }: Level): void {
    this.count += count;
    this.sum += sum;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    merge(this.histogram, histogram);
    this.#keep(samples);
  }

  /** As JSON. */
  pack(): unknown {
    const { count, sum, min, max, samples, histogram } = this;
    return samples === null ? [count, sum, min, max, packHistogram(histogram)] : samples;
  }

  /** Adds what was packed; what is none is left out. */
  addPacked(packed: unknown): void {
    if (!Array.isArray(packed)) return;
    const [count, sum, min, max, histogram] = packed as unknown[];
    if (!Array.isArray(histogram)) {
      for (const value of packed) if (typeof value === "number") this.note(value);
      return;
    }
    if (![count, sum, min, max].every((number) => typeof number === "number")) return;
    this.count += count as number;
    this.sum += sum as number;
    this.min = Math.min(this.min, min as number);
    this.max = Math.max(this.max, max as number);
    mergePacked(this.histogram, histogram);
    this.samples = null;
  }

  #keep(samples: readonly number[] | null): void {
    const fits = this.samples !== null && samples !== null &&
      this.samples.length + samples.length <= samplesMax;
    if (fits) this.samples!.push(...samples!);
    else this.samples = null;
  }
}

/** All measures by name. */
export class Levels {
  readonly byName = new Map<string, Level>();

  /** Nothing was looked at. */
  get isEmpty(): boolean {
    return this.byName.size === 0;
  }

  /** The measure of a name. */
  of(name: string): Level {
    let level = this.byName.get(name);
    if (!level) this.byName.set(name, level = new Level(name));
    return level;
  }

  /** Adds those of another slot. */
  add(other: Levels): void {
    for (const [name, level] of other.byName) this.of(name).add(level);
  }

  /** As JSON. */
  pack(): unknown {
    return Object.fromEntries(this.byName.entries().map(([name, level]) => [name, level.pack()]));
  }

  /** Adds what was packed; what is none is left out. */
  addPacked(packed: unknown): void {
    if (typeof packed !== "object" || packed === null) return;
    for (const [name, level] of Object.entries(packed)) this.of(name).addPacked(level);
  }
}
