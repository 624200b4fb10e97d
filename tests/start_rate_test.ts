import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { StartRate } from "../actors/start_rate.ts";
import type { Envelope, Filling, PoolView } from "../messages/decision.ts";
import { envelope } from "./walks.ts";

/** On one core half of it makes a start each 38 ms. */
const perStartMs = 38;

const taken = (rate: StartRate, count: number, nowMs: number) => {
  for (let i = 0; i < count; i++) rate.take(nowMs);
};

Deno.test("start rate: four at once, then one each 38 ms of a core", () => {
  const rate = new StartRate(1, 1_000);
  assertEquals(rate.now(1_000), 4);
  taken(rate, 4, 1_000);
  assertEquals(rate.now(1_000), 0);
  assertEquals(rate.now(1_000 + perStartMs - 1), 0);
  assertEquals(rate.now(1_000 + perStartMs + 0.001), 1);
  assertEquals(rate.now(1_000 + 1e9), 4);
});

Deno.test("start rate: tells when the next one is allowed, not earlier and not long after", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 64 }), fc.nat(200), (cores, laterMs) => {
    const rate = new StartRate(cores, 0);
    taken(rate, 4, 0);
    if (rate.now(laterMs) > 0) return;
    const nextMs = rate.nextMs(laterMs);
    assert(nextMs >= laterMs + 1);
    assert(nextMs <= laterMs + Math.max(1, perStartMs / cores) + 1e-6);
    assertEquals(rate.now(nextMs + 1e-6), 1);
  }));
});

Deno.test("start rate: no more than the burst and the rate, however it is asked", () => {
  const asks = fc.array(fc.nat(100), { minLength: 1, maxLength: 100 });
  fc.assert(fc.property(asks, (pauses) => {
    const rate = new StartRate(2, 0);
    let nowMs = 0;
    let starts = 0;
    for (const pauseMs of pauses) {
      nowMs += pauseMs;
      const allowed = rate.now(nowMs);
      taken(rate, allowed, nowMs);
      starts += allowed;
    }
    assert(starts <= 4 + nowMs / (perStartMs / 2) + 1e-6);
  }));
});

Deno.test("start rate: starts were delayed only where more were wanted and none was left", () => {
  const view = (part: Partial<PoolView>): PoolView => ({
    ready: 0,
    starting: 0,
    held: 0,
    closed: 0,
    queued: 0,
    headSinceMs: null,
    backlogSinceMs: null,
    idleSinceMs: [],
    startsMax: 2,
    ...part,
  });
  const filling = (spawn: number): Filling => ({ spawn, retire: 0, wakeAtMs: null, because: "" });
  const rate = new StartRate(1, 0);
  const delayed = (spawn: number, room: Envelope, part: Partial<PoolView> = {}) =>
    rate.delayed(filling(spawn), room, view(part));

  assert(delayed(2, envelope(3, 8)), "the floor is not reached");
  assert(!delayed(1, envelope(3, 8)), "fewer were started than allowed");
  assert(!delayed(2, envelope(2, 8)), "the floor is reached and nobody waits");
  assert(delayed(2, envelope(2, 8), { queued: 1 }), "somebody waits below the cap");
  assert(!delayed(2, envelope(2, 8), { queued: 1, ready: 5, starting: 1 }), "at the cap");
  assert(delayed(0, envelope(1, 8), { startsMax: 0 }), "none was allowed at all");
  assert(!delayed(0, envelope(1, 8), { startsMax: 0, held: 1 }), "one comes after its back-off");
  assert(delayed(0, { ...envelope(1, 8), spares: 1 }, { startsMax: 0, ready: 2 }), "no spare");
});
