/**
 * What was promised, held against what was seen: pure, so that the judge can be tried.
 *
 * The names are those of the promises: no accepted job is lost, no effect is doubled but by a
 * death, an ending is told once, one key is one job, attempts do not overlap, workers keep to their
 * bounds, nothing is left behind, all goes on when the faults are over.
 *
 * @module
 */
import type { Effect } from "./effects.ts";
import type { Told } from "./endings.ts";
import type { Acceptance } from "./traffic.ts";
import type { Sample } from "./watch.ts";
import type { Kill, Leftover } from "./world.ts";

/** How a job stands when all is over. */
export interface Standing {
  readonly state: string;
  readonly code?: string | undefined;
}

/** What was seen from outside. */
export interface Seen {
  /** By our number of the job. */
  readonly accepted: ReadonlyMap<number, Acceptance>;
  /** By our number; absent where the service knows nothing of it. */
  readonly standing: ReadonlyMap<number, Standing>;
  readonly effects: readonly Effect[];
  readonly told: readonly Told[];
  readonly kills: readonly Kill[];
  readonly leftovers: readonly Leftover[];
  readonly samples: readonly Sample[];
}

/** Bounds of a run. */
export interface Bounds {
  readonly workersMax: number;
  /** Jobs that a worker runs at once. */
  readonly slots: number;
  readonly leftoverMs: number;
  readonly rssBytes: number;
  readonly files: number;
}

/** Deaths that a job may suffer alone before it is called poison. */
const strikesMax = 3;
/** An effect is seen a little after it happened, ms. */
const lateMs = 1_000;
/** Endings that were on their way to the disk when the service died. */
const unstored = 32;
/** Longest time for which a worker and its successor may be there at once, ms. */
const handoverMaxMs = 10_000;
/** Jobs named in a sentence. */
const namedMax = 5;

/** A sentence for each promise that was not kept. */
export function brokenPromises(seen: Seen, bounds: Bounds): string[] {
  const begins = beginsOf(seen.effects);
  return [
    ...lost(seen, begins),
    ...repeated(seen, begins),
    ...tooOften(seen, begins, bounds),
    ...toldTwice(seen),
    ...overlapping(seen),
    ...oversized(seen, bounds),
    ...leftBehind(seen, bounds),
  ];
}

/** Effects beyond one a job. */
export const repeats = (effects: readonly Effect[]): number => {
  const begins = beginsOf(effects);
  return begins.values().reduce((sum, times) => sum + times.length - 1, 0);
};

type Begins = ReadonlyMap<number, readonly number[]>;

/** When each job began, ms. */
function beginsOf(effects: readonly Effect[]): Map<number, number[]> {
  const begins = new Map<number, number[]>();
  for (const { n, what, atMs } of effects) {
    if (what !== "begin") continue;
    const times = begins.get(n);
    if (times) times.push(atMs);
    else begins.set(n, [atMs]);
  }
  return begins;
}

/** RI1: what was accepted is done, or was there at three deaths. */
function lost({ accepted, standing, effects }: Seen, begins: Begins): string[] {
  const ended = new Set(effects.filter(({ what }) => what === "end").map(({ n }) => n));
  const because: string[] = [];
  for (const [n, { id }] of accepted) {
    const { state, code } = standing.get(n) ?? { state: "unknown" };
    const poisoned = code === "poison" && (begins.get(n)?.length ?? 0) >= strikesMax;
    if (state === "done" ? ended.has(n) : poisoned) continue;
    because.push(
      state === "done" ? `${id} is done and did nothing` : `${id} is ${words(state, code)}`,
    );
  }
  return because.length === 0
    ? []
    : [`RI1: of ${accepted.size} accepted jobs ${because.length} were lost: ${named(because)}`];
}

const words = (...texts: (string | undefined)[]) => texts.filter((text) => text).join(", ");

/** RI2: nothing begins again but after a death, and never after its ending was told. */
function repeated({ accepted, told, kills }: Seen, begins: Begins): string[] {
  const toldMs = new Map<string, number>();
  for (const { id, atMs } of told) if (!toldMs.has(id)) toldMs.set(id, atMs);
  const because: string[] = [];
  for (const [n, times] of begins) {
    const id = accepted.get(n)?.id ?? `number ${n}`;
    const endedMs = toldMs.get(id) ?? Infinity;
    for (let i = 1; i < times.length; i++) {
      const [beforeMs, againMs] = [times[i - 1]!, times[i]!];
      const died = kills.filter(({ atMs }) => atMs >= beforeMs - lateMs && atMs <= againMs);
      if (died.length === 0) because.push(`${id} began again, and nobody had died`);
      else if (died.every(({ atMs }) => atMs > endedMs)) {
        because.push(`${id} began again after its ending was told`);
      }
    }
  }
  return because.length === 0 ? [] : [`RI2: ${because.length} times: ${named(because)}`];
}

/** RI2: deaths times what was in flight. */
function tooOften(
  { kills, effects }: Seen,
  begins: Begins,
  { workersMax, slots }: Bounds,
): string[] {
  const most = kills.reduce(
    (sum, { what }) => sum + (what === "service" ? workersMax * slots + unstored : 2 * slots),
    0,
  );
  const count = repeats(effects);
  return count <= most || begins.size === 0
    ? []
    : [`RI2: ${count} effects were doubled, at most ${most} by ${kills.length} deaths`];
}

/** RI3: an ending is told once. */
function toldTwice({ told }: Seen): string[] {
  const once = new Set<string>();
  const twice = told.filter(({ id }) => once.size === once.add(id).size).map(({ id }) => id);
  return twice.length === 0 ? [] : [`RI3: the ending was told again of ${named(twice)}`];
}

/** RI5: two attempts of one job are never there at once. */
function overlapping({ effects }: Seen): string[] {
  const both = effects.filter(({ what }) => what === "overlap").map(({ n }) => `number ${n}`);
  return both.length === 0
    ? []
    : [`RI5: began while its attempt before was still there: ${named(both)}`];
}

/**
 * RI6, RI12: workers, memory and descriptors keep to their bounds. A worker that is replaced by one of
 * another kind is there with its successor until its jobs have ended.
 */
function oversized({ samples }: Seen, bounds: Bounds): string[] {
  const most = (of: (sample: Sample) => number) => samples.reduce((m, s) => Math.max(m, of(s)), 0);
  const over = (what: string, count: number, max: number) =>
    count <= max ? [] : [`${what}: ${count} at most, allowed ${max}`];
  return [
    ...over("RI6: workers", most(({ workers }) => workers), 2 * bounds.workersMax),
    ...over(
      `RI6: ms with more than ${bounds.workersMax} workers`,
      Math.round(longestMs(samples, ({ workers }) => workers > bounds.workersMax)),
      handoverMaxMs,
    ),
    ...over(
      "RI12: resident bytes of the service",
      most(({ rssBytes }) => rssBytes),
      bounds.rssBytes,
    ),
    ...over("RI12: open files of the service", most(({ files }) => files), bounds.files),
  ];
}

/** The longest time in which a condition held at every look. */
function longestMs(samples: readonly Sample[], holds: (sample: Sample) => boolean): number {
  let [mostMs, sinceMs] = [0, NaN];
  for (const sample of samples) {
    if (!holds(sample)) sinceMs = NaN;
    else if (Number.isNaN(sinceMs)) sinceMs = sample.atMs;
    else mostMs = Math.max(mostMs, sample.atMs - sinceMs);
  }
  return mostMs;
}

/** RI7: what a dead service has started dies with it. */
function leftBehind({ leftovers }: Seen, { leftoverMs }: Bounds): string[] {
  return leftovers.flatMap(({ ms, processes }) => {
    if (processes.length === 0 && ms <= leftoverMs) return [];
    const what = processes.length === 0 ? "was gone" : named(processes);
    return [`RI7: ${Math.round(ms)} ms after the service died: ${what}`];
  });
}

function named(texts: readonly string[]): string {
  const rest = texts.length - namedMax;
  return texts.slice(0, namedMax).join("; ") + (rest > 0 ? `; and ${rest} more` : "");
}
