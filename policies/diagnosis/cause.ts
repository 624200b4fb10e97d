/**
 * What all that looks for a cause shares.
 *
 * @module
 */
import type { Cause, CauseName, Evidence, Fix, Sight } from "../../messages/diagnosis.ts";
import type { Plateau } from "../../messages/plateau.ts";

/** Looks for one cause; null where there is no sign of it. Pure. */
export interface Suspect {
  readonly name: CauseName;
  readonly examine: (sight: Sight) => Omit<Cause, "name"> | null;
}

/** Gates that are not in the way: jobs are meant to wait there. */
const meant: ReadonlySet<string> = new Set(["scheduled", "dependencies", "running", "ended"]);
/** Gates behind which a worker, and what it works on, is what is missing. */
const ofWorkers: ReadonlySet<string> = new Set([
  ...["position", "workers", "credit", "share", "running limit", "commands limit", "cpu"],
]);
/** A wait that nobody minds, ms. */
const shortMs = 1_000;
/** Weight of what slows jobs down while none of them waits. */
const quietWeight = .6;

/** 0 up to `from`, 1 from `to` on, even in between; 0 for what is unknown. */
export function ramp(value: number | null, from: number, to: number): number {
  if (value === null || !(value > from)) return 0;
  return Math.min(1, (value - from) / (to - from));
}

/** Jobs that wait and are not meant to. */
export const waiting = ({ waits }: Sight): number =>
  waits.reduce((sum, { gate, jobs }) => meant.has(gate) ? sum : sum + jobs, 0);

/** Of the jobs that wait and are not meant to, the share behind these gates; 0 where none waits. */
export function shareOf(sight: Sight, ...gates: readonly string[]): number {
  const all = waiting(sight);
  return all === 0 ? 0 : jobsAt(sight, gates) / all;
}

/** Jobs that wait behind these gates. */
export const jobsAt = ({ waits }: Sight, gates: readonly string[]): number =>
  waits.reduce((sum, { gate, jobs }) => gates.includes(gate) ? sum + jobs : sum, 0);

/** Jobs wait so long that somebody minds. */
export const isLate = (sight: Sight): boolean => waiting(sight) > 0 && sight.oldestWaitMs > shortMs;

/**
 * How much of what is wrong a short resource explains: what waits for workers waits for it, what waits
 * for something else does not. While nobody waits long it slows down what runs.
 */
export function weightOf(sight: Sight, ...others: readonly string[]): number {
  if (!isLate(sight)) return quietWeight;
  return .3 + .7 * shareOf(sight, ...ofWorkers, ...others);
}

/** How full the host is, 0..1: then it does not help to let more jobs run. */
export function fullness({ host, threads }: Sight): number {
  return Math.max(
    ramp(host.busyRatio, .8, .95),
    ramp(host.quotaUsedRatio, .8, .95),
    ramp(host.memoryRatio, .85, .95),
    ramp(host.memoryPressureRatio, .1, .3),
    diskFullness(host),
    ramp(threads.starvedRatio, .3, .6),
  );
}

/** A disk can be busy all the time and have room: somebody waits for one that is full. */
function diskFullness({ diskBusyRatio, ioPressureRatio }: Sight["host"]): number {
  if (diskBusyRatio === null) return ramp(ioPressureRatio, .1, .3);
  return ramp(diskBusyRatio, .8, .95) * ramp(ioPressureRatio ?? 1, .1, .3);
}

/** Jobs that go on at once where the pool has stopped to gain by growth; 0: it has not. */
export function stalled({ plateau }: Sight, kind: Plateau["kind"]): number {
  return plateau?.kind === kind ? plateau.atOnce : 0;
}

/** Evidence of a plateau. */
export const growth = ({ plateau }: Sight): Evidence[] =>
  plateau === null ? [] : [count(
    "atOnce",
    plateau.atOnce,
    `${plateau.workers} workers do no more than ${round(plateau.atOnce)} jobs at once would alone`,
  )];

const round = (value: number) => Math.round(10 * value) / 10;

/** Evidence of a share. */
export const share = (measure: string, value: number | null, what: string): Evidence[] =>
  value === null ? [] : [{ measure, value, says: `${percent(value)} ${what}` }];

/** Evidence of a number. */
export const count = (measure: string, value: number, says: string): Evidence => ({
  measure,
  value,
  says,
});

/** What helps, outside of our configuration. */
export const outside = (because: string): Fix => ({ key: null, value: null, because });

/** `12 %`. */
export const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;

/** `12 MB`. */
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** `1 job runs`, `2 jobs run`. */
export const jobsRun = (jobs: number): string => jobs === 1 ? "1 job runs" : `${jobs} jobs run`;

/** `1 job waits`, `2 jobs wait`. */
export const jobsWait = (jobs: number): string => jobs === 1 ? "1 job waits" : `${jobs} jobs wait`;
