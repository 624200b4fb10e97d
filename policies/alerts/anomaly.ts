/**
 * Values that are strange for this service at this time, whatever they are.
 *
 * @module
 */
import { z } from "zod/mini";
import { type Anomaly, takeAnomaly, watchAnomaly } from "../detectors/anomaly.ts";
import { alertRule, usualOptions, windowMs } from "./rule.ts";
import type { Sight } from "./sight.ts";

/** What can be watched: what it is now, and whether it is a total whose growth counts. */
const watched = {
  cpuRatio: { read: (sight: Sight) => sight.cpuRatio, isTotal: false, words: "CPU in use" },
  memoryRatio: {
    read: (sight: Sight) => sight.memoryRatio,
    isTotal: false,
    words: "Memory in use",
  },
  queued: { read: (sight: Sight) => sight.queued, isTotal: false, words: "Jobs that wait" },
  accepted: { read: (sight: Sight) => sight.accepted, isTotal: true, words: "Jobs that come" },
  done: { read: (sight: Sight) => sight.done, isTotal: true, words: "Jobs that are done" },
  failed: { read: (sight: Sight) => sight.failed, isTotal: true, words: "Jobs that fail" },
} as const;

type Watched = keyof typeof watched;
const names = Object.keys(watched) as Watched[];

/** What is remembered of one series. */
interface Series {
  readonly name: Watched;
  readonly anomaly: Anomaly;
  /** The same, compared with this hour of other weeks. */
  readonly hourly: Anomaly;
  /** Of a total, as it was at the last step. */
  readonly before: number | null;
  readonly value: number | null;
  readonly isOpen: boolean;
}

const hourMs = 3_600_000;
const marks = { warning: 1, critical: null, clear: 1 };

/** The detector wants to see two strange values in a row, so nothing has to last beyond that. */
export const anomaly = alertRule({
  name: "anomaly",
  help: "A value is far from where it was going, or from this hour of other weeks.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 0, clearMs: 0 }),
      /** What is watched. Default: nothing. */
      series: z._default(z.array(z.enum(names)).check(z.maxLength(names.length)), []),
      /** Time between two values. */
      everyMs: z._default(windowMs, 300_000),
    }),
  start: ({ series, everyMs }, nowMs) => ({
    dueMs: nowMs + everyMs,
    all: series.map((name): Series => ({
      name,
      anomaly: watchAnomaly(everyMs),
      hourly: watchAnomaly(everyMs),
      before: null,
      value: null,
      isOpen: false,
    })),
  }),
  step({ dueMs, all }, sight, { everyMs }) {
    const isDue = sight.nowMs >= dueMs;
    const next = isDue ? all.map((series) => taken(series, sight, everyMs)) : all;
    const findings = next.map(({ name, anomaly, hourly, value, isOpen }) => ({
      subject: name,
      value: isOpen ? 1 : 0,
      marks,
      because: () =>
        `${watched[name].words} (${name}): ${value}, ` +
        (anomaly.strange > 0
          ? `${deviations(anomaly)} from what was to be expected`
          : `${deviations(hourly)} from this hour of other weeks`),
    }));
    return [findings, { dueMs: isDue ? sight.nowMs + everyMs : dueMs, all: next }];
  },
});

const deviations = ({ deviation }: Anomaly) => `${Math.round(Math.abs(deviation ?? 0))} deviations`;

/** A series with its next value. */
function taken(series: Series, sight: Sight, everyMs: number): Series {
  const { read, isTotal } = watched[series.name];
  const now = read(sight);
  const value = isTotal ? (series.before === null ? null : now! - series.before) : now;
  if (value === null) return { ...series, before: now };
  const anomaly = takeAnomaly(series.anomaly, value);
  const usual = sight.usual(series.name);
  const share = isTotal ? everyMs / hourMs : 1;
  const hourly = usual === null ? series.hourly : takeAnomaly(series.hourly, value, usual * share);
  const isStrange = anomaly.strange > 0 || (usual !== null && hourly.strange > 0);
  const isNew = anomaly.isNew || (usual !== null && hourly.isNew);
  return {
    ...series,
    anomaly,
    hourly,
    value,
    before: now,
    isOpen: isNew || (series.isOpen && isStrange),
  };
}
