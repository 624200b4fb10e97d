import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { backoffMs, waitMs } from "../policies/retry/backoff.ts";

Deno.test("backoff: 1 s, 2 s, 4 s, … up to 5 minutes, unless told otherwise", () => {
  const most = [1, 2, 3, 9, 10, 101].map((attempt) => backoffMs(attempt, {}, 1));
  assertEquals(most, [1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  assertEquals(backoffMs(3, { baseMs: 10, maxMs: 25 }, 1), 25);
  assertEquals(backoffMs(1, { baseMs: 10, maxMs: 5 }, 1), 5);
  assertEquals(backoffMs(4, { baseMs: 0 }, 1), 0);
});

Deno.test("backoff: full jitter, from nothing to the whole of it", () => {
  assertEquals(backoffMs(5, {}, 0), 0);
  const options = fc.record({ baseMs: fc.nat(1e6), maxMs: fc.nat(1e9) });
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(fc.property(fc.integer({ min: 1, max: 5_000 }), options, unit, (n, backoff, share) => {
    const waitMs = backoffMs(n, backoff, share);
    assertEquals(waitMs, share * backoffMs(n, backoff, 1));
    assert(waitMs >= 0 && waitMs <= backoff.maxMs);
  }));
});

Deno.test("backoff: never before the time that the failure named, and spread after it", () => {
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(fc.property(fc.nat(1e6), unit, (retryAfterMs, share) => {
    const ms = waitMs(1, { baseMs: 100 }, share, retryAfterMs);
    assert(ms >= retryAfterMs && ms <= retryAfterMs + 100);
  }));
  assertEquals(waitMs(1, { baseMs: 100 }, 0.5, 5_000), 5_050);
});
