/**
 * A floor for jobs that are about to come, where the past tells.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { type Ewma, smooth, unmeasured } from "../estimators/ewma.ts";
import {
  forecasters,
  learn,
  learnMore,
  type Learnt,
  reach,
  seer,
  tell,
} from "../estimators/forecasters.ts";
import { largest } from "../largest.ts";
import { scalingPolicy } from "../policy.ts";
import { known } from "./blind.ts";
import { economicWorkers } from "./economic.ts";
import { readable } from "./size.ts";

const binsMax = 2_016;
const dayMs = 86_400_000;

const options = z.strictObject({
  mode: z._default(z.enum(["act", "watch"]), "act").check(
    z.describe("`watch` only says what it would do."),
  ),
  binMs: z._default(z.number().check(z.minimum(1_000)), 300_000).check(
    z.describe("Jobs are counted in bins of this length."),
  ),
  seasonMs: z._default(z.number().check(z.minimum(2_000)), dayMs).check(
    z.describe("What comes again comes after this time: a day, or a week. At most 2,016 bins."),
  ),
  marginRatio: z._default(z.number().check(z.minimum(0), z.maximum(.9)), .05).check(
    z.describe("By how much it must have been better than no forecast, for a day."),
  ),
  leadMs: z._default(z.number().check(z.nonnegative()), 10_000).check(
    z.describe("Workers are there by so much earlier, besides the time that a start takes."),
  ),
  waitMs: z._default(z.number().check(z.nonnegative()), 150).check(
    z.describe("Wait after which a job is late."),
  ),
  priceJobs: z._default(z.number().check(z.positive()), 10).check(
    z.describe("What a late job costs, in run times of a job."),
  ),
}).check(z.refine(({ binMs, seasonMs }) => seasonMs / binMs <= binsMax && seasonMs >= 2 * binMs, {
  path: ["seasonMs"],
  error: "a season of 2 to 2,016 bins",
}));

type ForecastOptions = z.infer<typeof options>;

interface Memory {
  /** The bin that is being counted; null: not yet. */
  readonly open: { readonly bin: number; readonly count: number; readonly isWhole: boolean } | null;
  readonly learnt: Learnt | null;
  readonly durationMs: Ewma;
  readonly floor: number;
}

/** Raises the floor ahead of what comes again; silent unless it beats not forecasting. Never lowers. */
export const forecast = scalingPolicy({
  name: "forecast",
  help: "Raises the floor ahead of jobs that come again each day, if it foresaw them for a day.",
  options,
  everyMs: () => 1_000,
  start: (): Memory => ({ open: null, learnt: null, durationMs: unmeasured, floor: 0 }),
  step: (memory, reading, options) => {
    const { wallMs } = reading;
    if (!known(wallMs)) {
      return [{ floor: memory.floor, because: "held: the time of the day is unknown" }, memory];
    }
    const durationMs = reading.finished > 0
      ? smooth(memory.durationMs, reading.durationMs, .1)
      : memory.durationMs;
    const counted = count(memory, reading, wallMs, options);
    const { floor, because } = foresee(counted.learnt, durationMs.value, reading, options);
    return [
      { floor: options.mode === "act" ? floor : 0, because },
      { ...counted, durationMs, floor: options.mode === "act" ? floor : 0 },
    ];
  },
  keep: ({ learnt }) => learnt,
  resume: (kept, _moment, options) => {
    const learnt = learntOf(kept, seasonOf(options));
    return learnt && { open: null, learnt, durationMs: unmeasured, floor: 0 };
  },
});

const seasonOf = ({ binMs, seasonMs }: ForecastOptions) => Math.round(seasonMs / binMs);

/** Counts what has arrived; what it saw of a whole bin is learnt when that is over. */
function count(
  { open, learnt }: Memory,
  { arrivals }: Reading,
  wallMs: number,
  options: ForecastOptions,
): Pick<Memory, "open" | "learnt"> {
  const bin = Math.floor(wallMs / options.binMs);
  if (open === null || bin < open.bin) {
    return { open: { bin, count: 0, isWhole: false }, learnt };
  }
  if (bin === open.bin) return { open: { ...open, count: open.count + arrivals }, learnt };
  const season = seasonOf(options);
  const seen = open.isWhole ? told(learnt, open.count, open.bin, season) : learnt;
  // A bin after a gap was not seen from its begin.
  const isWhole = bin === open.bin + 1;
  return { open: { bin, count: isWhole ? arrivals : 0, isWhole }, learnt: seen };
}

/** Bins that nobody counted are taken to be as a season before. */
function told(learnt: Learnt | null, count: number, bin: number, season: number): Learnt {
  if (learnt === null || bin <= learnt.bin || bin - learnt.bin > season) return learn(count, bin);
  let known = learnt;
  while (known.bin + 1 < bin) {
    const guess = tell(known, "seasonalNaive", 1, season);
    const { mistakes, scored, scores, missRatio } = known;
    known = { ...learnMore(known, guess, season), mistakes, scored, scores, missRatio };
  }
  return learnMore(known, count, season);
}

/** Workers for what comes in this bin, and in the next one as soon as it is near. */
function foresee(
  learnt: Learnt | null,
  durationMs: number | null,
  reading: Reading,
  options: ForecastOptions,
): { readonly floor: number; readonly because: string } {
  const { binMs, marginRatio, leadMs, waitMs, priceJobs, mode } = options;
  const silent = (because: string) => ({ floor: 0, because });
  if (learnt === null || learnt.scored < Math.ceil(dayMs / binMs)) {
    return silent("no forecast: it has not been right for a day yet");
  }
  const name = seer(learnt, marginRatio);
  if (name === null) return silent("no forecast: it is no better than none");
  if (durationMs === null) return silent("no forecast: no job has ended yet");
  const season = seasonOf(options);
  const wallMs = reading.wallMs!;
  const startMs = known(reading.startP99Ms) ? reading.startP99Ms : 0;
  const aheads = [wallMs, wallMs + startMs + leadMs]
    .map((atMs) => Math.floor(atMs / binMs) - learnt.bin)
    .filter((ahead) => ahead === 1 || ahead === 2);
  const counts = aheads.map((ahead) => {
    const point = tell(learnt, name, ahead, season);
    return Math.max(0, point + reach(learnt, point));
  });
  const perS = Math.max(0, ...counts) / binMs * 1_000;
  const floor = Math.min(
    largest(reading.cores),
    economicWorkers({
      load: perS * durationMs / 1_000,
      service: durationMs,
      wait: waitMs,
      latePrice: priceJobs * durationMs,
    }, largest(reading.cores)),
  );
  const because = `${name} foresees up to ${readable(perS)} jobs/s`;
  return { floor, because: mode === "act" ? because : `${because}: would keep ${floor}` };
}

/** What an earlier process has learnt, where it is of this season. */
function learntOf(kept: unknown, season: number): Learnt | null {
  const learnt = kept as Learnt | null;
  const lists = [learnt?.counts, learnt?.season, learnt?.mistakes, learnt?.scores];
  const pairs = [learnt?.holt, learnt?.winters];
  const numbers = [learnt?.bin, learnt?.ewma, learnt?.scored, learnt?.missRatio];
  const sound = [...lists, ...pairs].every((list) =>
    Array.isArray(list) && list.every(Number.isFinite)
  );
  if (!sound || !numbers.every(Number.isFinite) || learnt!.counts.length === 0) return null;
  const { counts, season: places, mistakes } = learnt!;
  const fits = counts.length <= season + 1 && [0, season].includes(places.length) &&
    mistakes.length === forecasters.length && pairs.every((pair) => pair!.length === 2);
  return fits ? learnt : null;
}
