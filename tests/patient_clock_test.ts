/** Alarms after an absence. */
import { assertEquals } from "@std/assert";
import { patientClock } from "../actors/patient_clock.ts";
import { ManualClock } from "./manual_clock.ts";

Deno.test("patient clock: an alarm rings in its time, and a late one waits as long again", async () => {
  const manual = new ManualClock();
  const clock = patientClock(manual);
  const rang: number[] = [];
  const ring = () => rang.push(manual.nowMs());
  clock.at(100, ring);
  await manual.advance(100);
  assertEquals(rang, [100]);
  for (const [behindMs, at] of [[100, 1_100], [101, 1_202], [400, 1_800], [9_000, 11_000]]) {
    rang.length = 0;
    manual.skip(1_000 - manual.nowMs());
    clock.at(1_000, ring);
    manual.skip(behindMs!);
    await manual.advance(1_000);
    assertEquals(rang, [at], `${behindMs} ms late`);
  }
});

Deno.test("patient clock: what is due just after we came back waits a moment, whoever asked", async () => {
  const manual = new ManualClock();
  const [watcher, other] = [patientClock(manual), patientClock(manual)];
  const rang: number[] = [];
  other.at(10_000, () => rang.push(manual.nowMs()));
  const disarm = other.at(10_050, () => rang.push(-1));
  manual.skip(9_999);
  watcher.back();
  await manual.advance(500);
  assertEquals(rang, []);
  disarm();
  await manual.advance(499);
  assertEquals(rang, []);
  await manual.advance(1);
  assertEquals(rang, [10_999]);
});
