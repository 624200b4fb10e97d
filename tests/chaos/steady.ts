/**
 * What a long run must keep to: pure.
 *
 * @module
 */
import type { Knock, Sample } from "./watch.ts";

/** How steady a service was. */
export interface Steadiness {
  /** Share of the knocks that were answered in time, 0..1. */
  readonly availableRatio: number;
  /** Growth of its resident memory after the warm-up, bytes an hour; null where it is too short. */
  readonly rssBytesPerHour: number | null;
  /** The same over the run, bytes. */
  readonly rssRiseBytes: number | null;
  /** Open files more in the last rest than in the first; null where it is too short. */
  readonly filesRise: number | null;
}

/** What is allowed. */
export interface SteadyBounds {
  readonly availableRatio: number;
  readonly rssBytesPerHour: number;
  /** A rise below this can be a heap that was not collected yet, in a run of any length. */
  readonly rssNoiseBytes: number;
  readonly files: number;
}

/** Time in which the engine compiles and its heap finds its size, ms. */
const warmUpMs = 120_000;

/**
 * Measures the longest life after its warm-up. Between collections a heap grows as it likes, so its
 * growth is that of the least it needed in each rest.
 */
export function steadinessOf(samples: readonly Sample[], knocks: readonly Knock[]): Steadiness {
  const answered = knocks.filter(({ because }) => because === null).length;
  const availableRatio = knocks.length === 0 ? 0 : answered / knocks.length;
  const life = longest(samples);
  const warmAtMs = (life[0]?.atMs ?? 0) + warmUpMs;
  const lows = restsOf(life.filter(({ atMs }) => atMs >= warmAtMs)).map(lowest);
  if (lows.length < 2) {
    return { availableRatio, rssBytesPerHour: null, rssRiseBytes: null, filesRise: null };
  }
  const [first, last] = [lows[0]!, lows.at(-1)!];
  const hours = (last.atMs - first.atMs) / 3_600_000;
  const rise = slopePerHour(lows.map(({ atMs, rssBytes }) => [atMs / 3_600_000, rssBytes]));
  return {
    availableRatio,
    rssBytesPerHour: rise,
    rssRiseBytes: rise * hours,
    filesRise: last.files - first.files,
  };
}

/** The samples of each rest. */
function restsOf(samples: readonly Sample[]): Sample[][] {
  const rests: Sample[][] = [];
  let before = false;
  for (const sample of samples) {
    if (sample.resting && !before) rests.push([]);
    if (sample.resting) rests.at(-1)!.push(sample);
    before = sample.resting;
  }
  return rests;
}

const lowest = (samples: readonly Sample[]): Sample =>
  samples.reduce((a, b) => b.rssBytes < a.rssBytes ? b : a);

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
      `${filesRise} open files more in the last rest than in the first, at most ${bounds.files}`,
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
