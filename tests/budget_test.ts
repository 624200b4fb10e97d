/** One budget for several pools: the shares as pure functions, and pools that live by them. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { budgetOptions } from "../actors/budget_terms.ts";
import { composeConfig } from "../actors/config.ts";
import { inPool } from "../actors/grant.ts";
import { poolHandle } from "../actors/pool_handle.ts";
import { Refusal } from "../actors/runtime.ts";
import { whyWaits } from "../actors/why.ts";
import { type Claim, settled, shares } from "../policies/budget/share.ts";
import { worths } from "../policies/budget/worth.ts";
import { nothing, orderOf, task } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

const claimOf = (part: Partial<Claim>): Claim => ({
  ...{ load: 0, serviceMs: 500, waitMs: 150, weight: 1, floor: 0, least: 0, cap: 100, held: 0 },
  ...{ workerBytes: 40e6, workerCores: 0 },
  ...part,
});
const only = (workers: number) => ({ workers, memoryBytes: Infinity, cpuCores: Infinity });
const capsOf = (claims: readonly Claim[], workers: number) =>
  shares(claims, only(workers)).map(({ cap }) => cap);
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

const work = {
  load: fc.double({ min: 0, max: 40, noNaN: true }),
  serviceMs: fc.double({ min: 1, max: 60_000, noNaN: true }),
  weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
};

Deno.test("budget: a worker more is never worth more than the one before it", () => {
  fc.assert(fc.property(fc.record({ ...work, most: fc.nat(80) }), ({ most, ...part }) => {
    const all = worths(claimOf(part), most);
    assert(all.length <= most && all.every((worth) => worth > 0));
    for (let i = 1; i < all.length; i++) assert(all[i]! <= all[i - 1]! * (1 + 1e-9), `${all}`);
    assertEquals(all.length > 0, part.load > 0 && most > 0);
  }));
});

Deno.test("budget: shares are the best there are, up to 4 pools and 12 workers", () => {
  const claim = fc.record({ ...work, cap: fc.nat(12) }).map(claimOf);
  fc.assert(
    fc.property(fc.array(claim, { minLength: 1, maxLength: 4 }), fc.nat(12), (claims, workers) => {
      const values = claims.map((claim) => {
        const all = worths(claim, claim.cap);
        const needed = Math.max(Math.min(1, all.length), all.filter((worth) => worth >= 1).length);
        return all.slice(0, needed).map((worth, i) => worth * claim.weight / (i + 1));
      });
      const best = (pool: number, left: number): number =>
        pool === values.length ? 0 : Math.max(
          ...Array.from(
            { length: Math.min(left, values[pool]!.length) + 1 },
            (_, n) => sum(values[pool]!.slice(0, n)) + best(pool + 1, left - n),
          ),
        );
      const dealt = shares(claims, only(workers));
      const ours = sum(dealt.map(({ earned }, i) => sum(values[i]!.slice(0, earned))));
      assert(Math.abs(ours - best(0, workers)) < 1e-9 * Math.max(1, ours));
    }),
    { numRuns: 300 },
  );
});

Deno.test("budget: caps are within the budget, have what is kept, and leave nothing unused", () => {
  const claim = fc.record({
    ...work,
    ...{ floor: fc.nat(2), least: fc.nat(6), cap: fc.integer({ min: 2, max: 30 }) },
    ...{ held: fc.nat(30), workerBytes: fc.integer({ min: 1, max: 100 }) },
    workerCores: fc.double({ min: 0, max: 1, noNaN: true }),
  }).map(claimOf);
  const limits = fc.record({
    workers: fc.integer({ min: 12, max: 60 }),
    memoryBytes: fc.integer({ min: 1_200, max: 4_000 }),
    cpuCores: fc.double({ min: 12, max: 30, noNaN: true }),
  });
  fc.assert(
    fc.property(
      ...[fc.array(claim, { minLength: 1, maxLength: 6 }), limits, fc.boolean()] as const,
      (claims, limits, mayMove) => {
        const dealt = shares(claims, limits, mayMove);
        const total = (cost: (claim: Claim) => number) =>
          sum(dealt.map(({ cap }, i) => cap * cost(claims[i]!)));
        assert(total(() => 1) <= limits.workers);
        assert(total(({ workerBytes }) => workerBytes) <= limits.memoryBytes);
        assert(total(({ workerCores }) => workerCores) <= limits.cpuCores + 0.5);
        dealt.forEach(({ earned, cap }, i) => {
          const { floor, cap: most } = claims[i]!;
          assert(Math.min(floor, most) <= earned && earned <= cap && cap <= most);
        });
        const caps = dealt.map(({ cap }) => cap);
        const before = caps.map((cap) => Math.max(0, cap - 1));
        const kept = settled(before, dealt, claims, limits);
        assert(kept === before || sum(kept) === sum(caps));
        if (total(() => 1) === limits.workers) return;
        const full = claims.every(({ cap }, i) => caps[i] === cap);
        const isSpent = total(({ workerBytes }) => workerBytes) > limits.memoryBytes - 100 ||
          total(({ workerCores }) => workerCores) > limits.cpuCores - 0.5;
        assert(full || isSpent, "somebody could have had one more");
      },
    ),
  );
});

Deno.test("budget: who floods has as much as others who do, by weight", () => {
  const flood = (part: Partial<Claim> = {}) => claimOf({ load: 1_000, ...part });
  assertEquals(capsOf([flood(), flood({ load: 300 }), flood({ serviceMs: 9 })], 60), [20, 20, 20]);
  assertEquals(capsOf([flood(), flood({ weight: 2 })], 60), [20, 40]);
  assertEquals(capsOf([flood(), flood({ cap: 5 })], 60), [55, 5], "the rest is for others");
  assertEquals(capsOf([flood(), claimOf({ load: 1 })], 12), [10, 2], "who needs little has that");
  assertEquals(capsOf([flood(), claimOf({})], 12), [12, 0]);
  assertEquals(capsOf([flood(), claimOf({ least: 4 })], 12), [12, 0], "while it needs nothing");
  assertEquals(capsOf([flood(), claimOf({ load: 0.01, least: 4 })], 12), [11, 1]);
  assertEquals(capsOf([flood(), flood({ weight: 0.1, least: 4 })], 12), [8, 4]);
  assertEquals(capsOf([claimOf({}), claimOf({})], 12), [6, 6], "room for whoever comes first");
});

Deno.test("budget: who is busy goes on where that hardly matters, and while nobody may be moved", () => {
  const flood = (held: number) => claimOf({ load: 1_000, held });
  assertEquals(capsOf([flood(7), flood(5)], 12), [7, 5], "no move for one worker");
  assertEquals(capsOf([flood(12), flood(0)], 12), [7, 5]);
  const three = [flood(60), flood(0), claimOf({ load: 400 })];
  assertEquals(capsOf(three, 60).map((cap) => Math.abs(cap - 20) <= 1), [true, true, true]);
  const still = shares([flood(12), claimOf({ load: 1_000, least: 2 })], only(12), false);
  assertEquals(still.map(({ cap }) => cap), [10, 2], "but for what is promised");
});

const other = { ...task, grant: inPool(nothing, "io") };

/** Sends `count` jobs to a pool. */
function flood({ system }: SystemStage, pool: "default" | "io", count: number) {
  const part = pool === "io" ? { operation: other } : {};
  return Array.from({ length: count }, () => system.queue.submitOne(orderOf({}, part)));
}

/** Two pools of up to 12 workers each that have 12 together; a job holds a worker for 100 ms. */
async function shared(terms = {}): Promise<SystemStage> {
  const stage = new SystemStage({
    ...{ min: 0, max: 12, part: { jobMs: 100, holds: true } },
    others: { io: { min: 0, max: 12 } },
    budget: { workers: 12, terms },
  });
  // Enough of them, so that nothing but the budget limits anybody.
  stage.machine = { cores: 64 };
  await pass(stage, 1_500);
  return stage;
}

/** Goes on for a while; all pools together must never have more than 12 workers. */
async function pass({ clock, system }: SystemStage, ms: number) {
  const pools = [...system.estates.values()].map(({ pool }) => pool);
  for (let i = 0; i < ms; i += 5) {
    await clock.advance(5);
    const sizes = pools.map(({ roster, envelope }) => Math.max(roster.size, envelope.cap));
    assert(sum(sizes) <= 12, `${sizes}`);
  }
  return pools.map(({ links }) => links.length);
}

Deno.test("budget: one pool has all of it while the other has nothing to do, and gives it back", async () => {
  const stage = await shared();
  flood(stage, "default", 4_000);
  const [alone] = await pass(stage, 4_000);
  assert(alone! >= 11, `${alone} of 12 workers`);
  flood(stage, "io", 4_000);
  assertEquals(await pass(stage, 6_000), [7, 5], "none is moved for the sake of one worker");
  const [job] = flood(stage, "default", 1);
  const why = whyWaits(stage.system, { id: `r${(-job!.id).toString(36)}`, state: "waiting" });
  assertEquals([why.gate, why.because], ["budget", "budget: 7 of 12 workers, io has 5"]);
  const { vetoes } = stage.system.decisions.latest().at(-1)!;
  assert(vetoes.some(({ policy }) => policy === "budget"));
  for (const job of [...stage.system.queue.open.values()]) stage.system.cancel(job, "enough");
  assertEquals(await pass(stage, 10_000), [0, 0], "and both shrink to nothing");
  const [last] = flood(stage, "io", 1);
  await pass(stage, 500);
  assertEquals(last!.state, "done");
});

Deno.test("budget: pools that both want all of it do not take it from each other for ever", async () => {
  const stage = await shared({ io: { weight: 2 } });
  flood(stage, "default", 4_900);
  await pass(stage, 2_000);
  flood(stage, "io", 4_900);
  await pass(stage, 6_000);
  const resized = () => stage.facts.filter(({ type }) => type === "resized").length;
  const before = [resized(), stage.system.decisions.latest().length];
  const sizes = await pass(stage, 30_000);
  assert(Math.abs(sizes[0]! - 4) <= 1 && Math.abs(sizes[1]! - 8) <= 1, `${sizes}`);
  assertEquals([resized(), stage.system.decisions.latest().length], before, "nothing moves");
});

Deno.test("budget: three pools that flood have a third each, within one in twenty", async () => {
  const room = { min: 0, max: 60 };
  const stage = new SystemStage({
    ...{ ...room, part: { jobMs: 100, holds: true } },
    others: { io: room, cpu: room },
    budget: { workers: 60 },
  });
  const { clock, system } = stage;
  stage.machine = { cores: 64 };
  await clock.advance(1_500);
  const grants = [nothing, inPool(nothing, "io"), inPool(nothing, "cpu")];
  for (let i = 0; i < 9_900; i++) {
    const operation = { ...task, grant: grants[i % 3]! };
    system.queue.submitOne(orderOf({}, { operation }));
  }
  const pools = [...system.estates.values()].map(({ pool }) => pool);
  for (let i = 0; i < 400; i++) {
    await clock.advance(20);
    assert(sum(pools.map(({ roster }) => roster.size)) <= 60);
  }
  for (const { links } of pools) {
    assert(links.length >= 19 && links.length <= 21, `${links.length}`);
  }
  await system.stop();
});

Deno.test("budget: a pool that wakes beside a flood has what was promised at once", async () => {
  const stage = await shared({ io: { least: 3 } });
  flood(stage, "default", 4_900);
  await pass(stage, 4_000);
  const jobs = flood(stage, "io", 3);
  await pass(stage, 800);
  assertEquals(jobs.map(({ state }) => state), ["done", "done", "done"]);
});

Deno.test("budget: what the operator pins is taken from the others", async () => {
  const stage = await shared();
  poolHandle(stage.system, "io").pin(5);
  flood(stage, "default", 4_000);
  await stage.clock.advance(6_000);
  const sizes = [...stage.system.estates.values()].map(({ pool }) => pool.links.length);
  assertEquals(sizes, [7, 5]);
});

Deno.test("budget: holds over a restart, and where another budget is set", async () => {
  const before = await shared();
  flood(before, "default", 4_000);
  await pass(before, 4_000);
  poolHandle(before.system, "io").pin(3);
  await before.clock.advance(3_000); // The operator waits for nobody: others follow.
  const stage = new SystemStage({
    ...{ min: 0, max: 12, part: { jobMs: 100, holds: true } },
    ...{ store: before.store, stored: await before.stored() },
    others: { io: { min: 0, max: 12 } },
    budget: { workers: 12 },
  });
  stage.machine = { cores: 64 };
  flood(stage, "default", 4_000);
  assertEquals(await pass(stage, 6_000), [9, 3]);
  assertEquals(stage.alerts, []);
  const { min, max } = { min: 0, max: 12 };
  stage.system.budget!.adopt({
    limits: only(6),
    cooldownMs: 2_000,
    terms: new Map(["default", "io"].map((name) => [name, { weight: 1, least: 1, min, max }])),
  });
  assertEquals(await pass(stage, 6_000), [3, 3]);
});

Deno.test("budget: is checked against what pools keep, and made for this machine", () => {
  const machine = { cores: 2, memoryAvailableBytes: 8e9 };
  const of = (values: object) => composeConfig([{ name: "t", values }]);
  const { limits, terms } = budgetOptions(
    of({ pools: { io: { workers: { max: 40 }, share: { weight: 2, workers: 3 } } } }),
    machine,
  );
  assertEquals([limits.workers, limits.cpuCores, limits.memoryBytes], [24, 2, Infinity]);
  assertEquals(terms.get("io"), { weight: 2, least: 3, min: 1, max: 24 });
  try {
    of({ pools: { io: { workers: { min: 6 } } }, budget: { workers: 4 } });
    throw new Error("was taken");
  } catch (error) {
    assert(error instanceof Refusal);
    assertEquals(
      error.message,
      "t budget.workers: expected >= 7, what all pools keep by their workers.min, given 4",
    );
  }
});
