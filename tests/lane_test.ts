import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Job } from "../actors/job.ts";
import { Lane } from "../actors/lane.ts";
import { jobOf, nothing } from "./orders.ts";

const priority = fc.constantFrom("high", "normal", "low") as fc.Arbitrary<"high">;

Deno.test("lane: high before normal before low, and each class in the order it came", () => {
  fc.assert(fc.property(fc.array(priority, { maxLength: 60 }), (all) => {
    const lane = new Lane(nothing);
    const jobs = all.map((priority, id) => jobOf(id, { priority }));
    for (const job of jobs) lane.add(job);
    assertEquals(lane.queued, jobs.length);
    const sorted = jobs.toSorted((a, b) => a.rank - b.rank || a.id - b.id);
    sorted.forEach((job, i) => assertEquals(lane.ahead(job), i));
    assertEquals(sorted.map(() => lane.take()?.id), sorted.map(({ id }) => id));
    assertEquals([lane.take(), lane.queued], [undefined, 0]);
  }));
});

Deno.test("lane: what comes back goes before its class, not before a higher one", () => {
  const lane = new Lane(nothing);
  const [a, b, high] = [jobOf(1), jobOf(2), jobOf(3, { priority: "high" })] as const;
  for (const job of [a, b]) lane.add(job);
  const taken = lane.take()!;
  lane.add(high);
  lane.add(taken);
  assertEquals([lane.take(), lane.take(), lane.take()], [high, a, b]);
});

Deno.test("lane: one that has ended in its place is passed over and counted once", () => {
  const lane = new Lane(nothing);
  const jobs = [jobOf(1), jobOf(2), jobOf(3)];
  for (const job of jobs) lane.add(job);
  cancel(lane, jobs[0]!);
  cancel(lane, jobs[1]!);
  assertEquals([lane.queued, lane.ahead(jobs[2]!), lane.take()], [1, 0, jobs[2]]);
  assertEquals([lane.queued, lane.headSinceMs()], [0, Infinity]);
});

Deno.test("lane: suspects are taken by their own way alone", () => {
  const lane = new Lane(nothing);
  const [suspect, other, ended] = [jobOf(1), jobOf(2), jobOf(3)] as const;
  suspect.suspect = ended.suspect = true;
  for (const job of [ended, suspect, other]) lane.add(job);
  cancel(lane, ended);
  assert(lane.hasSuspects);
  assertEquals([lane.take(), lane.take(), lane.queued], [other, undefined, 1]);
  assertEquals([lane.takeSuspect(), lane.takeSuspect(), lane.queued], [suspect, undefined, 0]);
  assert(!lane.hasSuspects);
});

Deno.test("lane: its head is the job that is due longest, in whatever class", () => {
  const lane = new Lane(nothing);
  const jobs = [jobOf(1, { priority: "high" }), jobOf(2), jobOf(3, { priority: "low" })];
  [30, 20, 10].forEach((dueMs, i) => jobs[i]!.dueMs = dueMs);
  for (const job of jobs) lane.add(job);
  const [, normal, low] = jobs;
  assertEquals(lane.headSinceMs(), 10);
  cancel(lane, low!);
  assertEquals(lane.headSinceMs(), 20);
  normal!.suspect = true;
  assertEquals(lane.headSinceMs(), 20);
});

Deno.test("lane: places of ended jobs don't pile up behind one that waits", () => {
  const lane = new Lane(nothing);
  const first = jobOf(0, { priority: "low" });
  lane.add(first);
  for (let id = 1; id <= 20_000; id++) {
    const job = jobOf(id, { priority: "low" });
    lane.add(job);
    cancel(lane, job);
  }
  assertEquals(lane.queued, 1);
  assert(lane.places < 5_000, `${lane.places} places are held for 1 job`);
  assertEquals([lane.take(), lane.take()], [first, undefined]);
});

function cancel(lane: Lane, job: Job): void {
  job.state = "cancelled";
  lane.forget();
}
