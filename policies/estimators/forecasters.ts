/**
 * Several ways to tell how many jobs come next, and which of them has been right.
 *
 * All are told of each count when its time is over. The leader is who was wrong least, old mistakes
 * counting less (follow the leader); how far the truth may be above what it says is learnt from how
 * far it was (adaptive conformal inference, Gibbs and Candès 2021), so that it holds for any series.
 *
 * @module
 */

/** Ways to forecast; the first two know nothing of what is to come and are there to be beaten. */
export const forecasters = [
  "naive",
  "ewma",
  "holt",
  "seasonalNaive",
  "seasonRatio",
  "holtWinters",
] as const;

/** A way to forecast. */
export type Forecaster = (typeof forecasters)[number];

/** Weights of the newest in a mean, a level, a trend and a season; the damping of a trend. */
const ewmaWeight = .3;
const levelWeight = .3;
const trendWeight = .05;
const seasonWeight = .2;
const damping = .9;
/** What is left of a mistake after each count. */
const discount = .995;
/** Mistakes that the interval is learnt from, and how fast its level is corrected. */
const scoresMax = 200;
const correction = .01;

/** What was learnt of a series; plain data, of a size given by its season. */
export interface Learnt {
  /** Counts of the last season and one more, the latest last. */
  readonly counts: readonly number[];
  /** Number of the latest bin since the epoch. */
  readonly bin: number;
  readonly ewma: number;
  /** Level and trend: of Holt, damped, and of Holt-Winters. */
  readonly holt: readonly [level: number, trend: number];
  readonly winters: readonly [level: number, trend: number];
  /** What Holt-Winters adds, by place in the season. */
  readonly season: readonly number[];
  /** Discounted mistakes by forecaster. */
  readonly mistakes: readonly number[];
  /** Counts that were forecast by all of them. */
  readonly scored: number;
  /** How far the truth was above the leader's word, in roots of it; the latest last. */
  readonly scores: readonly number[];
  /** Share of counts that may be above the interval, corrected by those that were. */
  readonly missRatio: number;
}

/** From a first count. */
export function learn(count: number, bin: number): Learnt {
  return {
    counts: [count],
    bin,
    ewma: count,
    holt: [count, 0],
    winters: [count, 0],
    season: [],
    mistakes: forecasters.map(() => 0),
    scored: 0,
    scores: [],
    missRatio: .1,
  };
}

/** With the count of the bin that follows; `season` bins make a season. */
export function learnMore(learnt: Learnt, count: number, season: number, wantedMiss = .1): Learnt {
  const bin = learnt.bin + 1;
  const isScored = learnt.counts.length > season;
  const said = isScored ? forecasters.map((name) => tell(learnt, name, 1, season)) : [];
  const point = isScored ? said[forecasters.indexOf(leader(learnt))]! : 0;
  const isMiss = isScored && count > point + reach(learnt, point);
  return {
    ...updated(learnt, count, bin, season),
    counts: [...learnt.counts, count].slice(-season - 1),
    bin,
    mistakes: learnt.mistakes.map((sum, i) =>
      isScored ? discount * sum + Math.abs(count - said[i]!) : sum
    ),
    scored: learnt.scored + (isScored ? 1 : 0),
    scores: isScored
      ? [...learnt.scores, (count - point) / Math.sqrt(Math.max(1, point))].slice(-scoresMax)
      : learnt.scores,
    missRatio: isScored
      ? Math.max(0, Math.min(1, learnt.missRatio + correction * (wantedMiss - Number(isMiss))))
      : learnt.missRatio,
  };
}

/** Means, levels, trends and the season. */
function updated(learnt: Learnt, count: number, bin: number, season: number) {
  const place = bin % season;
  const past = learnt.counts.length > season
    ? learnt.season.length === season ? learnt.season : aboutMean(learnt, season)
    : [];
  const [level, trend] = learnt.winters;
  const flat = count - (past[place] ?? 0);
  const next = level + trend + levelWeight * (flat - level - trend);
  const [held, damped] = learnt.holt;
  const straight = held + damping * damped + levelWeight * (count - held - damping * damped);
  return {
    ...learnt,
    ewma: learnt.ewma + ewmaWeight * (count - learnt.ewma),
    holt: moved(straight, held, damping * damped),
    winters: moved(next, level, trend),
    season: past.map((value, i) =>
      i === place ? value + seasonWeight * (count - next - value) : value
    ),
  };
}

const moved = (next: number, before: number, trend: number): readonly [number, number] => [
  next,
  trend + trendWeight * (next - before - trend),
];

/** A first season: what each count is above the mean of all. */
function aboutMean({ counts, bin }: Learnt, season: number): readonly number[] {
  const whole = counts.slice(-season);
  const mean = whole.reduce((sum, count) => sum + count, 0) / season;
  const about = new Array<number>(season).fill(0);
  whole.forEach((count, i) => about[(bin - season + 1 + i) % season] = count - mean);
  return about;
}

/** What `name` says of the bin `ahead` of the latest; at least 0. */
export function tell(learnt: Learnt, name: Forecaster, ahead: number, season: number): number {
  const { counts, holt, winters, bin } = learnt;
  const last = counts.at(-1)!;
  const before = counts.at(ahead - 1 - season) ?? last;
  const then = counts.at(-1 - season) ?? last;
  switch (name) {
    case "naive":
      return last;
    case "ewma":
      return learnt.ewma;
    case "holt":
      return Math.max(0, holt[0] + holt[1] * (ahead === 1 ? damping : damping + damping ** 2));
    case "seasonalNaive":
      return before;
    case "seasonRatio":
      return then > 0 ? last * before / then : before;
    case "holtWinters":
      return Math.max(
        0,
        winters[0] + ahead * winters[1] + (learnt.season[(bin + ahead) % season] ?? 0),
      );
  }
}

/** Who was wrong least, the first of equals. */
export function leader({ mistakes }: Learnt): Forecaster {
  let best = 0;
  mistakes.forEach((sum, i) => best = sum < mistakes[best]! ? i : best);
  return forecasters[best]!;
}

/** The leader, if it foresees: it was wrong less than who knows nothing, by `marginRatio`. */
export function seer(learnt: Learnt, marginRatio: number): Forecaster | null {
  const name = leader(learnt);
  if (name === "naive" || name === "ewma") return null;
  const [naive, ewma] = learnt.mistakes;
  const beaten = (1 - marginRatio) * Math.min(naive!, ewma!);
  return learnt.mistakes[forecasters.indexOf(name)]! < beaten ? name : null;
}

/** How far above `point` the truth may be. */
export function reach({ scores, missRatio }: Learnt, point: number): number {
  if (scores.length === 0) return 0;
  const order = scores.toSorted((a, b) => a - b);
  const place = Math.ceil((1 - missRatio) * (order.length + 1)) - 1;
  const score = order[Math.max(0, Math.min(order.length - 1, place))]!;
  return score * Math.sqrt(Math.max(1, point));
}
