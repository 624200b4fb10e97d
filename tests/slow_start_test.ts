/** The governor where a worker takes long to start: workers that are there before they are needed. */
import { assert, assertEquals } from "@std/assert";
import type { Proposal } from "../messages/decision.ts";
import type { Reading } from "../messages/signals.ts";
import { perS } from "../policies/per_second.ts";
import { closed, combine, same } from "../policies/scaling/combine.ts";
import { fill } from "../policies/scaling/fill.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { lumpsOf } from "../policies/scaling/slow_start.ts";
import { bestFixed } from "../simulation/best_fixed.ts";
import { SeededRandom } from "../simulation/random.ts";
import { constant, ramped, type RateAt, shaped } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import { readingOf } from "./readings.ts";

/** Looks four times a second for so long, with as many arrivals each time; returns the last proposal. */
function look(stepper: Stepper, seconds: number, part: Partial<Reading>, fromMs = 0): Proposal {
  const proposals = Array.from({ length: 4 * seconds }, (_, i) =>
    stepper.step(readingOf({
      cores: 64,
      memoryAvailableBytes: 1e12,
      workerDemandRatio: 0,
      finished: part.arrivals ?? 0,
      ...part,
      nowMs: fromMs + 250 * i,
    })));
  return proposals.at(-1)!;
}

const starts = (ms: number) => ({ startP50Ms: ms, startP95Ms: ms, startP99Ms: ms });
const half = { arrivals: 5, durationMs: 500 };
const governor = (options = {}) =>
  bind("governor", { waitTargetMs: 200, workersMax: 400, keepAliveMs: null, ...options });

Deno.test("slow starts: as many workers as are worth their price, whatever waits", () => {
  const { floor, spawn, because } = look(governor(), 60, { ...half, ...starts(2_000) });
  assertEquals([floor, spawn], [15, undefined]);
  assert(because.includes("20 jobs a second of 500 ms are worth 15 workers"), because);
});

Deno.test("slow starts: a low rate is told as one, and that nobody waits for its jobs", () => {
  const words = (everyS: number) => {
    const stepper = governor();
    let because = "";
    for (let i = 0; i < 5; i++) {
      look(stepper, 1, { arrivals: 1, durationMs: 50, ...starts(2_000) }, i * everyS * 1_000);
      const rest = look(stepper, everyS - 1, starts(2_000), (i * everyS + 1) * 1_000);
      because = rest.because.split("; ")[1]!;
    }
    return because;
  };
  assertEquals(words(60), "0.063 jobs a second of 50 ms are worth 1 worker");
  assertEquals(words(300), "no jobs come that workers had to be ready for");
});

Deno.test("rates: have two digits in words, however low they are", () => {
  const words = [0, .000_1, .001_23, .016_6, .5, 1.25, 5, 9.94, 9.96, 20, 1_234.5].map(perS);
  assertEquals(words, [
    ...["0", "less than 0.001", "0.0012", "0.017", "0.5", "1.3", "5", "9.9", "10", "20", "1235"],
  ]);
});

Deno.test("slow starts: a dearer late job is worth more workers", () => {
  const floors = [1, 10, 100].map((latePriceRuns) =>
    look(governor({ latePriceRuns }), 60, { ...half, ...starts(2_000) }).floor
  );
  assertEquals(floors, floors.toSorted((a, b) => a - b));
  assert(floors[0]! > 10 && floors[2]! > floors[0]! + 4, `${floors}`);
});

Deno.test("slow starts: quick ones are for the head of the queue, as ever", () => {
  const { floor, spawn } = look(governor(), 60, { ...half, ...starts(20) });
  assertEquals(floor, 0);
  assert(spawn!.lagMs > 0 && spawn!.startingMax === undefined);
});

Deno.test("slow starts: more while the queue is long, as many as have come since", () => {
  const stepper = governor();
  look(stepper, 60, { ...half, ...starts(2_000) });
  const part = { ...half, ...starts(2_000), workers: 15 };
  const short = look(stepper, 1, { ...part, queued: 5 }, 60_000);
  assertEquals(short.spawn, undefined);
  const long = look(stepper, 1, { ...part, queued: 60, starting: 2 }, 61_000);
  assert(long.because.endsWith("are worth 15 workers, and 60 wait"), long.because);
  assertEquals(long.spawn, { lagMs: 0, queuePer: 1, startingMax: 7 });
  const nearly = look(stepper, 1, { ...part, queued: 35, starting: 2 }, 61_500);
  assertEquals(nearly.spawn?.startingMax, 3, "17.5 workers are through 35 jobs in a second");
  const enough = look(stepper, 1, { ...part, queued: 60, starting: 60 }, 62_000);
  assertEquals(enough.spawn, undefined);
});

Deno.test("slow starts: who waits while nobody is there gets a worker", () => {
  const stepper = governor();
  look(stepper, 60, { arrivals: 0, finished: 1, durationMs: 10, ...starts(2_000) });
  const part = { arrivals: 1, finished: 0, queued: 1, workers: 0, ...starts(2_000) };
  const { spawn } = look(stepper, 1, part, 60_000);
  assertEquals(spawn, { lagMs: 0, queuePer: 1, startingMax: 1 });
});

Deno.test("slow starts: in time all the same, a burst gets what it needs at once", () => {
  const stepper = governor({ waitTargetMs: 5_000 });
  const part = { durationMs: 1_000, ...starts(2_000), workers: 2 };
  look(stepper, 60, { ...part, arrivals: 1, workers: 8 });
  const burst = { ...part, arrivals: 0, queued: 100, oldestWaitMs: 0 };
  const { floor, because } = look(stepper, 1, burst, 60_000);
  // 2 workers begin 10 of them, each other one 4 in the 3 s it has.
  assertEquals(floor, 2 + Math.ceil(90 / 4));
  assert(because.includes("100 jobs wait"), because);
  const under = look(stepper, 1, { ...burst, starting: 23 }, 61_000);
  assertEquals([under.floor, under.spawn], [0, undefined]);
});

Deno.test("slow starts: for the head alone where nobody will be free in time", () => {
  const stepper = governor({ waitTargetMs: 5_000 });
  const part = { durationMs: 10_000, ...starts(2_000), workers: 3, arrivals: 1 };
  const { floor, spawn } = look(stepper, 60, part);
  assertEquals([floor, spawn!.queuePer], [0, 1]);
  assert(spawn!.lagMs > 2_000 && spawn!.lagMs < 3_000, `${spawn!.lagMs}`);
});

Deno.test("slow starts: an idle worker that costs what a busy one does stays for a start or two", () => {
  const kept = (ms: number, options = {}) =>
    look(governor(options), 1, { ...half, ...starts(ms) }).keepAliveMs;
  assertEquals([20, 80, 150, 2_000].map((ms) => kept(ms)), [40, 160, 250, 4_000]);
  assertEquals(kept(2_000, { keepAliveMs: 700 }), 700);
  assertEquals(look(bind("governor"), 1, half).keepAliveMs, 2_000);
});

Deno.test("lumpsOf: 1 for even arrivals and for a rate that has changed, more for crowds", () => {
  const random = new SeededRandom(1);
  const poisson = (mean: number) => {
    let count = 0;
    for (let left = random.exponential(1); left < mean; left += random.exponential(1)) count++;
    return count;
  };
  const of = (counts: readonly number[]) =>
    lumpsOf({ binMs: 500, counts, open: 0, sinceMs: 0, atMs: 0 }, 1_000);
  const many = (mean: number, bins = 128) => Array.from({ length: bins }, () => poisson(mean));
  assertEquals(of(many(5, 256)), 1);
  assertEquals(of([...many(0), ...many(.2)]), 1);
  assert(of([...many(0), ...many(40)]) < 1.6, "once from none to 80 a second");
  assertEquals(of(Array.from({ length: 256 }, (_, i) => i % 32 === 0 ? 100 : 1)), 4);
  const pairs = many(2.5, 256).map((count) => 2 * count);
  assert(of(pairs) > 1.5 && of(pairs) < 2.6, `${of(pairs)}`);
  assertEquals([of([]), of([1, 2, 3]), of(new Array(64).fill(0))], [1, 1, 1]);
});

Deno.test("spawn: how many may be under way is the largest that somebody asks for", () => {
  const asking = (startingMax?: number) => ({
    policy: `${startingMax}`,
    proposal: {
      floor: 0,
      cap: 100,
      because: "",
      spawn: { lagMs: 10, queuePer: 1, ...(startingMax !== undefined && { startingMax }) },
    },
  });
  const of = (...max: (number | undefined)[]) =>
    combine(closed, max.map((one) => asking(one)), []).envelope;
  assertEquals(of(undefined).spawn, { lagMs: 10, queuePer: 1 });
  assertEquals(of(3, undefined, 7).spawn?.startingMax, 7);
  assert(!same(of(3), of(7)) && same(of(7), of(3, 7)));
  const view = {
    ...{ ready: 1, held: 0, closed: 0, queued: 50, headSinceMs: 0, backlogSinceMs: 0 },
    ...{ idleSinceMs: [], startsMax: 1_000 },
  };
  const spawned = (max: number | undefined, starting: number) =>
    fill(of(max), { ...view, starting }, 100).spawn;
  assertEquals([spawned(undefined, 0), spawned(undefined, 3), spawned(20, 3)], [4, 1, 17]);
});

const loads: readonly [string, RateAt, number, number, number][] = [
  ["an even load", constant(20), 20, .5, 200],
  ["a load that comes and goes", ramped(2, 30, 600), 30, .5, 200],
  ["long jobs", constant(1), 1, 8, 5_000],
];
for (const [name, rate, rateMax, serviceS, waitTargetMs] of loads) {
  Deno.test(`slow starts: ${name} costs no more than the best fixed size, at 2 s a start`, async () => {
    const shape = { name, spanS: 600, rate, rateMax, serviceS };
    const workload = shaped(shape, new SeededRandom(5));
    const policy = { name: "governor", waitTargetMs, workersMax: 400, keepAliveMs: null };
    const ordering = { name: "punctual", targetMs: waitTargetMs };
    const out = await simulate(workload, { policy, ordering, waitTargetMs, startMs: 2_000 });
    const best = await bestFixed(workload, { waitTargetMs });
    // The first seconds, in which nothing is known yet, are part of the ten minutes.
    assert(out.cost <= 1.08 * best.cost, `${out.cost} against ${best.cost}`);
  });
}
