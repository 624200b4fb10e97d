import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { realClock } from "../actors/host/clock.ts";

/** Waits until `untilMs` by the real clock; what it says then. */
const at = (untilMs: number) =>
  new Promise<number>((resolve) => realClock.at(untilMs, () => resolve(realClock.nowMs())));

Deno.test("clock: never calls before the instant, by its own time", async () => {
  for (let i = 0; i < 20; i++) {
    const untilMs = realClock.nowMs() + i / 3;
    assert(await at(untilMs) >= untilMs);
  }
});

Deno.test("clock: calls for what is past too, and not within the call", async () => {
  const warnings: string[] = [];
  const warned = ({ name }: Error) => void warnings.push(name);
  process.on("warning", warned);
  let called = false;
  const done = new Promise<void>((resolve) =>
    realClock.at(realClock.nowMs() - 1_000, () => resolve(void (called = true)))
  );
  assertEquals(called, false);
  await done;
  await at(-Infinity);
  process.off("warning", warned);
  assertEquals(warnings, []);
});

Deno.test("clock: what is called off is not called, however far away it was", async () => {
  let called = false;
  const far = realClock.nowMs() + 2 ** 40;
  for (const untilMs of [realClock.nowMs() + 1, far, Infinity]) {
    realClock.at(untilMs, () => called = true)();
  }
  await at(realClock.nowMs() + 5);
  assertEquals(called, false);
});
