/**
 * How fast a size may change: what was wished for lately, and how much has changed already.
 *
 * The rules are those of the HorizontalPodAutoscaler (autoscaling/v2, `behavior`): upwards the
 * smallest wish of a window holds, downwards the largest; then so many workers, or so many percent,
 * in each period.
 *
 * @module
 */
import { z } from "zod/mini";

/** Entries that are remembered; older ones are put together. */
const rememberedMax = 256;
/** Longest window and longest period, ms: an hour and half an hour. */
const windowMaxMs = 3_600_000;
const periodMaxMs = 1_800_000;

const limit = z.strictObject({
  /** Workers in each period; null: not limited so. */
  byWorkers: z._default(z.nullable(z.int().check(z.positive())), null),
  /** Percent of the workers at the beginning of the period; null: not limited so. */
  byPercent: z._default(z.nullable(z.number().check(z.positive())), null),
  periodMs: z._default(z.number().check(z.positive(), z.maximum(periodMaxMs)), 15_000),
});

const limits = z.array(limit).check(z.maxLength(8));

const direction = {
  /** How long a wish counts. */
  windowMs: z.number().check(z.nonnegative(), z.maximum(windowMaxMs)),
  /** Which of the limits holds: the one that allows most, or least; `none` forbids the direction. */
  select: z._default(z.enum(["max", "min", "none"]), "max"),
};

/** Growth: by default at once, by 4 workers or to twice as many each 15 s. */
export const upSchema = z.strictObject({
  ...direction,
  windowMs: z._default(direction.windowMs, 0),
  limits: z._default(limits, [
    { byWorkers: null, byPercent: 100, periodMs: 15_000 },
    { byWorkers: 4, byPercent: null, periodMs: 15_000 },
  ]),
});

/** Shrinking: by default to the most that was wished for in 5 minutes, without a limit. */
export const downSchema = z.strictObject({
  ...direction,
  windowMs: z._default(direction.windowMs, 300_000),
  /** Time after the first look in which no worker goes, whatever is wished for. */
  initialMs: z._default(z.number().check(z.nonnegative(), z.maximum(windowMaxMs)), 0),
  limits: z._default(limits, [{ byWorkers: null, byPercent: 100, periodMs: 15_000 }]),
});

/** Rules of both directions. */
export interface Rules {
  readonly up: z.infer<typeof upSchema>;
  readonly down: z.infer<typeof downSchema>;
}

/** A number at an instant, monotonic ms. */
export type Noted = readonly [atMs: number, count: number];

/** What is remembered. */
export interface Past {
  /** Sizes that were wished for. */
  readonly wishes: readonly Noted[];
  /** Workers that came, and that went. */
  readonly grown: readonly Noted[];
  readonly shrunk: readonly Noted[];
  /** The first look, monotonic ms; null: there was none. */
  readonly sinceMs: number | null;
}

/** Nothing yet. */
export const noPast: Past = { wishes: [], grown: [], shrunk: [], sinceMs: null };

/** What becomes of the wish for `wished` workers where there are `current`. */
export function behave(
  past: Past,
  current: number,
  wished: number,
  nowMs: number,
  { up, down }: Rules,
): readonly [workers: number, past: Past] {
  const sinceMs = past.sinceMs ?? nowMs;
  const isEarly = nowMs - sinceMs < down.initialMs;
  const inWindow = (windowMs: number) =>
    past.wishes.filter(([atMs]) => atMs > nowMs - windowMs).map(([, count]) => count);
  const least = Math.min(wished, ...inWindow(up.windowMs));
  const most = Math.max(wished, ...inWindow(down.windowMs));
  const steady = Math.min(Math.max(current, least), most);
  const workers = steady > current
    ? Math.min(steady, ceiling(past, current, nowMs, up))
    : steady < current
    ? isEarly ? current : Math.max(steady, bottom(past, current, nowMs, down))
    : current;
  const windowMs = Math.max(up.windowMs, down.windowMs);
  return [workers, {
    sinceMs,
    wishes: remember(past.wishes, [nowMs, wished], nowMs - windowMs, Math.max),
    grown: changed(past.grown, workers - current, nowMs, up.limits),
    shrunk: changed(past.shrunk, current - workers, nowMs, down.limits),
  }];
}

type Limits = z.infer<typeof limits>;

/** The most that the limits of growth allow. */
function ceiling(past: Past, current: number, nowMs: number, { select, limits }: Rules["up"]) {
  if (select === "none") return current;
  const allowed = limits.flatMap(({ byWorkers, byPercent, periodMs }) => {
    const began = current - sum(past.grown, nowMs - periodMs) + sum(past.shrunk, nowMs - periodMs);
    return [
      ...(byWorkers === null ? [] : [began + byWorkers]),
      ...(byPercent === null ? [] : [Math.ceil(began * (1 + byPercent / 100) - 1e-9)]),
    ];
  });
  return Math.max(current, allowed.length === 0 ? Infinity : Math[select](...allowed));
}

/** The least that the limits of shrinking allow. */
function bottom(past: Past, current: number, nowMs: number, { select, limits }: Rules["down"]) {
  if (select === "none") return current;
  const allowed = limits.flatMap(({ byWorkers, byPercent, periodMs }) => {
    const began = current - sum(past.grown, nowMs - periodMs) + sum(past.shrunk, nowMs - periodMs);
    return [
      ...(byWorkers === null ? [] : [began - byWorkers]),
      ...(byPercent === null ? [] : [Math.floor(began * (1 - byPercent / 100) + 1e-9)]),
    ];
  });
  // The limit that allows the most change leaves the fewest.
  const left = select === "max" ? Math.min(...allowed) : Math.max(...allowed);
  return Math.min(current, allowed.length === 0 ? 0 : Math.max(0, left));
}

function sum(noted: readonly Noted[], afterMs: number): number {
  return noted.reduce((sum, [atMs, count]) => atMs > afterMs ? sum + count : sum, 0);
}

function changed(noted: readonly Noted[], by: number, nowMs: number, limits: Limits) {
  const longestMs = Math.max(0, ...limits.map(({ periodMs }) => periodMs));
  return remember(noted, by > 0 ? [nowMs, by] : null, nowMs - longestMs, (a, b) => a + b);
}

/** With one more, without what is too old; where there are too many, the oldest become one. */
function remember(
  noted: readonly Noted[],
  one: Noted | null,
  afterMs: number,
  both: (a: number, b: number) => number,
): readonly Noted[] {
  const kept = noted.filter(([atMs]) => atMs > afterMs);
  if (one !== null) kept.push(one);
  if (kept.length <= rememberedMax) return kept;
  const [[, first], [atMs, second], ...rest] = kept as [Noted, Noted, ...Noted[]];
  return [[atMs, both(first, second)], ...rest];
}
