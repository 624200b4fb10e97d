/** What pools cost beside pools of one size: what is kept, what is estimated, who is told. */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { contain } from "../actors/host/containment.ts";
import { rehearsal } from "../actors/host/rehearse.ts";
import type { Job } from "../actors/job.ts";
import { JobSample } from "../actors/regret/sample.ts";
import { regretSchema } from "../actors/regret/config.ts";
import { poolStatus } from "../actors/status.ts";
import { whyPool } from "../actors/why_pool.ts";
import { look } from "../actors/alerts/sight.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { RegretEstimate, RegretWish } from "../messages/regret.ts";
import { bestFixed } from "../simulation/best_fixed.ts";
import { SeededRandom } from "../simulation/random.ts";
import { estimateRegret } from "../simulation/regret.ts";
import { constant, shaped, spiked } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import type { Workload } from "../simulation/workload.ts";
import { AlertsStage } from "./alerts_stage.ts";
import { jobOf, orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

const hourMs = 3_600_000;

/** A job that was due at `dueMs` and ran for 500 ms, a fifth of it on a core. */
function ran(sample: JobSample, id: number, dueMs: number, cpuSeconds: number | null = .1): void {
  const job: Job = jobOf(id);
  job.dueMs = dueMs;
  job.startedMs = dueMs + 1;
  const resources = { cpuSeconds, peakBytes: null, ioBytes: null, source: "thread" } as const;
  const base = { attempts: 1, waitMs: 1, durationMs: 500, worker: "1.1", resources };
  sample.ended(job, { type: "done", output: null, ...base } as Outcome);
}

Deno.test("sample: every second stretch of a quiet hour is kept, job by job", () => {
  const sample = new JobSample(2_000, 1_000, hourMs);
  const came = Array.from({ length: 600 }, (_, i) => [i + 1, 1_000 + 6_000 * i] as const);
  // They end in another order than they came.
  for (const [id, at] of came.toSorted(([a], [b]) => a % 10 - b % 10)) ran(sample, id, at);
  ran(sample, 900, 999);
  ran(sample, 901, 1_000 + hourMs);
  const { atMs, serviceMs, spanMs, keptRatio, cpuRatio, commandsRatio } = sample.sampled;
  assertEquals([Math.round(spanMs), keptRatio, commandsRatio], [hourMs / 2, 1, 0]);
  assertEquals([atMs.length, new Set(serviceMs)], [300, new Set([500])]);
  // Where two stretches meet the step is another.
  const steps = atMs.slice(1).map((at, i) => Math.round(at - atMs[i]!));
  assert(steps.filter((ms) => ms !== 6_000).length <= 11, steps.join(" "));
  assertAlmostEquals(cpuRatio, .2, 1e-9);
});

for (const [perS, kept] of [[5, 1], [200, 1 / 16]] as const) {
  Deno.test(`sample: of ${perS} jobs a second as many are kept as fit, under the same load`, () => {
    const sample = new JobSample(2_000, 0, hourMs);
    for (let i = 0; i < 3_600 * perS; i++) ran(sample, -(i + 1), 1_000 * i / perS);
    const { atMs, spanMs, keptRatio } = sample.sampled;
    assert(atMs.length <= 2_000 && atMs.length >= 1_000, `${atMs.length} are kept`);
    assertEquals(keptRatio, kept);
    assertAlmostEquals(1_000 * atMs.length / spanMs, perS * keptRatio, .02 * perS * keptRatio);
    assert(atMs.every((at, i) => at >= (atMs[i - 1] ?? 0) && at < spanMs));
  });
}

Deno.test("sample: a busy part of the hour has no less weight than a quiet one", () => {
  const sample = new JobSample(1_200, 0, hourMs);
  // 50 a second in the first five minutes, 1 in the others.
  let id = 0;
  for (let s = 0; s < 3_600; s++) {
    for (let i = 0; i < (s < 300 ? 50 : 1); i++) ran(sample, ++id, 1_000 * s + 20 * i);
  }
  const { atMs, spanMs, keptRatio } = sample.sampled;
  const busy = atMs.filter((at) => at < spanMs / 12).length;
  assertAlmostEquals(12_000 * busy / spanMs / keptRatio, 50, 3);
  assertAlmostEquals(12_000 * (atMs.length - busy) / spanMs / 11 / keptRatio, 1, .3);
});

const wishOf = (
  { atMs, serviceMs, spanMs }: Workload,
  part: Partial<RegretWish> = {},
): RegretWish => ({
  ...{ atMs: [...atMs], serviceMs: [...serviceMs], spanMs },
  policies: [{ name: "governor" }],
  ...{ min: 1, max: 100, spares: 0, mustGain: true, slots: 1, startMs: 20, cpuRatio: 0, cores: 8 },
  ...{ waitTargetMs: 150, latePriceRuns: 10, budgetMs: 1e9 },
  ...part,
});

const bestOf = ({ sizes }: RegretEstimate) =>
  sizes.reduce((best, one) => one.cost < best.cost ? one : best);

const crowds = shaped({
  ...{ name: "crowds", spanS: 300, serviceS: .5, rateMax: 20 },
  rate: spiked(2, 10, [60, 200], { riseS: 5, fadeS: 20 }),
}, new SeededRandom(5));

Deno.test("estimateRegret: a policy beside the best fixed size, which is among those tried", async () => {
  const estimate = await estimateRegret(wishOf(crowds), () => 0);
  const { own, sizes } = estimate;
  const best = await bestFixed(crowds, { max: 100 });
  assertEquals(bestOf(estimate), best);
  assert(own.cost < .8 * best.cost, `${own.cost} beside ${best.cost}`);
  assertEquals(
    sizes.map(({ workers }) => workers),
    sizes.map(({ workers }) => workers).toSorted((a, b) => a - b),
  );
});

Deno.test("estimateRegret: who keeps 40 workers for a load of one costs many times as much", async () => {
  const even = shaped(
    { name: "even", spanS: 600, rate: constant(2), rateMax: 2, serviceS: .5 },
    new SeededRandom(6),
  );
  const policies = [{ name: "fixed", workers: 40 }];
  const estimate = await estimateRegret(wishOf(even, { policies }), () => 0);
  const least = bestOf(estimate);
  const isWaste = estimate.own.cost > 5 * least.cost && least.workers < 8;
  assert(isWaste, JSON.stringify(estimate));
});

Deno.test("estimateRegret: sizes beyond what the cores carry are tried while there is time", async () => {
  const part = { budgetMs: 10, slots: 4, cpuRatio: .25 };
  const few = await estimateRegret(wishOf(crowds, part), () => 11);
  const all = await estimateRegret(wishOf(crowds, part), () => 0);
  // Four at once in each worker: 8 of them fill the cores, and fewer are enough.
  assertEquals(all.sizes.filter(({ workers }) => workers <= 8), few.sizes);
  assert(all.sizes.length > few.sizes.length && bestOf(all).workers < 8, JSON.stringify(all));
});

Deno.test("estimateRegret: who computes is no better off with more workers than cores", async () => {
  const even = shaped(
    { name: "even", spanS: 300, rate: constant(2.8), rateMax: 2.8, serviceS: .5 },
    new SeededRandom(8),
  );
  let asked = 0;
  const wish = wishOf(even, { cores: 2, cpuRatio: 1, budgetMs: 3 });
  const estimate = await estimateRegret(wish, () => asked++);
  const least = bestOf(estimate);
  assert(least.workers <= 2, JSON.stringify(least));
  assert(estimate.own.cost < 1.03 * least.cost, `${estimate.own.cost} beside ${least.cost}`);
  // By waits alone it seems otherwise: four of them begin jobs that then share two cores.
  const options = { cpuRatio: 1, machine: { cores: 2 }, max: 100 };
  const [two, four] = await Promise.all(
    [2, 4].map((workers) => simulate(even, { ...options, policy: { name: "fixed", workers } })),
  );
  assert(four!.cost < two!.cost && four!.latePercent < two!.latePercent);
});

Deno.test("rehearse: a process of its own comes to the same, and can be called off", async () => {
  const wish = wishOf(crowds);
  const stop = new AbortController();
  const rehearse = rehearsal((await contain(1)).guard);
  const told = await rehearse(wish, stop.signal);
  assertEquals(told, JSON.parse(JSON.stringify(await estimateRegret(wish, () => 0))));
  const bad = wishOf(crowds, { policies: [{ name: "nobody" }] });
  await assertRejects(() => rehearse(bad, stop.signal), Error, "the simulation has failed");
  const under = rehearse(wish, stop.signal);
  stop.abort();
  await assertRejects(() => under, Error);
});

/** A stage whose periods are ten minutes, of which `answer` says what they would have cost. */
class MeterStage extends SystemStage {
  readonly wishes: RegretWish[];

  constructor(answer: (wish: RegretWish) => RegretEstimate) {
    const wishes: RegretWish[] = [];
    super({
      rehearse: (wish) => new Promise((resolve) => resolve((wishes.push(wish), answer(wish)))),
    });
    this.wishes = wishes;
    this.system.regrets.meter.adopt(regretSchema.parse({ everyMs: 600_000 }));
  }

  async period(jobsPerMinute = 24): Promise<void> {
    for (let minute = 0; minute < 10; minute++) {
      for (let i = 0; i < jobsPerMinute; i++) this.system.queue.submitOne(orderOf());
      await this.clock.rush(60_000);
    }
  }
}

const estimate = (own: number, ...sizes: readonly number[]): RegretEstimate => ({
  own: { cost: own, latePercent: 0 },
  sizes: sizes.map((cost, i) => ({ workers: i + 1, cost, latePercent: 0 })),
});

Deno.test("regret: each period is simulated with who decides, and told wherever a pool is told of", async () => {
  const stage = new MeterStage(() => estimate(1.2, 3, 1, 2));
  const { system } = stage;
  assertEquals(poolStatus(system, system.home).regret, undefined);
  await stage.period();
  const [wish] = stage.wishes;
  assert(wish!.atMs.length >= 100 && wish!.atMs.length <= 140, `${wish!.atMs.length} jobs`);
  assertEquals(wish!.policies.map(({ name }) => name), ["governor"]);
  assertEquals([wish!.min, wish!.max, wish!.cores, wish!.startMs > 15], [1, 4, 8, true]);
  const { regret } = poolStatus(system, system.home);
  assertEquals(regret!.numbers!.regretPercent, 20);
  assertEquals(regret!.numbers!.best.workers, 2);
  const says = "It cost 20 % more than 2 workers all the time would have";
  assertEquals(regret!.because, says);
  assertMatch(whyPool(system, "default").because, new RegExp(says));
  await stage.period();
  await stage.period();
  assertEquals(stage.wishes.length, 3);
  assertEquals(look(system).regrets(), [{
    pool: "default",
    latelyRatio: [.2, .2, .2],
    lossWorkers: 0,
    workers: 2,
  }]);
  // It is said, and nothing else: nobody has moved a worker for it, or raised an alert.
  assertEquals([system.controller.operator.state, stage.alerts], ["auto", []]);
  await system.stop();
});

Deno.test("regret: what can't be known is said, and what was known before stays known", async () => {
  let isBroken = false;
  const stage = new MeterStage(() => {
    if (isBroken) throw new Error("the simulation has failed");
    return estimate(.5, 1);
  });
  const { system } = stage;
  const because = () => system.regrets.meter.of("default")!.because;
  await stage.period(3);
  assertEquals(stage.wishes.length, 0);
  assertMatch(because(), /is not known: only 15 jobs were there to simulate/);
  await stage.period();
  assertEquals(because(), "It cost 50 % less than 1 worker all the time would have");
  isBroken = true;
  await stage.period();
  assertMatch(because(), /is not known: the simulation has failed/);
  assertEquals(system.regrets.meter.of("default")!.latelyPercent, [-50]);
  assertEquals(look(system).regrets(), []);
  // Nobody looks, and no job is kept.
  system.regrets.meter.adopt(regretSchema.parse({ enabled: false }));
  await stage.period();
  assertEquals([stage.wishes.length, system.regrets.meter.of("default"), system.home.sample], [
    2,
    null,
    null,
  ]);
  await system.stop();
});

Deno.test("alerts: a pool that costs more than a fixed size for three hours is told once", async () => {
  const stage = await new AlertsStage().start();
  let lossWorkers = .9;
  const after = (...latelyRatio: number[]) =>
    stage.pass(10_000, {
      regrets: () => [{ pool: "default", latelyRatio, lossWorkers, workers: 7 }],
    });
  await after(.2, .2);
  await after(.2, .2, .04);
  await after(.2, .2, .2);
  assertEquals(stage.news, []);
  lossWorkers = 1;
  await after(.3, .2, .2, .1);
  assertEquals(stage.news, ["alertRaised warning regret"]);
  assertEquals(
    stage.alerts.view.items[0]!.message,
    "Pool default cost at least 10 % more than one fixed size would have, in each of the last 3 " +
      "estimates; of late that is 7 workers: flyball pool pin 7 --pool default, or another policy",
  );
  await after(.2, .2, .1, .04);
  assertEquals(stage.news.length, 1);
  await after(.2, .1, .04, -.1);
  assertEquals(stage.news, ["alertRaised warning regret", "alertCleared warning regret"]);
});
