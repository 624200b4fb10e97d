import { assertEquals, assertThrows } from "@std/assert";
import { Keys } from "../actors/keys.ts";
import { Refusal } from "../actors/runtime.ts";
import { bodyHash } from "../actors/stores/body_hash.ts";
import type { JobSpec } from "../messages/job.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf } from "./orders.ts";

const dayMs = 86_400_000;
const spec: JobSpec = { task: "t", input: { a: 1, b: [2] }, idempotencyKey: "k" };

function opened(): { clock: ManualClock; keys: Keys } {
  const clock = new ManualClock();
  return { clock, keys: new Keys(() => clock.wallMs()) };
}

Deno.test("keys: the same key and body find the job, whatever the order of their names", () => {
  const { keys } = opened();
  assertEquals(keys.find(spec), null);
  keys.note(jobOf(7, spec));
  assertEquals(keys.find(spec)?.id, 7);
  assertEquals(keys.find({ idempotencyKey: "k", input: { b: [2], a: 1 }, task: "t" })?.id, 7);
  assertEquals(keys.find({ ...spec, idempotencyKey: "l" }), null);
});

Deno.test("keys: the same key and another body is a conflict that names the field", () => {
  const { keys } = opened();
  keys.note(jobOf(7, spec));
  for (const other of [{ input: { a: 2, b: [2] } }, { task: "u" }, { priority: "high" as const }]) {
    const refusal = assertThrows(() => keys.find({ ...spec, ...other }), Refusal);
    assertEquals(refusal.code, "idempotency_conflict");
    assertEquals(refusal.issues[0]?.pointer, "/idempotencyKey");
  }
});

Deno.test("keys: jobs without a key are never the same", () => {
  const { keys } = opened();
  keys.note(jobOf(7, { task: "t" }));
  assertEquals(keys.find({ task: "t" }), null);
});

Deno.test("keys: are good for 24 h, then free for another body", async () => {
  const { clock, keys } = opened();
  keys.note(jobOf(7, spec));
  await clock.advance(dayMs);
  assertEquals(keys.find(spec)?.id, 7);
  await clock.advance(1);
  assertEquals(keys.find({ ...spec, task: "other" }), null);
});

Deno.test("keys: a job says how long its key is good, whoever asks for it later", async () => {
  const { clock, keys } = opened();
  keys.note(jobOf(7, { ...spec, idempotencyWindowMs: 60_000 }));
  await clock.advance(60_000);
  assertEquals(keys.find({ ...spec, idempotencyWindowMs: 1 })?.id, 7);
  await clock.advance(1);
  assertEquals(keys.find(spec), null);
  keys.note(jobOf(8, spec));
  assertEquals(keys.find(spec)?.id, 8);
});

Deno.test("keys: what an earlier life knew is found again, for as long as it would have been", async () => {
  const { clock, keys } = opened();
  keys.restore("k", { id: 7, bodyHash: bodyHash(spec), untilAt: clock.wallMs() + 1_000 });
  assertEquals(keys.find(spec)?.id, 7);
  assertThrows(() => keys.find({ ...spec, task: "other" }), Refusal);
  await clock.advance(1_001);
  assertEquals(keys.find(spec), null);
});

Deno.test("keys: the key of a job that could not be stored is free again", async () => {
  const { keys } = opened();
  const lost = Promise.withResolvers<void>();
  keys.note(jobOf(7, spec), lost.promise);
  lost.reject(new Error("disk full"));
  await lost.promise.catch(() => {});
  assertEquals(keys.find(spec), null);
});

Deno.test("keys: a later job with the key outlives the loss of an earlier one", async () => {
  const { keys } = opened();
  const lost = Promise.withResolvers<void>();
  keys.note(jobOf(7, spec), lost.promise);
  keys.note(jobOf(8, spec));
  lost.reject(new Error("disk full"));
  await lost.promise.catch(() => {});
  assertEquals(keys.find(spec)?.id, 8);
});
