/** The queue: its order, its bounds, and the one ending of every job. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Job } from "../actors/job.ts";
import { Refusal } from "../actors/runtime.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { orderOf } from "./orders.ts";
import { crash, type End, QueueStage } from "./queue_stage.ts";

const opened = (limits = {}) => new QueueStage(memoryStore(), limits);

const refusalOf = (fn: () => unknown): string => assertThrows(fn, Refusal).code;

Deno.test("queue: jobs get numbers in order and are taken by class, then as they came", () => {
  const stage = opened();
  const jobs = (["low", "normal", "high", "low", "high", undefined] as const)
    .map((priority) => stage.add(priority === undefined ? {} : { priority }));
  assertEquals(jobs.map(({ id }) => id), [1, 2, 3, 4, 5, 6]);
  assertEquals(stage.accepted, [1, 2, 3, 4, 5, 6]);
  assertEquals(jobs.map(() => stage.send()!.id), [3, 5, 2, 6, 1, 4]);
  assertEquals([stage.send(), stage.queue.queued, stage.queue.open.size], [undefined, 0, 6]);
});

Deno.test("queue: what is released goes before what came later, in its order", () => {
  const stage = opened();
  for (let i = 0; i < 5; i++) stage.add();
  const back = [stage.send()!, stage.send()!, stage.send()!];
  stage.queue.release(back);
  assertEquals(stage.requeued, [[1, 2, 3]]);
  assertEquals([1, 2, 3, 4, 5].map(() => stage.send()!.id), [1, 2, 3, 4, 5]);
  stage.queue.release([]);
  assertEquals(stage.requeued.length, 1);
});

Deno.test("queue: is full at its number of jobs, and takes all of a submit or none", () => {
  const stage = opened({ jobsMax: 3 });
  stage.queue.submit([orderOf(), orderOf()]);
  assertEquals(refusalOf(() => stage.queue.submit([orderOf(), orderOf()])), "queue_full");
  assertEquals(stage.queue.open.size, 2);
  stage.queue.submitOne(orderOf());
  assertEquals(refusalOf(() => stage.queue.submitOne(orderOf())), "queue_full");
  stage.end(stage.begin()!);
  stage.queue.submitOne(orderOf());
});

Deno.test("queue: is full at its bytes, whichever way a job comes, and counts them exactly", () => {
  const payload = "x".repeat(744); // 1,000 with what a job costs besides.
  const stage = opened({ bytesMax: 2_500 });
  stage.add({}, { payload });
  stage.queue.submitOne(orderOf({}, { payload }));
  assertEquals(stage.queue.bytes, 2_000);
  for (
    const take of [
      () => stage.add({}, { payload }),
      () => stage.queue.submitOne(orderOf({}, { payload })),
    ]
  ) {
    const refusal = assertThrows(take, Refusal, "2 of 1000 jobs, 2000 of 2500 bytes");
    assertEquals([refusal.code, Math.round(refusal.retryAfterMs!)], ["queue_full", 1_200]);
  }
  stage.add({}, { payload: "x" });
  for (let i = 0; i < 3; i++) stage.end(stage.begin()!);
  assertEquals([stage.queue.bytes, stage.queue.open.size], [0, 0]);
});

Deno.test("queue: takes nothing more while the runtime stops", () => {
  const stage = opened();
  stage.queue.accepting = false;
  assertEquals(refusalOf(() => stage.add()), "draining");
  assertEquals(refusalOf(() => stage.queue.submitOne(orderOf())), "draining");
  assertEquals(stage.queue.open.size, 0);
});

Deno.test("queue: a failure is tried again after its backoff, then it is dead", async () => {
  const stage = opened();
  const job = stage.add({ retries: 2, backoff: { baseMs: 100, maxMs: 150 } });
  stage.end(stage.begin()!, "failed");
  assertEquals([job.state, stage.queue.gates.timetable.retrying, stage.begin()], [
    "retrying",
    1,
    undefined,
  ]);
  await stage.clock.advance(99);
  assertEquals(stage.begin(), undefined);
  await stage.clock.advance(1);
  assertEquals([stage.begin(), job.attempt, job.dueMs, stage.queue.gates.timetable.retrying], [
    job,
    2,
    100,
    0,
  ]);
  stage.end(job, "timedOut");
  await stage.clock.advance(150);
  stage.unit = 0;
  stage.end(stage.begin()!, "failed");
  assertEquals(stage.endings, [[1, "dead"]]);
  assertEquals(stage.ended[0]![1].attempts, 3);
});

Deno.test("queue: a retry waits behind those of its class that came meanwhile", async () => {
  const stage = opened();
  const first = stage.add({ retries: 1, backoff: { baseMs: 100 } });
  stage.end(stage.begin()!, "failed");
  await stage.clock.advance(50);
  stage.add();
  await stage.clock.advance(50);
  assertEquals([stage.begin()!.id, stage.begin()], [2, first]);
});

Deno.test("queue: an ending without a retry says which it was", async () => {
  const ends: [End, number, string][] = [
    ["done", 0, "done"],
    ["done", 3, "done"],
    ["failed", 0, "failed"],
    ["invalid", 3, "failed"], // Another attempt could not mend it.
    ["timedOut", 0, "timedOut"],
    ["cancelled", 3, "cancelled"],
  ];
  for (const [how, retries, ending] of ends) {
    const stage = opened();
    stage.add({ retries });
    stage.end(stage.begin()!, how);
    await stage.clock.advance(1_000_000);
    assertEquals(stage.endings, [[1, ending]], how);
    assertEquals([stage.queue.open.size, stage.queue.bytes], [0, 0]);
  }
});

Deno.test("queue: a job not begun in its time expires then, not a millisecond earlier", async () => {
  const stage = opened();
  stage.add({ queueTimeoutMs: 100 });
  stage.add({ queueTimeoutMs: 100 });
  stage.add();
  await stage.clock.advance(50);
  stage.begin();
  await stage.clock.advance(49);
  assertEquals(stage.ended, []);
  await stage.clock.advance(1);
  assertEquals(stage.endings, [[2, "expired"]]);
  assertEquals(stage.ended[0]![1].code, "queue_timeout");
  assertEquals([stage.queue.queued, stage.begin()!.id], [1, 3]);
});

Deno.test("queue: a job that comes back unbegun after its time expires then", async () => {
  const stage = opened();
  const job = stage.add({ queueTimeoutMs: 100 });
  stage.send();
  await stage.clock.advance(200);
  assertEquals(stage.ended, []);
  stage.queue.release([job]);
  assertEquals([stage.endings, stage.queue.queued], [[[1, "expired"]], 0]);
});

Deno.test("queue: the time to be begun does not concern later attempts", async () => {
  const stage = opened();
  const job = stage.add({ queueTimeoutMs: 100, retries: 1, backoff: { baseMs: 200 } });
  await stage.clock.advance(10);
  stage.end(stage.begin()!, "failed");
  await stage.clock.advance(1_000);
  assertEquals([stage.ended, stage.begin()], [[], job]);
});

Deno.test("queue: cancel ends a job that waits or is to be tried again, and only marks a begun one", async () => {
  const stage = opened();
  const [waits, retries, sent, runs] = [
    stage.add({ priority: "low" }),
    stage.add({ retries: 1 }),
    stage.add(),
    stage.add(),
  ] as const;
  stage.end(stage.begin()!, "failed");
  stage.send();
  stage.begin();
  for (const job of [waits, retries, sent, runs]) stage.queue.cancel(job, "not needed");
  assertEquals(stage.endings, [[1, "cancelled"], [2, "cancelled"]]);
  assertEquals(stage.ended[0]![1].message, "not needed");
  assertEquals([stage.queue.queued, stage.queue.gates.timetable.retrying], [0, 0]);
  stage.queue.release([sent]);
  stage.end(runs, "cancelled");
  assertEquals(stage.endings.slice(2), [[3, "cancelled"], [4, "cancelled"]]);
  stage.queue.cancel(waits, "again");
  await stage.clock.advance(1_000_000);
  assertEquals([stage.ended.length, stage.begin()], [4, undefined]);
});

Deno.test("queue: ended by force, a job in a worker has one ending, whatever comes of it", () => {
  for (const begins of [true, false]) {
    for (const after of ["settle", "release", "lose"] as const) {
      const stage = opened();
      const job = stage.add({ retries: 3 });
      if (begins) stage.begin();
      else stage.send();
      stage.queue.cancel(job, "closed", true);
      if (after === "settle") stage.end(job, "done");
      else if (after === "release") stage.queue.release([job]);
      else stage.queue.lose([job], null, "1.1", crash("exited"));
      assertEquals(stage.endings, [[1, "cancelled"]], after);
      assertEquals([stage.queue.bytes, stage.queue.queued, stage.send()], [0, 0, undefined]);
    }
  }
});

Deno.test("queue: jobs of a worker that died are suspects, and alone in three they are poison", () => {
  const stage = opened();
  for (let i = 0; i < 3; i++) stage.add();
  const [a, b] = [stage.begin()!, stage.begin()!];
  stage.queue.lose([a, b], null, "1.1", crash());
  assertEquals([a.suspect, b.suspect, a.strikes, a.attempt], [true, true, 0, 2]);
  assertEquals(stage.lane.take()!.id, 3, "suspects are not taken by those who run several");
  for (let strike = 1; strike <= 3; strike++) {
    assertEquals(stage.endings, []);
    assertEquals(stage.lane.takeSuspect()?.id, strike === 1 ? 1 : strike === 2 ? 2 : 1);
    stage.begun(strike === 2 ? b : a);
    if (strike === 2) stage.queue.lose([b], null, "2.1", crash());
    else stage.queue.lose([a], null, "2.1", crash());
  }
  assertEquals([a.strikes, b.strikes], [2, 1]);
  stage.queue.lose([a], null, "3.1", crash());
  assertEquals(stage.endings, [[1, "dead"]]);
  const [, outcome] = stage.ended[0]!;
  assertEquals([outcome.code, outcome.category, outcome.worker], ["poison", "lost", "3.1"]);
});

Deno.test("queue: where the culprit is known, its neighbours are innocent", () => {
  const stage = opened();
  for (let i = 0; i < 3; i++) stage.add();
  const [culprit, innocent, other] = [stage.begin()!, stage.begin()!, stage.begin()!];
  culprit.doomed = "timedOut";
  stage.queue.lose([culprit, innocent, other], culprit, "1.1", crash("was ended"));
  assertEquals(stage.endings, [[1, "timedOut"]]);
  assertEquals([innocent.suspect, innocent.strikes], [false, 0]);
  assertEquals([stage.lane.take(), stage.lane.take()], [innocent, other]);
});

Deno.test("queue: onLoss fail ends a job with its worker; without, deaths are not retries", async () => {
  const stage = opened();
  stage.add({ onLoss: "fail", retries: 5 });
  const job = stage.add({ retries: 1 });
  stage.queue.lose([stage.begin()!], null, "1.1", crash());
  assertEquals(stage.endings, [[1, "lost"]]);
  assertEquals(stage.ended[0]![1].code, "worker_crashed");
  for (let i = 0; i < 2; i++) stage.queue.lose([stage.begin()!], null, "1.1", crash());
  stage.end(stage.begin()!, "failed");
  assertEquals([job.state, job.attempt], ["retrying", 4]);
  await stage.clock.advance(1_000); // The first backoff: it was the first failure.
  stage.end(stage.begin()!, "failed");
  assertEquals([stage.endings[1], job.outcome!.attempts], [[2, "dead"], 4]);
});

Deno.test("queue: who watches a job is called once, after its ending was told", () => {
  const stage = opened();
  const heard: string[] = [];
  const job = stage.add({}, { ended: (_job, { type }) => heard.push(`asker ${type}`) });
  stage.queue.watch(job, () => heard.push(`first of ${stage.ended.length}`));
  stage.queue.watch(job, () => heard.push("second"));
  stage.end(stage.begin()!);
  stage.queue.cancel(job, "late");
  assertEquals(heard, ["asker done", "first of 1", "second"]);
});

Deno.test("queue: restored jobs keep their numbers, and new ones come after them", () => {
  const stage = new QueueStage({ ...memoryStore(), lastJobId: 40 });
  const old = [7, 9].map((id) => new Job(id, orderOf({ priority: "low" }), 0, 1));
  stage.queue.restore(old);
  stage.queue.restore([new Job(50, orderOf(), 0, 1)]);
  assertEquals([stage.add().id, stage.add().id], [51, 52]);
  assertEquals(stage.accepted, [7, 9, 50, 51, 52]);
  assertEquals([1, 2, 3, 4, 5].map(() => stage.send()!.id), [50, 51, 52, 7, 9]);
  const empty = new QueueStage({ ...memoryStore(), lastJobId: 40 });
  assertEquals(empty.add().id, 41);
});

Deno.test("queue: nothing is due after close, and jobs stay as they are", async () => {
  const stage = opened();
  stage.add({ queueTimeoutMs: 100 });
  stage.queue.close();
  await stage.clock.advance(1_000);
  assertEquals([stage.ended, stage.clock.pending, stage.queue.open.size], [[], 0, 1]);
  assert(!stage.queue.accepting);
});
