/**
 * What a long run must keep to: pure.
 *
 * @module
 */
import { median } from "../../bench/statistics.ts";
import type { Knock, Sample } from "./watch.ts";

/** How steady a service was. */
export interface Steadiness {
  /** Share of the knocks that were answered in time, 0..1. */
  readonly availableRatio: number;
  /** Growth of its resident memory after the warm-up, bytes an hour; null where it is too short. */
  readonly rssBytesPerHour: number | null;
  /** The same over the run, bytes. */
  readonly rssRiseBytes: number | null;
  /** Open files more at the end than after the warm-up; null where it is too short. */
  readonly filesRise: number | null;
}

/** What is allowed. */
export interface SteadyBounds {
  readonly availableRatio: number;
  readonly rssBytesPerHour: number;
  /** A rise below this is noise in a run of any length. */
  readonly rssNoiseBytes: number;
  readonly files: number;
}

/** Share of the samples of a life that are its warm-up, */
const warmUpRatio = 1 / 3;
/** and the least that it is: until then the engine compiles and its heap finds its size, ms. */
const warmUpMs = 120_000;
/** Samples after the warm-up below which nothing can be said. */
const samplesLeast = 20;

/** Measures the longest life. */
export function steadinessOf(samples: readonly Sample[], knocks: readonly Knock[]): Steadiness {
  const answered = knocks.filter(({ tookMs }) => tookMs !== null).length;
  const availableRatio = knocks.length === 0 ? 0 : answered / knocks.length;
  const life = longest(samples);
  const warmAtMs = (life[0]?.atMs ?? 0) + warmUpMs;
  const warm = life.slice(Math.floor(life.length * warmUpRatio)).filter((s) => s.atMs > warmAtMs);
  if (warm.length < samplesLeast) {
    return { availableRatio, rssBytesPerHour: null, rssRiseBytes: null, filesRise: null };
  }
  const hours = (warm.at(-1)!.atMs - warm[0]!.atMs) / 3_600_000;
  const rise = slopePerHour(warm.map(({ atMs, rssBytes }) => [atMs / 3_600_000, rssBytes]));
  const tenth = Math.max(5, Math.floor(warm.length / 10));
  const files = (part: readonly Sample[]) => median(part.map(({ files }) => files));
  return {
    availableRatio,
    rssBytesPerHour: rise,
    rssRiseBytes: rise * hours,
    filesRise: files(warm.slice(-tenth)) - files(warm.slice(0, tenth)),
  };
}

/** A sentence for each bound that was not kept. */
export function unsteady(seen: Steadiness, bounds: SteadyBounds): string[] {
  const { availableRatio, rssBytesPerHour, rssRiseBytes, filesRise } = seen;
  const broken: string[] = [];
  if (availableRatio < bounds.availableRatio) {
    const [is, least] = [availableRatio, bounds.availableRatio].map((r) =>
      `${(r * 100).toFixed(3)} %`
    );
    broken.push(`available ${is} of the time, at least ${least}`);
  }
  if (
    rssBytesPerHour !== null && rssBytesPerHour > bounds.rssBytesPerHour &&
    rssRiseBytes! > bounds.rssNoiseBytes
  ) {
    const [is, most] = [rssBytesPerHour, bounds.rssBytesPerHour].map((b) => (b / 1e6).toFixed(1));
    broken.push(`memory grew by ${is} MB an hour, at most ${most}`);
  }
  if (filesRise !== null && filesRise > bounds.files) {
    broken.push(
      `${filesRise} open files more at the end than after the warm-up, at most ${bounds.files}`,
    );
  }
  return broken;
}

function longest(samples: readonly Sample[]): readonly Sample[] {
  const lives = Map.groupBy(samples, ({ life }) => life);
  return [...lives.values()].reduce((a, b) => b.length > a.length ? b : a, []);
}

/** Least squares. */
function slopePerHour(points: readonly (readonly [hours: number, value: number])[]): number {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [middle, level] = [mean(0), mean(1)];
  let [above, below] = [0, 0];
  for (const [x, y] of points) {
    above += (x - middle) * (y - level);
    below += (x - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
