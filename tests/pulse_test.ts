/** What the pulse says of threads: what they want of a core, whoever else wants it. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Metrics } from "../actors/metrics.ts";
import type { Host } from "../actors/ports.ts";
import { type Patient, Pulse, type Surroundings } from "../actors/pulse.ts";
import { ManualClock } from "./manual_clock.ts";
import { readingOf } from "./readings.ts";

/** A thread that wants a core for `demand` of its time and gets one after `starved` of that. */
interface Thread {
  readonly demand: number;
  readonly starved: number;
  /** It is ready and has none at each look; such a wait is not counted yet. Default false. */
  readonly waitsNow?: boolean;
}

/**
 * What is read of one busy worker after each of `spansMs`, whose thread and ours do as is said, in
 * each span alike or as its own word is, once its code was loaded for `loadMs` of busy time; it has
 * ended `served` jobs before.
 */
function readingsAfter(
  spansMs: readonly number[],
  each: Thread | readonly Thread[],
  ours: Thread,
  loadMs: number | null = 20,
  served = 0,
) {
  const clock = new ManualClock();
  const words = "demand" in each ? [each] : each;
  let theirs = words[0]!;
  const [worker, self] = [threadOf(clock, () => theirs), threadOf(clock, () => ours)];
  const host = {
    threadMs: (pid: number | "self") => pid === "self" ? self() : worker(),
    processState: () => theirs.waitsNow ? "R" : "S",
  };
  const link = {
    ...{ open: true, pid: 7, grant: { kind: "task" }, served },
    ...{ running: 1, residentBytes: null },
    spell: { fedMs: (nowMs: number) => nowMs, heldMs: 0 },
  };
  const pool = {
    links: [link],
    dispatcher: { lanes: new Map(), commandsSent: 0 },
    view: () => ({ queued: 0, ready: 1, starting: 0, idleSinceMs: [] }),
    oldestDueMs: () => Infinity,
  };
  const patient = { pool, metrics: new Metrics() } as unknown as Patient;
  const { cores, memoryRatio, memoryAvailableBytes } = readingOf();
  const around = {
    sampler: {
      latest: { cores, cpuRatio: 1, memoryRatio, memoryAvailableBytes },
      ...{ vitals: { temperatureCelsius: null }, ageMs: 0, staleMs: 3_000 },
    },
    plugged: { reading: () => undefined },
    burns: { worst: () => null },
    brownout: { level: 0 },
  } as unknown as Surroundings;
  const pulse = new Pulse(clock, host as unknown as Host);
  pulse.take(patient, around);
  if (loadMs !== null) {
    clock.skip(loadMs);
    pulse.take(patient, around);
  }
  return spansMs.map((ms, i) => {
    theirs = words[i] ?? theirs;
    clock.skip(ms);
    return pulse.take(patient, around);
  });
}

/** What a thread did so far. Each ms on a core costs a wait before; what else it does takes its time as ever. */
function threadOf(clock: ManualClock, now: () => Thread) {
  let [atMs, ranMs, waitedMs] = [clock.nowMs(), 0, 0];
  return () => {
    const { demand, starved, waitsNow } = now();
    const passedMs = clock.nowMs() - atMs;
    atMs += passedMs;
    const isStuck = starved === 1;
    const waitsPerRan = starved / (1 - starved);
    const paceMs = isStuck ? 0 : passedMs / (1 + demand * waitsPerRan);
    ranMs += demand * paceMs;
    waitedMs += isStuck ? (waitsNow ? 0 : passedMs) : demand * paceMs * waitsPerRan;
    return { ranMs, waitedMs };
  };
}

/** The same after one span. */
const readingAfter = (spanMs: number, theirs: Thread, ours: Thread) =>
  readingsAfter([spanMs], theirs, ours)[0]!;

const ratio = fc.double({ min: .01, max: 1, noNaN: true });
const starved = fc.double({ min: 0, max: .99, noNaN: true });

Deno.test("pulse: what a thread wants of a core does not depend on who else wants it", () => {
  fc.assert(fc.property(ratio, starved, ratio, starved, (demand, late, own, ownLate) => {
    const theirs = { demand, starved: late };
    const reading = readingAfter(250, theirs, { demand: own, starved: ownLate });
    assertAlmostEquals(reading.workerDemandRatio!, demand, 1e-9);
    assertAlmostEquals(reading.workerStarvedRatio!, late, 1e-9);
    assertAlmostEquals(reading.ownDemandRatio!, own, 1e-9);
  }));
});

Deno.test("pulse: who waits for a core all the time has shown nothing of what it wants", () => {
  const never = { demand: 1, starved: 1 };
  const clockless = readingAfter(250, { demand: 0, starved: 0 }, { demand: .5, starved: 0 });
  assertEquals([clockless.workerDemandRatio, clockless.workerStarvedRatio], [0, null]);
  const reading = readingAfter(250, never, never);
  assertEquals([reading.workerDemandRatio, reading.ownDemandRatio], [null, null]);
});

Deno.test("pulse: a moment in which workers get their cores does not end that they lack them", () => {
  const [crowded, free] = [{ demand: .5, starved: .5 }, { demand: .5, starved: 0 }];
  const seen = readingsAfter([250, 25, 3_000], [crowded, free, free], free);
  const [before, moment, after] = seen.map((reading) => reading.workerStarvedRatio!);
  assertAlmostEquals(before!, .5, 1e-9);
  assertAlmostEquals(moment!, .46, .01);
  assertAlmostEquals(after!, .01, .01);
});

Deno.test("pulse: who waits for a core at the look is looked at later, and at last all the same", () => {
  const spans = [25, 25, 250, 250, 250, 250];
  const computing = { demand: 1, starved: 1, waitsNow: true };
  const seen = readingsAfter(spans, computing, computing);
  const last = seen.pop()!;
  assertEquals(new Set(seen.map((reading) => reading.workerDemandRatio)), new Set([null]));
  assertEquals(last.workerDemandRatio, null, "it has never run");
  const waiting = { demand: .02, starved: 0, waitsNow: true };
  const [early, , , , , late] = readingsAfter(spans, waiting, waiting);
  assertEquals(early!.workerDemandRatio, null);
  assertAlmostEquals(late!.workerDemandRatio!, 1, 1e-9);
  assertAlmostEquals(late!.workerStarvedRatio!, .98, 1e-9);
});

Deno.test("pulse: what a worker's first job takes to load its code is no demand, unless it lasts", () => {
  const [theirs, ours] = [{ demand: .7, starved: 0 }, { demand: 0, starved: 0 }];
  const told = (...spans: number[]) =>
    readingsAfter(spans, theirs, ours, null).map((reading) =>
      reading.workerDemandRatio === null ? null : Number(reading.workerDemandRatio.toFixed(3))
    );
  assertEquals(told(20, 20, 250), [null, .7, .7]);
  assertEquals(told(10, 15, 20), [null, null, .7]);
  assertEquals(told(1_000), [.7]);
});

Deno.test("pulse: who has ended a job has its code, and shows what it wants at once", () => {
  const thread = { demand: .7, starved: 0 };
  const told = (served: number) => readingsAfter([25], thread, thread, null, served)[0]!;
  assertEquals(told(0).workerDemandRatio, null);
  assertAlmostEquals(told(1).workerDemandRatio!, .7, 1e-9);
});
