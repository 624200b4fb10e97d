/** Attempts over the death of the service: those that wait, those that ran, and who is to blame. */
import { assertEquals, assertMatch } from "@std/assert";
import { Job } from "../actors/job.ts";
import { Lives, seats } from "./lives.ts";
import { orderOf } from "./orders.ts";

const last = ({ stage }: Lives) => stage.ended.at(-1)![1];

Deno.test("attempts: a retry that waits survives a kill with its number, its time and its errors", async () => {
  const lives = new Lives();
  await lives.next();
  lives.stage.add({ retries: 2, backoff: { baseMs: 60_000, maxMs: 600_000 } });
  lives.stage.end(lives.begin(), "failed", { code: "task_threw", message: "Error: 503" });
  await lives.stage.clock.advance(20_000);
  const { clock, queue } = await lives.next(10_000);
  const job = queue.open.get(1)!;
  assertEquals([job.state, job.attempt], ["retrying", 2]);
  assertEquals(job.failures, [{
    attempt: 1,
    endedAt: "2023-11-14T22:13:20.000Z",
    type: "failed",
    category: "exit",
    code: "task_threw",
    message: "Error: 503",
    durationMs: 1,
  }]);
  await clock.advance(29_999);
  assertEquals(job.state, "retrying");
  await clock.advance(1);
  assertEquals(job.state, "waiting", "60 s after it failed, 10 of them without a service");
  lives.stage.end(lives.begin(), "failed");
  await lives.next(3_600_000);
  assertEquals(lives.stage.queue.open.get(1)!.state, "waiting", "its time came meanwhile");
  lives.stage.end(lives.begin(), "failed");
  const { type, attempts, failures, restored } = last(lives);
  assertEquals(
    [type, attempts, restored],
    ["dead", 3, true],
    "2 retries are 2, however many lives",
  );
  assertEquals(failures?.map(({ attempt }) => attempt), [1, 2]);
});

Deno.test("attempts: a clock that was set back does not make a retry wait longer", async () => {
  const lives = new Lives();
  await lives.next();
  lives.stage.add({ retries: 1, backoff: { baseMs: 5_000 } });
  lives.stage.end(lives.begin(), "failed");
  const { clock, queue } = await lives.next(-3_600_000);
  await clock.advance(5_000);
  assertEquals(queue.open.get(1)!.state, "waiting");
});

Deno.test("attempts: the whole time of a job goes on over a kill, its wait for a start does not", async () => {
  const lives = new Lives();
  await lives.next();
  lives.stage.add({ retries: 1, totalTimeoutMs: 60_000, backoff: { baseMs: 20_000 } });
  lives.stage.add({ retries: 1, queueTimeoutMs: 100, backoff: { baseMs: 1_000 } });
  for (const job of [lives.begin(), lives.begin()]) lives.stage.end(job, "failed");
  const { clock } = await lives.next(30_000);
  assertEquals(lives.stage.endings, [], "what was begun once does not expire");
  await clock.advance(29_999);
  assertEquals(lives.stage.endings, []);
  await clock.advance(1);
  assertEquals(lives.stage.endings, [[1, "timedOut"]]);
});

Deno.test("attempts: what ran when the service died has had an attempt, which is no retry", async () => {
  const lives = new Lives();
  await lives.next();
  lives.stage.add({ retries: 1 });
  lives.stage.add();
  lives.stage.add();
  lives.begin();
  lives.send(seats[0]!);
  await lives.next();
  const attempts = () => [...lives.stage.queue.open.values()].map(({ attempt }) => attempt);
  // It lay next in its worker, which may have begun it without having said so.
  assertEquals(attempts(), [2, 2, 1]);
  const job = lives.begin();
  const [failure] = job.failures!;
  assertEquals([failure!.category, failure!.code, failure!.durationMs], [
    "lost",
    "service_died",
    null,
  ]);
  lives.stage.end(job, "failed");
  assertEquals(job.state, "retrying", "it has its one retry yet");
  await lives.stage.clock.advance(1_000);
  lives.stage.end(lives.begin(), "done");
  lives.stage.end(lives.begin(), "done");
  lives.stage.end(lives.begin(), "done");
  const ended = lives.stage.ended.map(([id, { attempts }]) => [id, attempts]);
  assertEquals(ended.toSorted(([a], [b]) => a! - b!), [[1, 3], [2, 2], [3, 1]]);
});

Deno.test("attempts: what the service dies of is poison, alone or among others", async () => {
  for (const others of [0, 3]) {
    const lives = new Lives();
    await lives.next();
    lives.stage.add();
    let deaths = 0;
    while (lives.stage.endings.length === 0 && deaths < 20) {
      for (let i = 0; i < others; i++) lives.stage.add();
      const [, ...rest] = Array.from({ length: others + 1 }, () => lives.begin());
      // Others end, though not all of them before it strikes.
      for (const job of rest.slice(1)) lives.stage.end(job);
      deaths++;
      lives.stage.ended.length = 0;
      await lives.next();
    }
    assertEquals(deaths, others === 0 ? 3 : 4);
    const { type, code, message, attempts, failures } = last(lives);
    assertEquals([type, code, attempts], ["dead", "poison", deaths]);
    assertMatch(message!, RegExp(`died ${deaths} times`));
    assertEquals(failures!.length, deaths - 1);
  }
});

Deno.test("attempts: onLoss fail holds for the death of the service", async () => {
  const lives = new Lives();
  await lives.next();
  for (let i = 0; i < 4; i++) lives.stage.add({ onLoss: "fail" });
  lives.begin();
  lives.send(seats[0]!);
  lives.send(seats[0]!);
  await lives.next();
  assertEquals(lives.stage.endings, [[1, "lost"], [2, "lost"], [3, "lost"]]);
  const { code, category, attempts } = last(lives);
  assertEquals([code, category, attempts], ["service_died", "lost", 1]);
  assertEquals(lives.begin().id, 4, "it was never sent");
});

Deno.test("attempts: an end in good order, a return and a redrive leave nothing to blame", async () => {
  const lives = new Lives();
  await lives.next();
  lives.stage.add({ onLoss: "fail" });
  const returned = lives.send(seats[0]!)!;
  lives.stage.queue.release([returned]);
  await lives.next();
  lives.begin();
  lives.stage.queue.close();
  await lives.next();
  const job = lives.begin();
  assertEquals([lives.stage.endings, job.attempt], [[], 1]);
  lives.stage.end(job, "invalid");
  const { clock, queue } = lives.stage;
  queue.redrive(new Job(1, orderOf({ onLoss: "fail" }), 0, clock.wallMs()), () => {}, () => {});
  await lives.next();
  assertEquals([lives.stage.endings, lives.begin().attempt], [[], 1], "its attempts are before it");
});

Deno.test("attempts: what was to be cancelled is when the service has died before it could end", async () => {
  const lives = new Lives();
  await lives.next();
  lives.stage.add({ retries: 3 });
  lives.stage.add({ onLoss: "fail" });
  lives.stage.add();
  for (const job of [lives.begin(), lives.begin()]) {
    lives.stage.queue.cancel(job, "not wanted any more");
  }
  await lives.next(1);
  assertEquals(lives.stage.endings, [[1, "cancelled"], [2, "cancelled"]]);
  const { code, message, attempts, restored } = last(lives);
  assertEquals([code, message, attempts, restored], ["cancelled", "not wanted any more", 1, true]);
  assertEquals(lives.begin().id, 3, "the others go on");
  await lives.next();
  assertEquals([lives.stage.endings, lives.begin().id], [[], 3], "it has one ending");
});

Deno.test("attempts: a job that is taken anew after it was cancelled runs, also in the next life", async () => {
  const lives = new Lives();
  await lives.next();
  const job = (lives.stage.add(), lives.begin());
  lives.stage.queue.cancel(job, "not wanted any more");
  lives.stage.end(job, "cancelled");
  await Promise.resolve();
  const { clock, queue } = lives.stage;
  queue.redrive(new Job(1, orderOf(), clock.nowMs(), clock.wallMs()), () => {}, () => {});
  await lives.next();
  assertEquals([lives.stage.endings, lives.begin().id], [[], 1]);
});
