/** Looks for the size where another worker isn't worth it. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bind } from "../policies/scaling/mod.ts";
import { readingOf } from "./readings.ts";

/** How many jobs a size ends in a second. */
type Machine = (workers: number) => number;

/** Runs `explore` on a machine with a queue that never ends; the sizes it has tried, in order. */
function tries(perS: Machine, start: number, options: object = {}, seconds = 400): number[] {
  const stepper = bind("explore", { windowMs: 5_000, workersMax: 64, ...options });
  const sizes = [start];
  for (let s = 0; s < seconds; s++) {
    const workers = sizes.at(-1)!;
    const reading = { nowMs: s * 1_000, workers, idle: 0, queued: 999, finished: perS(workers) };
    const next = stepper.step(readingOf({ ...reading, running: workers })).cap!;
    if (next !== workers) sizes.push(next);
  }
  return sizes;
}

/** The best size: what it gets done, less .3 of what a worker gets done in the best of `tried`. */
function bestOf(perS: Machine, tried: readonly number[]): number {
  const sizes = Array.from({ length: 64 }, (_, i) => i + 1);
  const each = Math.max(...tried.map((n) => perS(n) / n));
  const gain = (n: number) => perS(n) - .3 * each * n;
  return sizes.reduce((a, b) => gain(b) > gain(a) + 1e-9 ? b : a);
}

Deno.test("explore: finds the knee of a machine that is full at some size, in 20 trials", () => {
  const knees = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(knees, fc.integer({ min: 1, max: 64 }), (knee, start) => {
      const sizes = tries((n) => 1_000 * Math.min(n, knee), start);
      assert(Math.abs(sizes.at(-1)! - knee) <= 1, `${knee} from ${start}: ${sizes}`);
      assert(sizes.length <= 20, `${sizes.length} trials: ${sizes}`);
    }),
    { numRuns: 200 },
  );
});

Deno.test("explore: finds the best size of machines on which workers are in each other's way", () => {
  const curves = fc.tuple(
    fc.double({ min: 0, max: .2, noNaN: true }),
    fc.double({ min: .0001, max: .02, noNaN: true }),
  );
  fc.assert(
    fc.property(curves, fc.integer({ min: 1, max: 40 }), ([sigma, kappa], start) => {
      // Gunther's universal scalability law.
      const perS = (n: number) => 1e6 * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
      const sizes = tries(perS, start);
      assert(
        Math.abs(sizes.at(-1)! - bestOf(perS, sizes)) <= 1,
        `${bestOf(perS, sizes)} from ${start}: ${sizes}`,
      );
      assert(sizes.length <= 20, `${sizes.length} trials`);
    }),
    { numRuns: 200 },
  );
});

Deno.test("explore: rests on what it found and looks again after that", () => {
  let knee = 12;
  const stepper = bind("explore", { workersMax: 64, restMs: 60_000 });
  let [workers, found] = [4, 0];
  const run = (seconds: number, fromS: number) => {
    for (let s = fromS; s < fromS + seconds; s++) {
      const part = { nowMs: s * 1_000, workers, idle: 0, queued: 99, running: workers };
      const { cap, because } = stepper.step(
        readingOf({ ...part, finished: 100 * Math.min(knee, workers) }),
      );
      workers = cap!;
      if (because.endsWith("more aren't worth it")) found = workers;
    }
    return found;
  };
  assert(Math.abs(run(120, 0) - 12) <= 1, `${found}`);
  knee = 30;
  assert(Math.abs(run(300, 120) - 30) <= 1, `${found}`);
});

Deno.test("explore: stops early where nobody waits, and gives back who idles", () => {
  const stepper = bind("explore");
  let [workers, last] = [8, ""];
  for (let s = 0; s < 30; s++) {
    const reading = { nowMs: s * 1_000, workers, idle: workers - 3, queued: 0, running: 3 };
    const { cap, because } = stepper.step(readingOf({ ...reading, finished: 30 }));
    [workers, last] = [cap!, because];
  }
  assertEquals([workers, last], [3, "no job waits"]);
});

Deno.test("explore: measures a size only when it is there", () => {
  const stepper = bind("explore", { windowMs: 2_000 });
  const sizeAt = (s: number, workers: number) =>
    stepper.step(
      readingOf({ nowMs: s * 1_000, workers, idle: 0, queued: 9, finished: 10 * workers }),
    ).cap;
  assertEquals([0, 1, 2].map((s) => sizeAt(s, 4)), [4, 4, 8]);
  assertEquals([3, 4, 5, 6, 7].map((s) => sizeAt(s, 5)), [8, 8, 8, 8, 8]);
  assertEquals([8, 9, 10].map((s) => sizeAt(s, 8)), [8, 8, 16]);
});
