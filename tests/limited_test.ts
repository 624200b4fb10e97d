/** Policies that only limit: by run times, by losses, by CPU and memory. */
import { assert, assertEquals } from "@std/assert";
import type { Reading } from "../messages/signals.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { mulberry } from "./chance.ts";
import { readingOf } from "./readings.ts";

/** Limits of `seconds` steps in which the limit is used: 20 jobs end a second. */
function used(
  stepper: Stepper,
  seconds: number,
  part: (limit: number, s: number) => Partial<Reading>,
) {
  let limit = stepper.step(readingOf({ nowMs: 0 })).runningMax!;
  return Array.from({ length: seconds }, (_, i) => {
    const reading = readingOf({
      nowMs: (i + 1) * 1_000,
      finished: 20,
      durationMs: 50,
      running: limit,
      queued: 50,
      ...part(limit, i),
    });
    return limit = stepper.step(reading).runningMax!;
  });
}

/** What runs behind the jobs takes 40 at once; more of them wait there. */
const behind = (limit: number) => ({ durationMs: 50 * Math.max(1, limit / 40) });

Deno.test("gradient: grows while jobs are as quick as alone and settles where they are not", () => {
  const limits = used(bind("gradient"), 300, behind);
  assert(limits[20]! > 25);
  const last = limits.slice(-100);
  assert(
    Math.min(...last) > 40 && Math.max(...last) < 90,
    `${Math.min(...last)} ${Math.max(...last)}`,
  );
});

Deno.test("gradient: a constant timeout makes it fall, not climb", () => {
  const timeouts: ((s: number) => Partial<Reading>)[] = [
    () => ({ durationMs: 5_000, timedOut: 20, failed: 20 }),
    () => ({ durationMs: 5_000, failed: 20 }),
    () => ({ durationMs: 5_000 }),
  ];
  for (const [i, timeout] of timeouts.entries()) {
    const limits = used(bind("gradient"), 600, (_, s) => s < 60 ? {} : timeout(s));
    assert(limits[59]! > 60, `${limits[59]}`);
    assertEquals(limits[90], 4, `kind ${i}`);
    assertEquals(new Set(limits.slice(90)), new Set([4]), `kind ${i}`);
  }
});

Deno.test("gradient: timeouts from the first job on are no baseline", () => {
  const lost = { durationMs: 5_000, timedOut: 20, failed: 20 };
  assertEquals(used(bind("gradient"), 100, () => lost).at(-1), 4);
  const late = bind("gradient", { lateMs: 5_000 });
  assertEquals(used(late, 100, () => ({ durationMs: 5_000 })).at(-1), 4);
});

Deno.test("gradient: uneven jobs that don't slow each other down are let through", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const random = mulberry(seed);
    // The mean of 12 exponential times.
    const mean = () =>
      Array.from({ length: 12 }, () => -500 * Math.log(1 - random())).reduce((a, b) => a + b) / 12;
    const limits = used(bind("gradient"), 400, () => ({ finished: 12, durationMs: mean() }));
    assert(
      limits.slice(50).every((limit) => limit > 20),
      `${seed}: ${Math.min(...limits.slice(50))}`,
    );
  }
});

Deno.test("gradient: a quick beginning and little use are no reason to fall", () => {
  const limits = used(bind("gradient"), 100, (_, s) => ({
    running: 3,
    durationMs: s < 3 ? 100 : 500,
  }));
  assertEquals(new Set(limits), new Set([20]));
});

Deno.test("gradient: modest overload does not make it creep up", () => {
  const limits = used(bind("gradient"), 160, (_, s) => s < 60 ? {} : { durationMs: 94 }).slice(60);
  assertEquals(limits, limits.toSorted((a, b) => b - a));
  assertEquals(limits.at(-1), 4);
});

Deno.test("gradient: heals when what was behind the jobs is well again", () => {
  const limits = used(
    bind("gradient"),
    200,
    (_, s) => s > 50 && s < 100 ? { durationMs: 5_000 } : {},
  );
  assert(limits[99] === 4 && limits[199]! > 50, `${limits[99]} ${limits[199]}`);
});

Deno.test("gradient: slower work is learnt at the least limit, where nobody is in the way", () => {
  const limits = used(bind("gradient"), 3_000, (_, s) => s < 60 ? {} : { durationMs: 200 });
  assert(limits[200] === 4 && limits.at(-1)! > 100, `${limits[200]} ${limits.at(-1)}`);
});

Deno.test("gradient: a limit that is not used does not grow", () => {
  const limits = used(bind("gradient"), 60, () => ({ running: 5 }));
  assertEquals(new Set(limits), new Set([20]));
});

Deno.test("aimd: one more for each window without a loss, a tenth less for one", () => {
  const limits = used(bind("aimd"), 12, (_, s) => s === 5 ? { timedOut: 2 } : {});
  assertEquals(limits, [21, 22, 23, 24, 25, 22, 23, 24, 25, 26, 27, 28]);
  assertEquals(used(bind("aimd"), 60, () => ({ durationMs: 5_000 })).at(-1), 4);
  assertEquals(used(bind("aimd"), 60, () => ({ running: 9 })).at(-1), 20);
});

Deno.test("aimd: saws about the limit of what lies behind", () => {
  const limits = used(bind("aimd"), 500, (limit) => limit > 60 ? { timedOut: 5 } : {}).slice(100);
  assert(Math.max(...limits) === 61 && Math.min(...limits) >= 53, `${Math.min(...limits)}`);
});

/** A machine whose CPU and memory follow the workers; returns what they come to each second. */
function machine(
  options: object,
  seconds: number,
  seen: (workers: number, s: number) => Partial<Reading>,
) {
  const stepper = bind("resource", options);
  let workers = 2;
  return Array.from({ length: seconds }, (_, s) => {
    const part = { cores: 8, queued: 99, workers, nowMs: s * 1_000, ...seen(workers, s) };
    const { cap } = stepper.step(readingOf(part));
    workers = cap!;
    return { ...part, workers };
  });
}

const steps: readonly [string, number, (workers: number) => Partial<Reading>][] = [
  ["cpu", .8, (workers) => ({ cpuRatio: Math.min(1, workers * .04) })],
  ["cpu of slight workers", .6, (workers) => ({ cpuRatio: Math.min(1, workers * .01) })],
  ["memory", .7, (workers) => ({ memoryRatio: Math.min(1, .2 + workers * .02) })],
];
for (const [what, target, seen] of steps) {
  Deno.test(`resource: a step of ${what} overshoots by at most 10 % and settles`, () => {
    const [key] = Object.keys(seen(1)) as ["cpuRatio"];
    const ratios = machine({ [key]: target }, 240, seen).map((second) => second[key]!);
    assert(Math.max(...ratios) <= 1.1 * target, `${Math.max(...ratios)}`);
    assert(ratios.slice(-60).every((ratio) => Math.abs(ratio - target) <= .1 * target));
  });
}

Deno.test("resource: gives way within half a minute when others take the CPU, and comes back", () => {
  const seconds = machine({}, 300, (workers, s) => ({
    cpuRatio: Math.min(1, workers * .04 + (s > 100 && s < 200 ? .5 : 0)),
  }));
  assert(seconds[99]!.workers >= 18);
  assert(seconds[135]!.workers <= 9, `${seconds[135]!.workers}`);
  assert(seconds[280]!.workers >= 18);
});

Deno.test("resource: an hour without work winds nothing up", () => {
  const seconds = machine(
    {},
    3_700,
    (workers, s) =>
      s < 3_600
        ? { queued: 0, workers: 2, cpuRatio: .05 }
        : { cpuRatio: Math.min(1, workers * .1) },
  );
  assert(seconds[3_599]!.workers <= 16, "as at first");
  const late = seconds.slice(3_601).map(({ cpuRatio }) => cpuRatio!);
  assert(late.at(-1)! <= .8);
});

Deno.test("limits: start workers later than any policy they stand beside", () => {
  for (const name of ["gradient", "aimd", "resource"]) {
    const { floor, spawn } = bind(name).step(readingOf());
    assertEquals([floor, spawn], [0, { lagMs: 200, queuePer: 1_000_000 }]);
  }
});
