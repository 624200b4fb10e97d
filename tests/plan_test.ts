/** The ScalingPlan: thresholds with a duration, an increment and a cooldown. */
import { assert, assertEquals } from "@std/assert";
import type { Reading } from "../messages/signals.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { closed, combine } from "../policies/scaling/combine.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { mulberry } from "./chance.ts";
import { readingOf } from "./readings.ts";

/** Steps each second from `fromMs` to `toMs`, both included, and returns the last proposal. */
function hold(stepper: Stepper, fromMs: number, toMs: number, part: Partial<Reading>) {
  let proposal = stepper.step(readingOf({ ...part, nowMs: fromMs }));
  for (let nowMs = fromMs + 1_000; nowMs < toMs; nowMs += 1_000) {
    proposal = stepper.step(readingOf({ ...part, nowMs }));
  }
  if (toMs > fromMs) proposal = stepper.step(readingOf({ ...part, nowMs: toMs }));
  return proposal;
}

for (
  const [name, part] of [["cpu", { cpuRatio: .76 }], ["memory", { memoryRatio: .81 }]] as const
) {
  Deno.test(`plan: high ${name} grows after 300,000 ms, not after 299,999`, () => {
    const stepper = bind("plan");
    assertEquals(hold(stepper, 0, 299_999, part).floor, 4);
    const { floor, cap, because } = stepper.step(readingOf({ ...part, nowMs: 300_000 }));
    assertEquals([floor, cap], [5, 5]);
    assert(because.startsWith(`${name} >`), because);
  });
}

Deno.test("plan: a CPU of 75 % and a memory of 80 % are not high", () => {
  assertEquals(hold(bind("plan"), 0, 400_000, { cpuRatio: .75, memoryRatio: .8 }).floor, 4);
});

const gaps: readonly [string, Partial<Reading>][] = [
  ["a low reading", { cpuRatio: .75 }],
  ["an unknown reading", { cpuRatio: null }],
  ["a stale reading", { cpuRatio: .9, hostAgeMs: 3_001 }],
];
for (const [name, gap] of gaps) {
  Deno.test(`plan: ${name} starts the five minutes over`, () => {
    const stepper = bind("plan");
    hold(stepper, 0, 299_000, { cpuRatio: .9 });
    stepper.step(readingOf({ ...gap, nowMs: 299_500 }));
    assertEquals(hold(stepper, 300_000, 599_999, { cpuRatio: .9 }).floor, 4);
    assertEquals(stepper.step(readingOf({ cpuRatio: .9, nowMs: 600_000 })).floor, 5);
  });
}

Deno.test("plan: a silence longer than 30 s starts the five minutes over", () => {
  for (const [silenceMs, floor] of [[30_000, 5], [30_001, 4]] as const) {
    const stepper = bind("plan");
    hold(stepper, 0, 290_000, { cpuRatio: .9 });
    const nowMs = 290_000 + silenceMs;
    assertEquals(stepper.step(readingOf({ cpuRatio: .9, nowMs })).floor, floor);
  }
});

Deno.test("plan: grows at once from 1,000 waiting, not from 999", () => {
  const stepper = bind("plan");
  assertEquals(stepper.step(readingOf({ queued: 999 })).floor, 4);
  assertEquals(stepper.step(readingOf({ queued: 1_000, nowMs: 1 })).floor, 5);
});

Deno.test("plan: grows at once from a wait of 30,000 ms, not from 29,999", () => {
  const stepper = bind("plan");
  assertEquals(stepper.step(readingOf({ oldestWaitMs: 29_999 })).floor, 4);
  assertEquals(stepper.step(readingOf({ oldestWaitMs: 30_000, nowMs: 1 })).floor, 5);
});

Deno.test("plan: keeps quiet for 10 min after a step and says how long still", () => {
  const stepper = bind("plan");
  assertEquals(stepper.step(readingOf({ queued: 1_000 })).floor, 5);
  const quiet = stepper.step(readingOf({ queued: 1_000, workers: 5, nowMs: 168_000 }));
  assertEquals(quiet.floor, 5);
  assert(quiet.because.includes("432 s left"), quiet.because);
  assertEquals(quiet.wakeAtMs, 600_000);
  assertEquals(stepper.step(readingOf({ queued: 1_000, workers: 5, nowMs: 599_999 })).floor, 5);
  assertEquals(stepper.step(readingOf({ queued: 1_000, workers: 5, nowMs: 600_000 })).floor, 6);
});

Deno.test("plan: a restart keeps the rest of the cooldown", () => {
  const stepper = bind("plan");
  stepper.step(readingOf({ queued: 1_000 }));
  const restored = bind("plan", {}, JSON.parse(JSON.stringify(stepper.memory)));
  assertEquals(restored.step(readingOf({ queued: 1_000, workers: 5, nowMs: 599_999 })).floor, 5);
  assertEquals(restored.step(readingOf({ queued: 1_000, workers: 5, nowMs: 600_000 })).floor, 6);
});

Deno.test("plan: memoryAction hold forbids growth while memory is high", () => {
  const stepper = bind("plan", { memoryAction: "hold" });
  hold(stepper, 0, 300_000, { memoryRatio: .9 });
  const full = stepper.step(readingOf({ memoryRatio: .9, queued: 5_000, nowMs: 300_001 }));
  assertEquals(full.floor, 4);
  assert(full.because.startsWith("held: memory"), full.because);
  assertEquals(stepper.step(readingOf({ queued: 5_000, nowMs: 300_002 })).floor, 5);
});

Deno.test("plan: a worker that died is no wish for fewer, and bounds don't wind it up", () => {
  const stepper = bind("plan", { cooldownMs: 0 });
  assertEquals(stepper.step(readingOf({ workers: 10 })).floor, 10);
  assertEquals(stepper.step(readingOf({ workers: 9, nowMs: 1 })).floor, 10);
  for (let nowMs = 2; nowMs < 20; nowMs++) {
    assertEquals(stepper.step(readingOf({ workers: 10, queued: 1_000, nowMs })).floor, 11);
  }
});

Deno.test("plan: 100,000 random steps stay in the bounds, and none is larger than the increment", () => {
  const chance = mulberry(11);
  const bounds = bindConstraint("bounds", { min: 2, max: 10 });
  let [steps, grown] = [0, 0];
  for (let run = 0; run < 50; run++) {
    const stepper = bind("plan", { cooldownMs: [0, 30_000, 600_000][run % 3] });
    let [before, workers, nowMs] = [closed, 0, 0];
    for (let i = 0; i < 2_000; i++, steps++) {
      nowMs += Math.floor(chance() * 2_000);
      const reading = readingOf({
        ...{ nowMs, workers, cpuRatio: chance() < .1 ? null : chance() * 1.2 },
        memoryRatio: chance(),
        queued: Math.floor(chance() ** 8 * 3_000),
        oldestWaitMs: chance() ** 8 * 60_000,
      });
      const policies = [{ policy: "plan", proposal: stepper.step(reading) }];
      const guards = [{ policy: "bounds", proposal: bounds.constrain(reading)! }];
      const { envelope } = combine(before, policies, guards);
      assert(envelope.floor >= 2 && envelope.cap <= 10 && envelope.floor === envelope.cap);
      if (i > 0) assert(Math.abs(envelope.floor - before.floor) <= 1, `${before.floor}`);
      grown += i > 0 && envelope.floor > before.floor ? 1 : 0;
      before = envelope;
      // Some die now and then, and are back later.
      workers = chance() < .05 ? Math.max(0, envelope.floor - 2) : envelope.floor;
    }
  }
  assert(steps >= 100_000 && grown >= 50, `${grown} of ${steps}`);
});
