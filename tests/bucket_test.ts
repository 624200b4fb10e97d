/** Buckets: what may be taken in any period, against the plainest model there is. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Bucket, type Grain } from "../policies/limits/bucket.ts";

/** What was taken and when it counts as used: the worst instants a provider could choose. */
interface Taken {
  readonly takenMs: number;
  begunMs: number;
  amount: number;
  grain: Grain | null;
}

/** The most that was used in any period, where each taking counts when it was begun. */
function worst(all: readonly Taken[], periodMs: number): number {
  const begun = all.toSorted((one, other) => one.begunMs - other.begunMs);
  let [most, sum, first] = [0, 0, 0];
  for (const { begunMs, amount } of begun) {
    sum += amount;
    while (begun[first]!.begunMs <= begunMs - periodMs) sum -= begun[first++]!.amount;
    most = Math.max(most, sum);
  }
  return most;
}

Deno.test("bucket: no sliding period has more than the rate, over 1e5 random operations", () => {
  let operations = 0;
  const stepOf = fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 400, noNaN: true })),
    amount: fc.integer({ min: 1, max: 60 }),
    what: fc.constantFrom("take", "take", "take", "begin", "begin", "giveBack", "refund"),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 100 }),
      fc.integer({ min: 5, max: 100 }),
      fc.array(stepOf, { minLength: 400, maxLength: 600, size: "max" }),
      (amount, burst, steps) => {
        const bucket = new Bucket({ amount, periodMs: 1_000, burst: Math.min(amount, burst) });
        const [held, begun]: [Taken[], Taken[]] = [[], []];
        let nowMs = 0;
        for (const step of steps) {
          operations++;
          nowMs += step.afterMs;
          const at = step.pick % Math.max(1, held.length);
          if (step.what === "take" && bucket.fits(step.amount, 2, nowMs)) {
            // More than there is counts as all there is.
            const taken = Math.min(step.amount, amount);
            bucket.take(taken, nowMs);
            held.push({ takenMs: nowMs, begunMs: Infinity, amount: taken, grain: null });
          } else if (step.what === "begin" && held[at]) {
            const [job] = held.splice(at, 1);
            job!.grain = bucket.begin(job!.amount, nowMs);
            job!.begunMs = nowMs;
            begun.push(job!);
          } else if (step.what === "giveBack" && held[at]) {
            bucket.giveBack(held.splice(at, 1)[0]!.amount);
          } else if (step.what === "refund" && begun.length > 0) {
            const job = begun[step.pick % begun.length]!;
            const less = Math.floor(job.amount / 2);
            bucket.refund(job.grain!, less, nowMs);
            job.amount -= less;
          }
          const inside = begun.filter(({ begunMs }) => begunMs > nowMs - 1_000);
          const used = [...inside, ...held].reduce((sum, { amount }) => sum + amount, 0);
          assert(bucket.used(nowMs) >= used - 1e-6, "it forgets nothing that counts");
        }
        for (const job of held) job.begunMs = nowMs;
        assert(worst([...begun, ...held], 1_000) <= amount + 1e-6);
      },
    ),
    { numRuns: 220 },
  );
  assert(operations >= 1e5, `${operations} operations`);
});

Deno.test("bucket: what is taken at once is the burst, and all of the rate flows", () => {
  for (const burst of [10, 100, 1_000]) {
    const bucket = new Bucket({ amount: 1_000, periodMs: 60_000, burst });
    const taken: number[] = [];
    for (let nowMs = 0; nowMs < 600_000; nowMs += 50) {
      for (; bucket.fits(1, 2, nowMs); taken.push(nowMs)) {
        bucket.take(1, nowMs);
        bucket.begin(1, nowMs);
      }
      if (nowMs === 0) assertEquals(taken.length, burst);
    }
    assert(
      taken.length >= 9_850 && taken.length <= 10_000 + burst,
      `${taken.length} in 10 minutes`,
    );
  }
});

Deno.test("bucket: opens at the instant it names, not before", () => {
  const stepOf = fc.tuple(
    fc.integer({ min: 1, max: 50 }),
    fc.double({ min: 0, max: 300, noNaN: true }),
  );
  fc.assert(fc.property(fc.array(stepOf, { maxLength: 40 }), fc.nat(99), (steps, wanted) => {
    const bucket = new Bucket({ amount: 100, periodMs: 1_000, burst: 60 });
    let nowMs = 0;
    for (const [amount, afterMs] of steps) {
      nowMs += afterMs;
      if (!bucket.fits(amount, 2, nowMs)) continue;
      bucket.take(amount, nowMs);
      bucket.begin(amount, nowMs);
    }
    const opensMs = bucket.opensMs(wanted + 1, 2, nowMs);
    assert(opensMs >= nowMs && opensMs <= nowMs + 2_100);
    if (opensMs > nowMs + 0.1) assertEquals(bucket.fits(wanted + 1, 2, opensMs - 0.05), false);
    assertEquals(bucket.fits(wanted + 1, 2, opensMs), true);
  }));
});

Deno.test("bucket: a charge beyond the rate makes all wait until it is a period old", () => {
  const bucket = new Bucket({ amount: 100, periodMs: 1_000, burst: 100 });
  bucket.take(90, 0);
  bucket.begin(90, 0);
  bucket.charge(200, 10);
  assertEquals([bucket.used(10), bucket.fits(1, 2, 500)], [290, false]);
  assertAlmostEquals(bucket.opensMs(1, 2, 500), 1_900, 20);
  assertEquals(bucket.fits(1, 2, 2_000), true);
});

Deno.test("bucket: another rate holds for what was taken before it", () => {
  const bucket = new Bucket({ amount: 100, periodMs: 1_000, burst: 100 });
  bucket.take(80, 0);
  bucket.begin(80, 0);
  bucket.adopt({ amount: 50, periodMs: 2_000, burst: 50 }, 100);
  assertEquals([bucket.fits(1, 2, 1_500), bucket.fits(50, 2, 2_010)], [false, true]);
  bucket.adopt({ amount: 200, periodMs: 2_000, burst: 200 }, 1_500);
  assertEquals(bucket.fits(100, 2, 1_500), true);
});

Deno.test("bucket: a restart does not make it forget", () => {
  const before = new Bucket({ amount: 100, periodMs: 60_000, burst: 100 });
  before.take(70, 0);
  before.begin(70, 0);
  before.take(20, 30_000);
  const after = new Bucket({ amount: 100, periodMs: 60_000, burst: 100 });
  const history = before.history(31_000).map(([atMs, amount]) => [atMs - 26_000, amount] as const);
  after.restore(history, 5_000);
  assertEquals([after.used(5_000), after.fits(11, 2, 5_000)], [90, false]);
  assertEquals([after.used(40_000), after.used(70_000)], [20, 0]);
});
