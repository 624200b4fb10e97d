/** Growth that gains nothing is taken back, and what it ran into is named. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { Keepsakes } from "../actors/keepsakes.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { type Growth, ungrown, watch } from "../policies/detectors/growth_trial.ts";
import { SeededRandom } from "../simulation/random.ts";
import { constant, shaped, stepped } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import { workloadOf } from "../simulation/workload.ts";
import { ManualClock } from "./manual_clock.ts";
import { anyReadings, readingOf } from "./readings.ts";
import { type Obstacle, obstacles, stuckPool, type Tick } from "./stuck_pool.ts";

const downstream: Obstacle = {
  ...{ cause: "downstream", serviceS: .5, places: 10, perS: [10, 26], workersMax: 96, seed: 7 },
};

const capsOf = (ticks: readonly Tick[]) => ticks.map(({ said }) => said?.cap ?? null);

Deno.test("gain: fifty pools that run into something: nine of ten are told what it is", () => {
  assertEquals(obstacles.length, 50);
  const wrong = obstacles.flatMap((obstacle) => {
    const ticks = stuckPool(obstacle, 240_000);
    const told = ticks.find(({ said }) => said?.plateau)?.said?.plateau?.cause ?? "nothing";
    return told === obstacle.cause ? [] : `${JSON.stringify(obstacle)}: ${told}`;
  });
  assert(wrong.length <= 5, wrong.join("\n"));
});

Deno.test("gain: a pool keeps about as many as go on at once, and says why in words", () => {
  for (const obstacle of obstacles.filter(({ cause }) => cause === "downstream")) {
    const ticks = stuckPool(obstacle, 360_000).slice(-400);
    const mean = ticks.reduce((sum, { workers }) => sum + workers, 0) / ticks.length;
    const { places } = obstacle;
    assert(mean >= .75 * places && mean <= 1.35 * places + 1, `${mean} of ${places}`);
    assertMatch(
      ticks.at(-1)!.said!.because,
      /^\d+ (do as much|on trial).* as growth from \d+ to \d+ workers gained nothing: .*\(downstream\)$/,
    );
  }
});

Deno.test("gain: what serves only ten at once is tried again, and the pool grows when it serves more", () => {
  const ticks = stuckPool(downstream, 900_000, (nowMs) => nowMs < 300_000 ? 10 : 100);
  const at = (fromMs: number, untilMs: number) =>
    ticks.filter(({ nowMs }) => nowMs >= fromMs && nowMs < untilMs);
  assert(at(180_000, 300_000).every(({ workers }) => workers <= 14));
  assert(Math.max(...at(300_000, 900_000).map(({ workers }) => workers)) > 20);
  assertEquals(ticks.at(-1)!.said, null, "it is free again");
});

Deno.test("gain: a pool that begins anew amid its backlog knows what jobs take undisturbed", () => {
  const killedMs = 300_000;
  for (const obstacle of obstacles.filter(({ places }) => [4, 9].includes(places))) {
    if (obstacle.cause !== "downstream") continue;
    const ticks = stuckPool(obstacle, 600_000, undefined, killedMs);
    const settled = ticks.findIndex(({ nowMs, workers, said }) =>
      nowMs > killedMs && said?.plateau && workers <= 1.6 * obstacle.places
    );
    assert(ticks[settled]!.nowMs < killedMs + 150_000, `${ticks[settled]?.nowMs}`);
  }
});

Deno.test("gain: what jobs take undisturbed is stored when it is another, and nonsense is none", () => {
  const clock = new ManualClock();
  const stored = new Map<string, unknown>();
  let writes = 0;
  const keepsakes = () =>
    new Keepsakes("constraints.p", clock, (actor, snapshot) => {
      writes++;
      stored.set(actor, JSON.parse(JSON.stringify(snapshot)));
    });
  const [guard, keeper] = [bindConstraint("gain"), keepsakes()];
  for (let i = 0; i < 4_000; i++) {
    const durationMs = 500 + i % 5;
    guard.constrain(readingOf({ nowMs: i * 250, workers: 9, running: 5, finished: 3, durationMs }));
    keeper.keep([guard]);
  }
  assertEquals([[...stored.keys()], writes <= 40], [["gain.constraints.p"], true]);
  const next = bindConstraint("gain");
  keepsakes().restore([next], stored);
  assertEquals(next.kept, { durationMs: 500, jobs: 1_000 });
  for (const kept of [null, 7, {}, { durationMs: -1, jobs: 3 }, { durationMs: 5, jobs: "3" }]) {
    const fresh = bindConstraint("gain");
    fresh.resume!(kept);
    assertEquals(fresh.kept, null);
  }
});

Deno.test("gain: a size changes by trials that are kept or taken back, seldom, and within bounds", () => {
  for (const obstacle of obstacles) {
    const caps = capsOf(stuckPool(obstacle, 600_000)).filter((cap, i, all) => cap !== all[i - 1]);
    // One trial in 30 s at the least, and the halvings before.
    assert(caps.length <= 2 * 600 / 30 + 10, `${caps.length} changes`);
    for (const cap of caps) assert(cap === null || (cap >= 1 && cap <= obstacle.workersMax * 2));
  }
});

Deno.test("gain: never throws, never caps below one, changes nothing it was given, and repeats", () => {
  fc.assert(
    fc.property(anyReadings, (readings) => {
      let growth: Growth = ungrown;
      for (const reading of readings) {
        const held = JSON.stringify(growth);
        const next = watch(growth, reading);
        assertEquals(JSON.stringify(growth), held);
        assertEquals(JSON.stringify(watch(growth, reading)), JSON.stringify(next));
        growth = next;
        assert(growth.phase.kind === "free" || growth.phase.cap >= 1);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("gain: numbers that are none change nothing; who switches it off hears nothing", () => {
  const growth = watch(ungrown, readingOf({ nowMs: 1_000 }));
  for (const part of [{ finished: NaN }, { workers: -1 }, { nowMs: Infinity }]) {
    assertEquals(watch(growth, readingOf({ nowMs: 2_000, ...part })), growth);
  }
  const off = bindConstraint("gain", { mustGain: false });
  assertEquals(off.idle!(readingOf()), "it is switched off");
});

Deno.test("gain: a simulated pool whose jobs call what serves ten at once settles at twelve at most", async () => {
  const spanS = 300;
  const rate = stepped(10, 24, 60, spanS);
  const shape = { name: "calls", spanS, rate, rateMax: 24, serviceS: .5 };
  const sizes: [number, number][] = [];
  const causes = new Set<unknown>();
  await simulate(shaped(shape, new SeededRandom(3)), {
    downstream: { places: 10 },
    note(fact, nowMs) {
      if (fact.type === "resized") sizes.push([nowMs, fact.actual]);
      if (fact.type !== "decided") return;
      for (const { proposal } of fact.decision.vetoes) {
        if (proposal.plateau) causes.add(proposal.plateau.cause);
      }
    },
  });
  const settled = sizes.filter(([nowMs]) => nowMs >= 120_000 && nowMs < spanS * 1_000);
  assert(settled.length > 0);
  assert(settled.every(([, workers]) => workers <= 12), `${settled.map(([, size]) => size)}`);
  assertEquals([...causes], ["downstream"]);
});

Deno.test("gain: jobs that have become longer have the workers that they need", async () => {
  const random = new SeededRandom(5);
  const jobs = Array.from({ length: 1_500 }, (_, i) => ({
    atMs: i * 200 + random.unit() * 100,
    serviceMs: random.exponential(i < 500 ? 1_000 : 15_000),
  }));
  const run = (mustGain: boolean) => simulate(workloadOf("longer", jobs), { mustGain });
  const [with_, without] = [await run(true), await run(false)];
  assert(with_.latePercent <= without.latePercent + 1, `${with_.latePercent} % are late`);
  assert(with_.workersMost >= 60);
});

Deno.test("retries: a pool does not grow for what is down, and is free when it is back", async () => {
  const shape = { name: "calls", spanS: 180, rate: constant(20), rateMax: 20, serviceS: .5 };
  const down = { fromMs: 60_000, untilMs: 120_000, failsAfterMs: 2_000 };
  const workload = shaped(shape, new SeededRandom(3));
  const run = (mustGain: boolean) =>
    simulate(workload, { retries: 3, mustGain, downstream: { down } });
  const curve = ({ workersCurve }: { readonly workersCurve: readonly number[] }) => ({
    before: Math.max(...workersCurve.slice(0, 20)),
    during: Math.max(...workersCurve.slice(25, 40)),
    after: workersCurve.at(-1)!,
  });
  const [heeds, grows] = [curve(await run(true)), curve(await run(false))];
  assert(heeds.during <= Math.ceil(heeds.before) + 2, JSON.stringify(heeds));
  assert(grows.during > 2 * grows.before, JSON.stringify(grows));
  assert(heeds.after < 2 * heeds.before);
});
