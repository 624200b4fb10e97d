import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Due } from "../actors/due.ts";
import { ManualClock } from "./manual_clock.ts";

Deno.test("due: calls each once, at its instant, earliest first, with one timer armed", async () => {
  const instants = fc.array(fc.nat(500), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(instants, async (all) => {
      const clock = new ManualClock();
      const due = new Due(clock);
      const called: [number, number][] = [];
      for (const atMs of all) due.at(atMs, () => called.push([atMs, clock.nowMs()]));
      assertEquals(clock.pending, 1);
      await clock.advance(500);
      const sorted = all.toSorted((a, b) => a - b);
      assertEquals(called, sorted.map((atMs) => [atMs, atMs]));
      assertEquals(clock.pending, 0);
    }),
    { numRuns: 30 },
  );
});

Deno.test("due: what is added while it calls is called too, and what is past at once", async () => {
  const clock = new ManualClock();
  const due = new Due(clock);
  const called: string[] = [];
  due.at(10, () => {
    called.push("first");
    due.at(5, () => called.push("past"));
    due.at(20, () => called.push("later"));
  });
  await clock.advance(10);
  assertEquals(called, ["first", "past"]);
  await clock.advance(10);
  assertEquals(called, ["first", "past", "later"]);
});

Deno.test("due: an earlier one takes over the timer, clear takes it away", async () => {
  const clock = new ManualClock();
  const due = new Due(clock);
  const called: number[] = [];
  for (const atMs of [30, 20, 10]) due.at(atMs, () => called.push(atMs));
  assertEquals(clock.pending, 1);
  await clock.advance(15);
  assertEquals(called, [10]);
  due.clear();
  assertEquals(clock.pending, 0);
  await clock.advance(100);
  due.at(120, () => called.push(120));
  await clock.advance(100);
  assertEquals(called, [10, 120]);
});

Deno.test("due: one that throws does not take the others with it", async () => {
  const clock = new ManualClock();
  const due = new Due(clock);
  const called: number[] = [];
  due.at(1, () => called.push(1));
  due.at(1, () => {
    throw new Error("mine alone");
  });
  due.at(2, () => called.push(2));
  await clock.advance(1).catch(() => {});
  await clock.advance(5);
  assertEquals(called, [1, 2]);
});
