/** The governor: how many workers the cores carry. */
import { assert, assertEquals } from "@std/assert";
import type { Reading } from "../messages/signals.ts";
import { bind } from "../policies/scaling/mod.ts";
import { readingOf } from "./readings.ts";

const demands: readonly [number, number, string][] = [
  [1, 2, "holds the CPU"],
  [.5, 4, "holds it half of the time"],
  [.1, 20, "holds it a tenth of the time"],
  [.01, 24, "waits, up to the largest size"],
  [0, 24, "only waits, up to the largest size"],
];
for (const [workerDemandRatio, cap, what] of demands) {
  Deno.test(`governor: allows ${cap} workers on 2 cores for work that ${what}`, () => {
    assertEquals(bind("governor").step(readingOf({ workerDemandRatio, workers: 1 })).cap, cap);
  });
}

const fed: readonly [number, number, number, string][] = [
  [.8, .5, 2, "what feeds them takes half a core of the 2.5 workers that fit"],
  [.5, .4, 3, "4 would fit without it"],
  [.5, 0, 4, "nothing is taken from them"],
  [1, 1, 2, "one a core is left in any case"],
];
for (const [workerDemandRatio, ownDemandRatio, cap, what] of fed) {
  Deno.test(`governor: allows ${cap} workers on 2 cores when ${what}`, () => {
    const stepper = bind("governor");
    const fed = { workers: 1, workerDemandRatio, ownDemandRatio };
    for (let nowMs = 0; nowMs < 10_000; nowMs += 250) stepper.step(readingOf({ ...fed, nowMs }));
    const proposal = stepper.step(readingOf({ ...fed, nowMs: 10_000 }));
    assertEquals(proposal.cap, cap);
    const told = proposal.because.includes(`feeding them ${ownDemandRatio.toFixed(2)}`);
    assertEquals(told, cap < Math.floor(2 / workerDemandRatio + .5), proposal.because);
  });
}

Deno.test("governor: does not believe at once that those want little whose jobs don't hold them", () => {
  const first = { queued: 1_000, workers: 1, starting: 1, workerDemandRatio: .02, heldRatio: .2 };
  const stepper = bind("governor");
  const capOf = (other: Partial<Reading>) => stepper.step(readingOf({ ...first, ...other })).cap;
  assertEquals(capOf({ nowMs: 0 }), 2, "what it takes to begin says nothing of the work");
  assertEquals(capOf({ nowMs: 100, starting: 4 }), 5, "nobody is stopped for a doubt");
  assertEquals(capOf({ nowMs: 200 }), 24, "it is so");
  const held = bind("governor").step(readingOf({ ...first, heldRatio: .98 }));
  assertEquals(held.cap, 24, "a thread that is held has no room");
  const kept = { ...first, heldRatio: .98, workerStarvedRatio: .7 };
  assertEquals(bind("governor").step(readingOf(kept)).cap, 2, "it is others who hold it");
  const spread = bind("governor").step(readingOf({ ...first, workers: 2 }));
  assertEquals(spread.cap, 24, "each core has a worker");
});

Deno.test("governor: what this process wants counts only beside workers that are busy", () => {
  const stepper = bind("governor");
  stepper.step(readingOf({ workerDemandRatio: .5, ownDemandRatio: 0 }));
  for (let nowMs = 250; nowMs < 5_000; nowMs += 250) {
    stepper.step(readingOf({ nowMs, workerDemandRatio: null, ownDemandRatio: 1 }));
  }
  assertEquals(stepper.step(readingOf({ nowMs: 5_000 })).cap, 4);
});

Deno.test("governor: what wants much is given no third of two cores before feeding is known", () => {
  const busy = { workers: 2, queued: 1_000, workerDemandRatio: .64, heldRatio: .4 };
  const stepper = bind("governor");
  const capOf = (nowMs: number, ownDemandRatio: number) =>
    stepper.step(readingOf({ ...busy, nowMs, ownDemandRatio })).cap;
  assertEquals([0, 160, 300, 900].map((nowMs) => capOf(nowMs, .9)), [2, 2, 2, 2]);
  const unfed = bind("governor");
  unfed.step(readingOf({ ...busy, ownDemandRatio: .1 }));
  assertEquals(unfed.step(readingOf({ ...busy, nowMs: 200, ownDemandRatio: .1 })).cap, 3);
});

Deno.test("governor: to take in a burst is not to feed workers for it", () => {
  const stepper = bind("governor");
  stepper.step(readingOf({ workers: 2 }));
  const caps = [80, 200, 2_000].map((nowMs) =>
    stepper.step(readingOf({ nowMs, workers: 2, workerDemandRatio: .1, ownDemandRatio: .7 })).cap
  );
  assertEquals(caps, [19, 18, 13]);
});

Deno.test("governor: stops workers for the cores' sake when those have carried fewer for a second", () => {
  const stepper = bind("governor");
  const look = (nowMs: number, workerDemandRatio: number) =>
    stepper.step(readingOf({ nowMs, workers: 12, starting: 1, workerDemandRatio })).cap;
  assertEquals([look(0, .2), look(900, .2)], [13, 13], "they stay");
  assertEquals([look(950, 0), look(1_100, .3), look(2_000, .3)], [15, 13, 13], "counted anew");
  assertEquals(look(2_100, .3), 9);
});

Deno.test("governor: follows a changed demand within seconds, not at once", () => {
  const stepper = bind("governor");
  stepper.step(readingOf({ workerDemandRatio: 0 }));
  const caps = Array.from(
    { length: 200 },
    (_, i) => stepper.step(readingOf({ nowMs: i * 250, workerDemandRatio: 1 })).cap!,
  );
  assert(caps[0]! > 2 && caps.at(-1) === 2, `${caps[0]} .. ${caps.at(-1)}`);
  assertEquals(caps, caps.toSorted((a, b) => b - a));
});
