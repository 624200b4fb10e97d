/** Who goes when the pool gets smaller. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { leastLost } from "../policies/victims/leastLost.ts";
import { victimPolicies } from "../policies/victims/mod.ts";
import type { Occupant } from "../policies/victims/victim.ts";

const idle = (seat: number, idleSinceMs: number): Occupant => ({
  seat,
  running: 0,
  queued: 0,
  idleSinceMs,
  youngestSinceMs: null,
});
const busy = (
  seat: number,
  running: number,
  queued: number,
  youngestSinceMs: number,
): Occupant => ({
  seat,
  running,
  queued,
  idleSinceMs: null,
  youngestSinceMs,
});

Deno.test("leastLost: takes who has been idle longest first", () => {
  assertEquals(leastLost.choose([idle(1, 300), idle(2, 100), idle(3, 200)], 2), [2, 3]);
});

Deno.test("leastLost: among busy ones takes the fewest running, then waiting, then the youngest", () => {
  const workers = [
    busy(1, 2, 0, 900),
    busy(2, 1, 5, 900),
    busy(3, 1, 0, 100),
    busy(4, 1, 0, 900),
    idle(5, 999),
  ];
  assertEquals(leastLost.choose(workers, 9), [5, 4, 3, 2, 1]);
});

Deno.test("leastLost: keeps the low seats among equals", () => {
  assertEquals(leastLost.choose([idle(1, 0), idle(3, 0), idle(2, 0)], 2), [3, 2]);
});

const occupants = fc.array(
  fc.oneof(
    fc.tuple(fc.nat(9), fc.nat(999)).map(([seat, sinceMs]) => idle(seat, sinceMs)),
    fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 9 }), fc.nat(9), fc.nat(999))
      .map(([seat, running, queued, sinceMs]) => busy(seat, running, queued, sinceMs)),
  ),
  { maxLength: 30 },
).map((workers) => workers.map((worker, seat) => Object.freeze({ ...worker, seat })));

for (const policy of victimPolicies) {
  Deno.test(`${policy.name}: never takes a busy worker while an idle one is left`, () => {
    fc.assert(fc.property(occupants, fc.nat(35), (workers, count) => {
      const victims = new Set(policy.choose(Object.freeze(workers), count));
      assertEquals(victims.size, Math.min(count, workers.length));
      const spared = workers.filter(({ seat }) => !victims.has(seat));
      const taken = workers.filter(({ seat }) => victims.has(seat));
      const idles = (list: Occupant[]) => list.filter(({ idleSinceMs }) => idleSinceMs !== null);
      assert(idles(spared).length === 0 || idles(taken).length === taken.length);
    }));
  });
}
