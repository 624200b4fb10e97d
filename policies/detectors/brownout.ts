/**
 * How much the service leaves undone that nobody waits for, while it or its machine is short: a
 * level that is entered where a shortage lasts, and left where it has been over for long enough.
 *
 * @module
 */
import { z } from "zod/mini";
import { known } from "../scaling/blind.ts";

/** When something is left undone. */
export const brownoutSchema = z.strictObject({
  /**
   * The highest level that is entered. At 1 nobody tries other sizes, records are shorter, processes
   * and pages are looked after more seldom, no simulation is begun and no result is kept; at 2 jobs of
   * class `low` are refused too. 0: nothing is left undone.
   */
  levelsMax: z._default(z.int().check(z.minimum(0), z.maximum(2)), 2),
  /** How late the service is with what it has to do from which on it is level 1; level 2 at four times that. */
  lateMs: z._default(z.int().check(z.minimum(10), z.maximum(60_000)), 250),
  /** Share of memory in use from which on it is level 1; level 2 where half of what was left is gone. */
  memoryRatio: z._default(z.number().check(z.minimum(.1), z.maximum(1)), .9),
  /** Share of time in which somebody waits for memory from which on it is level 1; level 2 at twice that. */
  memoryPressureRatio: z._default(z.number().check(z.minimum(.01), z.maximum(1)), .05),
  /** Share of the queue in use from which on it is level 1; level 2 where three quarters of the rest are. */
  queueRatio: z._default(z.number().check(z.minimum(.1), z.maximum(1)), .8),
  /** Time for which it has to be short before the next level is entered. */
  enterMs: z._default(z.number().check(z.minimum(0), z.maximum(3_600_000)), 3_000),
  /** Time for which a level has to be needless before the one below it is enough. */
  leaveMs: z._default(z.number().check(z.minimum(0), z.maximum(3_600_000)), 30_000),
});

/** Parsed {@link brownoutSchema}. */
export type BrownoutOptions = z.infer<typeof brownoutSchema>;

/** What is seen of a shortage; null is unknown, and counts as nothing. */
export interface Strain {
  /** Monotonic. */
  readonly nowMs: number;
  /** How late the service was with the latest look. */
  readonly lateMs: number;
  readonly memoryRatio: number | null;
  readonly memoryPressureRatio: number | null;
  /** By jobs or by bytes, whichever is fuller. */
  readonly queueRatio: number;
}

/** Where it stands. */
export interface Brownout {
  readonly level: number;
  /** What it is short of, in words; null at level 0. */
  readonly because: string | null;
  /** 1: more is short than the level is for; -1: less is; 0: neither. */
  readonly way: number;
  /** Since when that is so, monotonic. */
  readonly sinceMs: number;
}

/** Nothing is short. */
export const bright: Brownout = Object.freeze({ level: 0, because: null, way: 0, sinceMs: 0 });

/** A level is left below this part of where it is entered. */
const leaveRatio = .75;
/** Of a share that nears 1 it is left so far below. */
const leaveShare = .05;

/** One measure, and from where on it calls for each level. */
interface Gauge {
  readonly value: number | null;
  readonly enter: readonly [number, number];
  readonly leave: readonly [number, number];
  readonly says: string;
}

/** Where it stands after a look: one level at a time, up where it lasts and down where it is over. */
export function dim(before: Brownout, strain: Strain, options: BrownoutOptions): Brownout {
  const { nowMs } = strain;
  const level = Math.min(before.level, options.levelsMax);
  const worst = gauges(strain, options)
    .map((gauge) => ({ wanted: Math.min(options.levelsMax, reached(gauge, level)), gauge }))
    .reduce((worst, one) => one.wanted > worst.wanted ? one : worst);
  const way = Math.sign(worst.wanted - level);
  const sinceMs = way === before.way ? before.sinceMs : nowMs;
  const isDue = way !== 0 && nowMs - sinceMs >= (way > 0 ? options.enterMs : options.leaveMs);
  if (!isDue) return { level, because: level === 0 ? null : before.because, way, sinceMs };
  const next = level + way;
  const because = way > 0 ? worst.gauge.says : next === 0 ? null : before.because;
  return { level: next, because, way, sinceMs: nowMs };
}

/** The level that a measure calls for, where it is `level` now. */
function reached({ value, enter, leave }: Gauge, level: number): number {
  if (!known(value)) return 0;
  const from = (of: 1 | 2) => (level >= of ? leave : enter)[of - 1]!;
  return value >= from(2) ? 2 : value >= from(1) ? 1 : 0;
}

function gauges(strain: Strain, options: BrownoutOptions): readonly Gauge[] {
  const { lateMs, memoryRatio, memoryPressureRatio, queueRatio } = strain;
  const { memoryPressureRatio: stalled } = options;
  return [
    scaled(lateMs, options.lateMs, 4, `the service is ${Math.round(lateMs)} ms late`),
    share(memoryRatio, options.memoryRatio, 1 / 2, `${percent(memoryRatio)} of memory is used`),
    scaled(
      memoryPressureRatio,
      stalled,
      2,
      `somebody waits for memory ${percent(memoryPressureRatio)} of the time`,
    ),
    share(queueRatio, options.queueRatio, 3 / 4, `the queue is ${percent(queueRatio)} full`),
  ];
}

/** What has no end: the second level is at `times` the first. */
function scaled(value: number | null, first: number, times: number, says: string): Gauge {
  const enter = [first, times * first] as const;
  return { value, enter, leave: [leaveRatio * enter[0], leaveRatio * enter[1]], says };
}

/** What ends at 1: the second level is where `part` of what the first one leaves is used. */
function share(value: number | null, first: number, part: number, says: string): Gauge {
  const enter = [first, first + part * (1 - first)] as const;
  return { value, enter, leave: [enter[0] - leaveShare, enter[1] - leaveShare], says };
}

const percent = (ratio: number | null) => known(ratio) ? `${Math.round(100 * ratio)} %` : "?";
