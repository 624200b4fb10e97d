/** What is learned of operations, and what is reserved by it. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Footprints } from "../actors/footprints.ts";
import {
  createDecaying,
  decayingOf,
  decayingQuantile,
  decayingRow,
  takeDecaying,
} from "../policies/estimators/decaying.ts";
import {
  createFootprint,
  footprintOf,
  footprintRow,
  learn,
  moreBytes,
  needOf,
} from "../policies/estimators/footprint.ts";
import { ManualClock } from "./manual_clock.ts";
import { commandOf, end } from "./memory_stage.ts";

const mib = 2 ** 20;
const gib = 2 ** 30;

/** The smallest value that has a share `q` of all weight at or below it. */
function exact(samples: readonly (readonly [value: number, weight: number])[], q: number): number {
  const order = samples.toSorted(([a], [b]) => a - b);
  let left = q * order.reduce((sum, [, weight]) => sum + weight, 0) * (1 - 1e-9);
  for (const [value, weight] of order) {
    left -= weight;
    if (left <= 0) return value;
  }
  return order.at(-1)![0];
}

const samples = fc.array(
  fc.record({
    value: fc.double({ min: 1, max: 1e12, noNaN: true }),
    afterMs: fc.integer({ min: 0, max: 50_000 }),
  }),
  { minLength: 1, maxLength: 200 },
);

Deno.test("decaying: a quantile is within 2 % of the exact one of what is not forgotten", () => {
  fc.assert(fc.property(samples, fc.constantFrom(0.1, 0.5, 0.95), (list, q) => {
    const decaying = createDecaying();
    let at = 1_700_000_000_000;
    const times = list.map(({ afterMs }) => at += afterMs);
    list.forEach(({ value }, i) => takeDecaying(decaying, value, times[i]!, 10_000));
    const weighed = list.map(({ value }, i) => [value, 2 ** ((times[i]! - at) / 10_000)] as const);
    // What has less than a millionth of the weight may be gone.
    const floor = exact(weighed, q * (1 - 1e-3)) * 0.98;
    const ceiling = exact(weighed, Math.min(1, q * (1 + 1e-3) + 1e-3)) * 1.02;
    const found = decayingQuantile(decaying, q)!;
    assert(found >= floor && found <= ceiling, `${floor} <= ${found} <= ${ceiling}`);
  }));
});

Deno.test("decaying: a value counts half after a half-life", () => {
  const decaying = createDecaying();
  for (let i = 0; i < 100; i++) takeDecaying(decaying, 1_000, 0, 1_000);
  for (let i = 0; i < 49; i++) takeDecaying(decaying, 10, 1_000, 1_000);
  assertAlmostEquals(decayingQuantile(decaying, 0.5)!, 1_000, 20);
  for (let i = 0; i < 2; i++) takeDecaying(decaying, 10, 1_000, 1_000);
  assertAlmostEquals(decayingQuantile(decaying, 0.5)!, 10, 0.2);
  assertEquals(decayingQuantile(createDecaying(), 0.5), null);
});

Deno.test("decaying: ignores what is no amount; survives a clock that runs back and years of rest", () => {
  const decaying = createDecaying();
  for (const value of [NaN, -1, Infinity]) takeDecaying(decaying, value, 0, 1_000);
  assertEquals(decaying.buckets.size, 0);
  takeDecaying(decaying, 100, 1e12, 1_000);
  takeDecaying(decaying, 1e9, 1e12 - 1e9, 1_000);
  assertAlmostEquals(decayingQuantile(decaying, 0.9)!, 100, 2);
  takeDecaying(decaying, 7, 2e12, 1_000);
  assertEquals(decaying.buckets.size, 1);
  assertAlmostEquals(decayingQuantile(decaying, 0)!, 7, 0.2);
});

Deno.test("decaying: comes back as it was stored, and not from what is no such thing", () => {
  fc.assert(fc.property(samples, (list) => {
    const decaying = createDecaying();
    list.forEach(({ value, afterMs }) => takeDecaying(decaying, value, afterMs, 1e4));
    const back = decayingOf(JSON.parse(JSON.stringify(decayingRow(decaying))))!;
    for (const q of [0.05, 0.5, 0.95]) {
      // Weights are stored with four digits.
      const floor = decayingQuantile(decaying, q - 0.01)!;
      const ceiling = decayingQuantile(decaying, q + 0.01)!;
      const found = decayingQuantile(back, q)!;
      assert(found >= floor && found <= ceiling, `${floor} <= ${found} <= ${ceiling}`);
    }
  }));
  for (
    const row of [
      {},
      { originAt: "x", buckets: [] },
      { originAt: 0, buckets: [1] },
      { originAt: 0, buckets: [-1, 1] },
      { originAt: 0, buckets: [1, -1] },
      { originAt: 0, buckets: [1e9, 1] },
    ]
  ) assertEquals(decayingOf(row), null, JSON.stringify(row));
});

const known = (...peaks: number[]) => {
  const footprint = createFootprint();
  for (const peakBytes of peaks) {
    learn(footprint, { peakBytes, cpuSeconds: 1, durationMs: 1_000 }, 0);
  }
  return footprint;
};

Deno.test("footprint: expects the 95th percentile and 15 %, more at first and less later", () => {
  const ratio = (times: number) => {
    const { bytes, marginBytes } = needOf(known(...Array(times).fill(100 * mib)), gib, 0);
    assertAlmostEquals(bytes, 100 * mib, 2 * mib);
    return Math.round(marginBytes / bytes * 100) / 100;
  };
  assertEquals([1, 2, 3, 5, 20, 45, 1_000].map(ratio), [0.3, 0.15, 0.15, 0.15, 0.08, 0.05, 0.05]);
});

Deno.test("footprint: expects much of an operation that nobody knows, less the longer it runs", () => {
  const footprint = createFootprint();
  assertEquals(needOf(footprint, 64 * gib, 0).bytes, gib);
  assertEquals(needOf(footprint, gib, 0).bytes, gib / 2);
  footprint.sinceMs = 0;
  assertEquals(needOf(footprint, 64 * gib, 2_000).bytes, gib / 4);
  assertEquals(needOf(footprint, 64 * gib, 60_000).bytes, 64 * mib);
  footprint.seenBytes = 300 * mib;
  assertEquals(needOf(footprint, 64 * gib, 60_000).bytes, 600 * mib);
});

Deno.test("footprint: expects little of an operation whose jobs were too short to be measured", () => {
  const footprint = createFootprint();
  learn(footprint, { peakBytes: null, cpuSeconds: null, durationMs: 2 }, 0);
  assertEquals(needOf(footprint, 64 * gib, 0), { bytes: 64 * mib, marginBytes: 0 });
});

Deno.test("footprint: comes back as it was stored, and not from what is no such thing", () => {
  const footprint = known(100, 200, 300);
  const back = footprintOf(JSON.parse(JSON.stringify(footprintRow(footprint))))!;
  assertEquals(needOf(back, gib, 0), needOf(footprint, gib, 0));
  const row = footprintRow(footprint);
  for (
    const wrong of [null, 7, {}, { ...row, ended: 1 }, { ...row, measured: 0 }, {
      ...row,
      cpuMs: null,
    }]
  ) assertEquals(footprintOf(wrong), null, JSON.stringify(wrong));
});

Deno.test("footprint: gives more to what ran out: a fifth, or 100 MB where that is more", () => {
  assertEquals(moreBytes(10e6), 110e6);
  assertEquals(moreBytes(1e9), 1.2e9);
});

/** Footprints with a budget, and an operation that was measured `times` times. */
function stage(budgetBytes: number | null, peaks: Readonly<Record<string, number>> = {}) {
  const clock = new ManualClock();
  const free = { bytes: null as number | null };
  const footprints = new Footprints(clock, budgetBytes, () => free.bytes);
  for (const [operation, bytes] of Object.entries(peaks)) {
    for (let i = 0; i < 45; i++) {
      const job = commandOf(1, operation);
      footprints.reserve(job);
      end(footprints, job, { bytes, holdMs: 100 });
    }
  }
  return { clock, footprints, free };
}

Deno.test("footprints: reserve what is expected; margins of many are shared", () => {
  const { footprints } = stage(gib, { hog: 100 * mib });
  const one = commandOf(2, "hog");
  const { bytes, marginBytes } = footprints.need(one);
  footprints.reserve(one);
  assertAlmostEquals(footprints.reservedBytes, bytes + marginBytes, mib);
  for (let id = 3; id < 6; id++) footprints.reserve(commandOf(id, "hog"));
  assertAlmostEquals(footprints.reservedBytes, 4 * bytes + 2 * marginBytes, 2 * mib);
});

Deno.test("footprints: what is too large for the budget runs by itself", () => {
  const { footprints } = stage(gib, { hog: 3 * gib, tiny: mib });
  assert(footprints.fits(footprints.need(commandOf(2, "hog"))));
  footprints.reserve(commandOf(3, "tiny"));
  assert(!footprints.fits(footprints.need(commandOf(2, "hog"))));
});

Deno.test("footprints: without a budget there is most of what is free, and what is reserved of it", () => {
  const { footprints, free } = stage(null, { hog: 1_000 });
  assertEquals(footprints.budgetBytes, Infinity);
  free.bytes = 10_000;
  assertEquals(footprints.budgetBytes, 9_000);
  footprints.reserve(commandOf(2, "hog"));
  free.bytes = 9_000; // the job has taken what it was expected to take
  assertAlmostEquals(footprints.budgetBytes, 9_000, 100);
  free.bytes = 500; // somebody else takes the rest
  assert(footprints.budgetBytes < 1_500);
});

Deno.test("footprints: a job that runs out of memory has more twice, then no more", () => {
  const { footprints } = stage(4 * gib, { hog: 100 * mib });
  const job = commandOf(2, "hog");
  const out = () => {
    footprints.reserve(job);
    const had = footprints.weightOf(job).bytes;
    footprints.release(job);
    const again = footprints.again(job, {
      type: "failed",
      category: "oom",
      code: "memory_budget",
      attempts: job.attempt,
      waitMs: 0,
      durationMs: 10,
      resources: { cpuSeconds: null, peakBytes: 500 * mib, ioBytes: null, source: "samples" },
      worker: "1.1",
    });
    return [Math.round(had / mib), again] as const;
  };
  const [[first, second], [third, fourth], [fifth, sixth]] = [out(), out(), out()];
  assert(first < 110 && second && third === 600 && fourth && fifth === 720 && !sixth);
  assertEquals([job.attempt, job.tries], [3, 1], "they are no retries of the caller's");
});

Deno.test("footprints: forget the operation used longest ago, never one that runs", () => {
  const { footprints } = stage(null);
  const job = commandOf(1, "first");
  footprints.reserve(job);
  for (let i = 0; i < 1_500; i++) footprints.weightOf(commandOf(2, `o${i}`));
  assertEquals(footprints.operations.size, 1_000);
  assert(footprints.operations.has("first") && footprints.operations.has("o1499"));
});

Deno.test("footprints: come back at the next start", () => {
  const { footprints } = stage(gib, { hog: 100 * mib, cat: 2 * mib });
  const stored = JSON.parse(JSON.stringify(footprints.snapshot()));
  assertEquals(footprints.snapshot(), null, "nothing new");
  const next = stage(gib).footprints;
  next.weightOf(commandOf(1, "hog")); // a job is back before what is known of it
  next.restore([...stored, null, { name: 7 }]);
  const job = commandOf(2, "hog");
  assertEquals(next.need(job), footprints.need(job));
  assertEquals([...next.operations.keys()], ["hog", "cat"]);
});
