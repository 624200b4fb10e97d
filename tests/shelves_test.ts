/** Rows of waiting commands: order, shares, and what has left. */
import { assertEquals } from "@std/assert";
import { Footprints } from "../actors/footprints.ts";
import { commandGrant } from "../actors/grant.ts";
import { type Job } from "../actors/job.ts";
import { Shelves } from "../actors/shelves.ts";
import type { JobSpec } from "../messages/job.ts";
import { ManualClock } from "./manual_clock.ts";
import { commands, end } from "./memory_stage.ts";
import { jobOf } from "./orders.ts";

const mib = 2 ** 20;

/** A lane over a budget. */
function stage(budgetBytes: number | null = null) {
  const footprints = new Footprints(new ManualClock(), budgetBytes);
  const lane = new Shelves(commandGrant, footprints);
  let id = 0;
  const put = (operation: string, spec: JobSpec = {}): Job => {
    const job = jobOf(++id, { command: ["x"], operation, ...spec }, { operation: commands });
    job.dueMs = id;
    lane.add(job);
    return job;
  };
  /** Takes a job as a worker would. */
  const begin = (): Job | undefined => {
    const job = lane.take();
    if (job) footprints.reserve(job);
    return job;
  };
  const done = (job: Job) => end(footprints, job, { bytes: mib, holdMs: 10 });
  return { lane, footprints, put, begin, done };
}

Deno.test("shelves: jobs of one operation come in their order, classes before each other", () => {
  const { lane, put, begin } = stage();
  put("a", { priority: "low" });
  put("a");
  put("a", { priority: "high" });
  const back = put("a");
  assertEquals([begin(), begin(), begin()].map((job) => job?.id), [3, 2, 4]);
  lane.add(back);
  assertEquals([lane.queued, begin()?.id, begin()?.id, begin(), lane.queued], [
    2,
    4,
    1,
    undefined,
    0,
  ]);
});

Deno.test("shelves: what was cancelled is not taken, and its place is cleared away", () => {
  const { lane, put, begin } = stage();
  const jobs = Array.from({ length: 3_000 }, (_, i) => put(`o${i % 3}`));
  for (const job of jobs.slice(0, 2_990)) {
    job.state = "cancelled";
    lane.forget();
  }
  assertEquals(lane.queued, 10);
  assertEquals(lane.places <= 1_100, true, `${lane.places} places`);
  assertEquals(lane.headSinceMs(), 2_991);
  assertEquals(lane.ahead(jobs[2_995]!), 5);
  const left = Array.from({ length: 11 }, () => begin()?.id);
  assertEquals(left.slice(0, 10).every((id) => id! > 2_990), true);
  assertEquals([left[10], lane.queued, lane.places, lane.starved], [undefined, 0, 0, false]);
});

Deno.test("shelves: a slow operation has no more than its share once others wait", () => {
  const { put, begin, done } = stage();
  const places = 8;
  const running: Job[] = [];
  for (let i = 0; i < 100; i++) put("slow");
  while (running.length < places) running.push(begin()!);
  for (let i = 0; i < 100; i++) put("quick");
  // Slow ones end one by one; each place goes to a quick one until both have the same.
  const shares: number[] = [];
  for (let i = 0; i < 12; i++) {
    done(running.splice(running.findIndex(({ spec }) => spec.operation === "slow"), 1)[0]!);
    running.push(begin()!);
    shares.push(running.filter(({ spec }) => spec.operation === "slow").length);
  }
  assertEquals(shares, [7, 6, 5, 4, ...Array(8).fill(4)]);
});

Deno.test("shelves: say when jobs wait for memory and nothing else", () => {
  const { lane, put, begin, done } = stage(100 * mib);
  for (let i = 0; i < 3; i++) put(`strange${i}`);
  const first = begin()!;
  begin();
  assertEquals([begin(), lane.starved, lane.queued], [undefined, true, 1]);
  done(first);
  assertEquals([begin()?.id, lane.starved], [3, false]);
});

Deno.test("shelves: where no worker has room, they find out anew whether memory is short", () => {
  const { lane, put, begin, done } = stage(100 * mib);
  for (let i = 0; i < 3; i++) put(`strange${i}`);
  const first = begin()!;
  begin();
  begin();
  lane.look(0);
  assertEquals(lane.starved, true);
  done(first);
  lane.look(0);
  assertEquals([lane.starved, lane.queued], [false, 1]);
});

Deno.test("shelves: operations beyond those that have a row share one", () => {
  const { lane, put, begin } = stage();
  for (let i = 0; i < 1_000; i++) put(`o${i}`);
  assertEquals(Array.from({ length: 1_000 }, begin).filter(Boolean).length, 1_000);
  assertEquals([lane.queued, lane.places], [0, 0]);
});
