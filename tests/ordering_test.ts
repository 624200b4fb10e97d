/** Who goes first: classes, ranks, age, size, lateness. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Job } from "../actors/job.ts";
import { Lane } from "../actors/lane.ts";
import { precedes } from "../actors/turns/precedes.ts";
import { docsRows } from "../policies/choice.ts";
import { bindOrdering, orderingChoice, orderingPolicies } from "../policies/ordering/mod.ts";
import { mulberry } from "./chance.ts";
import { jobOf, nothing } from "./orders.ts";
import { type Arrival, sequenceOf, serve } from "./ordering_stage.ts";

const waiter = fc.record({
  rank: fc.nat(2),
  urgency: fc.integer({ min: -100, max: 100 }),
  dueMs: fc.nat(100_000),
  expectedMs: fc.nat(60_000),
});

for (const { name } of orderingPolicies) {
  Deno.test(`ordering ${name}: is an order, with class before rank before all else`, () => {
    const ordering = bindOrdering(name);
    fc.assert(fc.property(fc.tuple(waiter, waiter, waiter), (three) => {
      const of = ({ expectedMs }: typeof three[0]) => expectedMs;
      const compare = (a: typeof three[0], b: typeof three[0]) =>
        Math.sign(ordering.compare(a, b, 100_000, of));
      const [a, b] = three;
      assertEquals(compare(a, b), -compare(b, a) || 0);
      if (a.rank !== b.rank) assertEquals(compare(a, b), Math.sign(a.rank - b.rank));
      else if (a.urgency !== b.urgency) {
        assertEquals(compare(a, b), Math.sign(b.urgency - a.urgency));
      }
      const [first, second, third] = three.toSorted(compare);
      assert(compare(first!, second!) <= 0 && compare(second!, third!) <= 0);
      assert(compare(first!, third!) <= 0);
    }));
  });
}

Deno.test("ordering: the list gives schema and docs; what is unknown is refused by name", () => {
  assertEquals(orderingChoice.parse({ name: "punctual" }), {
    name: "punctual",
    agedMs: 30_000,
    turns: 8,
    targetMs: 1_000,
  });
  for (const { options } of docsRows(orderingPolicies)) {
    for (const { help } of options) assert(help.length > 0);
  }
  assertThrows(() => bindOrdering("longest"), RangeError, "classic, shortest, punctual");
});

Deno.test("ordering: one of eight turns is for late jobs, also where none of them ages", () => {
  const ordering = sequenceOf("punctual", { agedMs: null, targetMs: 500 });
  const lane = new Lane(nothing, undefined, ordering);
  const at = (id: number, dueMs: number) => lane.add(Object.assign(jobOf(id), { dueMs }));
  at(1, 0);
  at(2, 0);
  for (let id = 3; id < 30; id++) at(id, 900);
  const turns = () => Array.from({ length: 8 }, () => lane.take(null, 1_000)!.id);
  assertEquals(turns().filter((id) => id < 3), [1]);
  ordering.adopt("classic", { agedMs: null });
  assertEquals(
    turns().filter((id) => id < 3),
    [2],
    "who is late by now has a turn, whoever orders",
  );
  assertEquals(turns().filter((id) => id < 3), []);
});

Deno.test("ordering: 100,000 jobs come, go back and are taken as a sorted list says", () => {
  const unit = mulberry(45);
  const lane = new Lane(nothing, undefined, sequenceOf("classic", { agedMs: null }));
  const model: Job[] = []; // Last one first: taking it is cheap.
  const taken: Job[] = [];
  const put = (job: Job) => {
    let [from, to] = [0, model.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (precedes(job, model[middle]!)) from = middle + 1;
      else to = middle;
    }
    model.splice(from, 0, job);
    lane.add(job);
  };
  const take = () => {
    const job = lane.take();
    assert(job === model.pop(), "the model says another");
    if (job) taken.push(job);
  };
  for (let id = 1; id <= 100_000;) {
    const what = unit();
    if (what < 0.52) {
      const priority = (["high", "normal", "low"] as const)[Math.floor(unit() * 3)]!;
      const rank = unit() < 0.5 ? 0 : Math.floor(unit() * 201) - 100;
      const job = jobOf(id++, { priority, rank });
      job.dueMs = id >> 4;
      put(job);
    } else if (what < 0.57 && taken.length > 0) {
      put(taken.splice(Math.floor(unit() * taken.length), 1)[0]!);
    } else take();
    assertEquals(lane.queued, model.length);
  }
  while (model.length > 0) take();
  assertEquals(lane.take(), undefined);
});

for (const name of ["classic", "shortest", "punctual"]) {
  Deno.test(`ordering ${name}: a low job starts in time under a stream of high ones`, () => {
    const arrivals: Arrival[] = [];
    for (let ms = 0; ms < 60_000; ms++) {
      // Two come while one can be served, so that high jobs alone are too many.
      for (let twin = 0; twin < 2; twin++) {
        arrivals.push({ atMs: ms, runMs: 1, spec: { priority: "high" } });
      }
      if (ms % 1_000 === 999) arrivals.push({ atMs: ms, runMs: 1, spec: { priority: "low" } });
      if (ms % 5_000 === 4_999) arrivals.push({ atMs: ms, runMs: 1, spec: { rank: -100 } });
    }
    const ordering = { agedMs: 10_000, turns: 8, ...(name === "punctual" && { targetMs: 500 }) };
    const waits = serve(arrivals, 1, sequenceOf(name, ordering))
      .filter(({ job }) => job.rank > 0 && job.dueMs < 45_000)
      .map(({ waitMs }) => waitMs);
    assertEquals(waits.length, 45 + 9);
    // Each waits for its age, and then a few turns for those that are as old.
    assert(Math.max(...waits) <= 10_000 + 8 * 4, `longest ${Math.max(...waits)} ms`);
    assert(Math.min(...waits) >= 10_000, "and the high ones go first until then");
  });
}

Deno.test("ordering: a low rank starts in time under a stream of higher ones", () => {
  const arrivals: Arrival[] = [];
  for (let ms = 0; ms < 5_000; ms++) arrivals.push({ atMs: ms, runMs: 1.1, spec: { rank: 5 } });
  arrivals.splice(10, 0, { atMs: 10, runMs: 1.1, spec: { rank: -100 } });
  const waitOf = (agedMs: number | null) =>
    serve(arrivals, 1, sequenceOf("classic", { agedMs }))
      .find(({ job }) => job.urgency < 0)!.waitMs;
  assert(waitOf(1_000) >= 1_000 && waitOf(1_000) <= 1_000 + 1.1 * 9, `${waitOf(1_000)} ms`);
  assert(waitOf(null) > 5_000, "without patience it is the last one");
});

/** Jobs of operations whose usual times are far apart, with heavy tails, at a load of 0.85. */
function heavyTail(seed: number, servers: number): Arrival[] {
  const unit = mulberry(seed);
  const meansMs = [2, 5, 20, 80, 300, 2_000];
  const shares = [0.35, 0.25, 0.2, 0.12, 0.06, 0.02];
  const meanMs = meansMs.reduce((sum, mean, i) => sum + mean * shares[i]!, 0);
  const everyMs = meanMs / (servers * 0.85);
  let atMs = 0;
  return Array.from({ length: 30_000 }, () => {
    atMs += -Math.log(1 - unit()) * everyMs;
    let kind = 0;
    for (let pick = unit(); kind < 5 && pick >= shares[kind]!; kind++) pick -= shares[kind]!;
    // Pareto with shape 1.8, cut at 50 times its mean.
    const tail = (0.8 / 1.8) * (1 - unit()) ** (-1 / 1.8);
    return {
      atMs,
      runMs: meansMs[kind]! * Math.min(50, tail),
      spec: { operation: `kind${kind}` },
    };
  });
}

Deno.test("ordering shortest: cuts the mean wait of a heavy tail by a fifth, and bounds the longest", () => {
  for (const seed of [1, 2, 3]) {
    const arrivals = heavyTail(seed, 4);
    const mixed = arrivals.map(({ atMs, runMs }) => ({ atMs, runMs }));
    const [fifo, short] = [
      serve(mixed, 4, sequenceOf("classic")),
      serve(arrivals, 4, sequenceOf("shortest")),
    ].map((served) => {
      const waits = served.map(({ waitMs }) => waitMs);
      return {
        mean: waits.reduce((sum, ms) => sum + ms, 0) / waits.length,
        longest: waits.reduce((most, ms) => Math.max(most, ms), 0),
      };
    });
    const said = `${seed}: ${JSON.stringify({ fifo, short })}`;
    assert(short!.mean <= 0.8 * fifo!.mean, said);
    assert(short!.longest <= 5 * fifo!.longest, said);
  }
});

Deno.test("ordering punctual: under overload fewer are late, and the late ones have their turns", () => {
  const unit = mulberry(8);
  let atMs = 0;
  const arrivals = Array.from({ length: 20_000 }, (_, i): Arrival => {
    // A quarter more than can be served for a while, then less.
    atMs += -Math.log(1 - unit()) * (i < 8_000 ? 8 : 14);
    return { atMs, runMs: 40 };
  });
  const [plain, punctual] = [
    serve(arrivals, 4, sequenceOf("classic")),
    serve(arrivals, 4, sequenceOf("punctual", { targetMs: 500 })),
  ].map((served) => ({
    late: served.filter(({ waitMs }) => waitMs > 500).length,
    longestMs: served.reduce((most, { waitMs }) => Math.max(most, waitMs), 0),
    meanMs: served.reduce((sum, { waitMs }) => sum + waitMs, 0) / served.length,
  }));
  const said = JSON.stringify({ plain, punctual });
  assert(punctual!.late * 1.4 <= plain!.late, said);
  assert(punctual!.longestMs <= 4 * plain!.longestMs, said);
});
