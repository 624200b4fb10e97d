/** What the pool does inside its envelope. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Envelope, PoolView } from "../messages/decision.ts";
import { fill } from "../policies/scaling/fill.ts";

const room: Envelope = {
  floor: 1,
  cap: 8,
  runningMax: null,
  commandsMax: null,
  spawn: { lagMs: 30, queuePer: 1 },
  keepAliveMs: 2_000,
};
const view: PoolView = {
  ready: 2,
  starting: 0,
  held: 0,
  closed: 0,
  queued: 0,
  headSinceMs: null,
  backlogSinceMs: null,
  idleSinceMs: [],
  startsMax: 100,
};

Deno.test("fill: does nothing and wants no timer when nothing waits and nobody is idle", () => {
  const { spawn, retire, wakeAtMs, because } = fill(room, view, 0);
  assertEquals([spawn, retire, wakeAtMs, because], [0, 0, null, "nothing to do"]);
});

Deno.test("fill: starts up to the floor, as fast as the start rate allows", () => {
  const envelope = { ...room, floor: 6 };
  assertEquals(fill(envelope, { ...view, starting: 1 }, 0).spawn, 3);
  const slow = fill(envelope, { ...view, startsMax: 2 }, 0);
  assertEquals([slow.spawn, slow.retire, slow.because], [2, 0, "at least 6 wanted"]);
});

Deno.test("fill: retires down to the cap", () => {
  const { spawn, retire, because } = fill(
    { ...room, cap: 3 },
    { ...view, ready: 5, starting: 1 },
    0,
  );
  assertEquals([spawn, retire, because], [0, 3, "at most 3 allowed"]);
});

Deno.test("fill: starts a worker when the head has waited for the lag, not before", () => {
  const waiting = { ...view, queued: 1, headSinceMs: 100 };
  const early = fill(room, waiting, 129.9);
  assertEquals([early.spawn, early.wakeAtMs], [0, 130]);
  const due = fill(room, waiting, 131);
  assertEquals([due.spawn, due.retire, due.because], [1, 0, "head waited 31 ms"]);
});

Deno.test("fill: has at most 4 workers starting for a queue", () => {
  const waiting = { ...view, queued: 1_000, headSinceMs: 0 };
  assertEquals(fill(room, waiting, 100).spawn, 4);
  assertEquals(fill(room, { ...waiting, starting: 3 }, 100).spawn, 1);
  assertEquals(fill(room, { ...waiting, starting: 4 }, 100).spawn, 0);
});

Deno.test("fill: starting workers count for the jobs they are worth", () => {
  const envelope = { ...room, spawn: { lagMs: 30, queuePer: 10 } };
  const waiting = { ...view, queued: 21, headSinceMs: 0 };
  assertEquals(fill(envelope, waiting, 100).spawn, 3);
  assertEquals(fill(envelope, { ...waiting, starting: 2 }, 100).spawn, 1);
  assertEquals(fill(envelope, { ...waiting, starting: 3 }, 100).spawn, 0);
});

Deno.test("fill: does not grow where the envelope has no word for the queue", () => {
  const waiting = { ...view, queued: 9, headSinceMs: 0 };
  const { spawn, wakeAtMs } = fill({ ...room, spawn: null }, waiting, 100);
  assertEquals([spawn, wakeAtMs], [0, null]);
});

Deno.test("fill: wants no timer for a head at the cap", () => {
  const full = { ...view, ready: 8, queued: 9, headSinceMs: 100 };
  assertEquals(fill(room, full, 110).wakeAtMs, null);
});

Deno.test("fill: retires who was idle too long, down to the floor", () => {
  const idle = { ...view, ready: 4, idleSinceMs: [0, 500, 1_500] };
  const some = fill(room, idle, 2_500);
  assertEquals([some.retire, some.wakeAtMs, some.because], [2, 3_500, "idle for 2.5 s"]);
  assertEquals(fill({ ...room, floor: 3 }, idle, 9_000).retire, 1);
  assertEquals(fill({ ...room, floor: 3 }, idle, 9_000).wakeAtMs, null);
});

Deno.test("fill: wakes for whatever comes first, the head or an idle worker", () => {
  const both = { ...view, ready: 4, queued: 1, headSinceMs: 1_990, idleSinceMs: [0] };
  assertEquals(fill(room, both, 1_995).wakeAtMs, 2_000);
  assertEquals(fill({ ...room, keepAliveMs: 5_000 }, both, 1_995).wakeAtMs, 2_020);
});

Deno.test("fill: retires nobody while a head that waited too long asks for more", () => {
  const torn = { ...view, ready: 4, starting: 4, queued: 9, headSinceMs: 0, idleSinceMs: [0] };
  const { spawn, retire } = fill({ ...room, cap: 10 }, torn, 9_000);
  assertEquals([spawn, retire], [0, 0]);
});

Deno.test("fill: a seat in its back-off is as good as being started", () => {
  const dying = { ...view, ready: 1, held: 2 };
  assertEquals(fill({ ...room, floor: 3 }, dying, 0).spawn, 0);
  assertEquals(fill({ ...room, floor: 4 }, dying, 0).spawn, 1);
  const waiting = { ...dying, queued: 9, headSinceMs: 0 };
  assertEquals(fill(room, waiting, 100).spawn, 2);
  assertEquals(fill({ ...room, cap: 3 }, waiting, 100).spawn, 0);
});

Deno.test("fill: a seat in its back-off costs nobody else the place", () => {
  const idle = { ...view, ready: 3, held: 2, idleSinceMs: [0, 0, 0] };
  assertEquals(fill({ ...room, cap: 3 }, idle, 100).retire, 0, "3 live, 3 are allowed");
  assertEquals(fill({ ...room, floor: 3 }, idle, 9_000).retire, 0, "3 live, 3 are wanted");
});

Deno.test("fill: a seat in quarantine is one worker less, and no other has to go for it", () => {
  const shut = { ...view, closed: 2 };
  assertEquals(fill({ ...room, floor: 4, cap: 4 }, shut, 0).spawn, 0);
  assertEquals(fill({ ...room, floor: 4 }, shut, 0).spawn, 2, "there are other seats");
  const waiting = { ...shut, ready: 5, queued: 9, headSinceMs: 0 };
  assertEquals(fill(room, waiting, 100).spawn, 1);
  assertEquals(fill({ ...room, cap: 4 }, { ...shut, ready: 4 }, 100).retire, 0);
});

Deno.test("fill: keeps spares beside those that have jobs, up to the cap", () => {
  const spared = { ...room, spares: 2 };
  const { spawn, because } = fill(spared, view, 0);
  assertEquals([spawn, because], [2, "2 spares wanted"]);
  assertEquals(fill(spared, { ...view, starting: 1 }, 0).spawn, 1);
  assertEquals(fill(spared, { ...view, ready: 4, idleSinceMs: [0, 0] }, 0).spawn, 0);
  assertEquals(fill(spared, { ...view, ready: 7 }, 0).spawn, 1);
  assertEquals(fill({ ...spared, floor: 6 }, view, 0).because, "at least 6 wanted");
});

Deno.test("fill: retires no spares, however long they are idle", () => {
  const spared = { ...room, spares: 2 };
  const idle = { ...view, ready: 5, idleSinceMs: [0, 0, 0, 0] };
  assertEquals(fill(spared, idle, 9_000).retire, 2);
  assertEquals(fill(spared, { ...view, ready: 3, idleSinceMs: [0, 0] }, 9_000).wakeAtMs, null);
});

const envelopes: fc.Arbitrary<Envelope> = fc.record({
  floor: fc.nat(20),
  more: fc.nat(20),
  spawn: fc.option(fc.record({ lagMs: fc.nat(200), queuePer: fc.integer({ min: 1, max: 5 }) })),
  keepAliveMs: fc.nat(5_000),
  spares: fc.nat(4),
}).map(({ more, ...rest }) => ({
  ...rest,
  cap: rest.floor + more,
  runningMax: null,
  commandsMax: null,
}));
const views: fc.Arbitrary<PoolView> = fc.record({
  ready: fc.nat(30),
  starting: fc.nat(6),
  held: fc.nat(3),
  closed: fc.nat(2),
  queued: fc.nat(100),
  waitedMs: fc.nat(300),
  idle: fc.array(fc.nat(10_000), { maxLength: 30 }),
  startsMax: fc.nat(10),
}).map(({ waitedMs, idle, ...rest }) => ({
  ...rest,
  headSinceMs: rest.queued > 0 ? 10_000 - waitedMs : null,
  backlogSinceMs: null,
  idleSinceMs: idle.slice(0, rest.ready).toSorted((a, b) => a - b),
}));

Deno.test("fill: keeps the bounds wherever they can be reached, and goes one way at a time", () => {
  fc.assert(
    fc.property(envelopes, views, (envelope, view) => {
      const { spawn, retire, wakeAtMs } = fill(envelope, view, 10_000);
      const workers = view.ready + view.starting;
      const next = workers + spawn - retire;
      assert(Number.isInteger(spawn) && spawn >= 0 && Number.isInteger(retire) && retire >= 0);
      assert(spawn === 0 || retire === 0);
      assert(spawn <= view.startsMax);
      assert(next <= envelope.cap);
      const floor = Math.min(envelope.floor, envelope.cap - view.closed);
      assert(next + view.held >= Math.min(floor, workers + view.startsMax));
      const busy = view.ready - view.idleSinceMs.length;
      assert(retire === 0 || next >= Math.min(envelope.cap, busy + (envelope.spares ?? 0)));
      assert(wakeAtMs === null || wakeAtMs > 10_000);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("fill: what it wakes for is something to do, and before that there is nothing", () => {
  fc.assert(
    fc.property(envelopes, views, (envelope, view) => {
      const now = fill(envelope, view, 10_000);
      if (now.wakeAtMs === null || now.spawn + now.retire > 0 || view.startsMax === 0) return;
      const between = fill(envelope, view, (10_000 + now.wakeAtMs) / 2);
      assertEquals(between.spawn + between.retire, 0);
      const { spawn, retire } = fill(envelope, view, now.wakeAtMs);
      const overdue = view.headSinceMs !== null && envelope.spawn !== null &&
        view.headSinceMs + envelope.spawn.lagMs <= now.wakeAtMs;
      assert(spawn + retire > 0 || overdue, `woken at ${now.wakeAtMs} for nothing`);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("fill: changes nothing it is handed", () => {
  fc.assert(fc.property(envelopes, views, (envelope, view) => {
    Object.freeze(view.idleSinceMs);
    fill(Object.freeze(envelope), Object.freeze(view), 10_000);
  }));
});
