/** Attempts after the first: which failures have one, when, and how many a storm is granted. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { breakerRules } from "../actors/circuits/rules.ts";
import { conclude } from "../actors/conclude.ts";
import { composeConfig } from "../actors/config.ts";
import type { Job } from "../actors/job.ts";
import { Refusal } from "../actors/refusal.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { Outcome } from "../messages/outcome.ts";
import { isRetriable, type RetryRules, usualRetryRules } from "../policies/retry/rules.ts";
import { defineTask } from "../task.ts";
import { JobContext, runTask } from "../worker/tasks.ts";
import { jobOf, orderOf } from "./orders.ts";
import { crash, QueueStage } from "./queue_stage.ts";
import { SystemStage } from "./system_stage.ts";

/** What becomes of what a task throws. */
async function thrown(error: unknown) {
  const teller = { tell: () => {}, folder: () => "" };
  const task = defineTask({
    run: () => {
      throw error;
    },
  });
  const { ending, payload } = await runTask(task, null, new JobContext(1, 1, "", teller));
  const { category, code, message, retryAfterMs } = conclude(
    jobOf(1),
    ending,
    JSON.parse(payload),
    1,
    "1.1",
  );
  return { category, code, message, retryAfterMs };
}

Deno.test("retry: an error says when another attempt makes sense", async () => {
  const told = { category: "exit", code: "task_threw", message: "Error: 429" };
  const busy = (retryAfterMs: unknown) => thrown(Object.assign(new Error("429"), { retryAfterMs }));
  assertEquals(await busy(1_500), { ...told, retryAfterMs: 1_500 } as never);
  assertEquals((await busy(0)).retryAfterMs, 0);
  assertEquals((await busy(1e12)).retryAfterMs, 86_400_000, "not longer than a day");
  for (const nonsense of [-1, NaN, Infinity, "60", null, undefined, {}]) {
    assertEquals((await busy(nonsense)).retryAfterMs, undefined);
  }
  assertEquals((await thrown({ retryAfterMs: 7 })).retryAfterMs, 7);
  for (const odd of ["text", null, undefined, 5]) {
    assertEquals((await thrown(odd)).retryAfterMs, undefined);
  }
});

/** All that workers of a queue have begun fails, as often as it comes. */
async function storm(stage: QueueStage, jobs: readonly Job[], ended?: Partial<Outcome>) {
  let attempts = 0;
  for (let round = 0; round < 400 && stage.ended.length < jobs.length; round++) {
    for (let job = stage.begin(); job; job = stage.begin()) {
      attempts++;
      stage.queue.settle(job, failure(job, ended));
    }
    await stage.clock.advance(1_000);
  }
  return attempts;
}

const failure = (job: Job, part: Partial<Outcome> = {}): Outcome => ({
  type: "failed",
  category: "exit",
  code: "exit_nonzero",
  message: "x exited with 1",
  attempts: job.attempt,
  waitMs: 0,
  durationMs: 1,
  resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
  worker: "1.1",
  ...part,
});

const stageOf = (rules: Partial<RetryRules> = {}) => {
  const stage = new QueueStage(memoryStore(), { jobsMax: 1e5, bytesMax: 1e9 });
  stage.queue.retries.adopt({ "t*": { retry: { ...usualRetryRules, ...rules } } });
  return stage;
};

Deno.test("retry: a storm of 1,000 failing jobs with 5 retries each is granted 110, not 5,000", async () => {
  const stage = stageOf();
  const jobs = Array.from({ length: 1_000 }, () => stage.add({ retries: 5 }));
  const attempts = await storm(stage, jobs);
  assertEquals(stage.ended.length, 1_000);
  // The window moves on while the last ones wait, and each has its 10.
  assert(attempts >= 1_100 && attempts <= 1_150, `${attempts}`);
  const codes = new Set(stage.ended.map(([, { type, code }]) => `${type} ${code}`));
  assert(codes.has("dead retry_budget") && codes.size <= 2, [...codes].join());
  const spent = stage.ended.findLast(([, { code }]) => code === "retry_budget")![1];
  assertEquals(spent.category, "exit");
  assertMatch(
    spent.message!,
    /^x exited with 1 \(not tried again: the last \d+ retries of t have failed, so few are granted\)$/,
  );
});

Deno.test("retry: of an operation that never recovers one in 5 s is granted, and all as soon as one is of use", async () => {
  const stage = stageOf();
  let isDown = true;
  /** Minutes of ten jobs a second; retries in each. */
  const minutes = async (count: number) => {
    const retries: number[] = [];
    for (let minute = 0; minute < count; minute++) {
      let again = 0;
      for (let second = 0; second < 60; second++) {
        for (let job = 0; job < 10; job++) stage.add({ retries: 3 });
        for (let job = stage.begin(); job; job = stage.begin()) {
          if (job.tries > 1) again++;
          const fails = isDown || (job.tries === 1 && job.id % 20 === 0);
          stage.queue.settle(job, failure(job, fails ? {} : { type: "done" }));
        }
        await stage.clock.advance(1_000);
      }
      retries.push(again);
    }
    return retries;
  };
  // 600 first attempts a minute: 70 retries are in the budget.
  const down = await minutes(6);
  assert(down[0]! <= 70, `${down[0]} in the first minute`);
  assert(down.slice(2).every((count) => count >= 10 && count <= 13), down.join());
  const message = stage.ended.findLast(([, { code }]) => code === "retry_budget")![1].message!;
  assertMatch(
    message,
    /not tried again: the last \d+ retries of t have failed, so few are granted/,
  );
  isDown = false;
  const [first, second] = await minutes(2);
  assert(first! >= 20 && second! >= 28, `${first} and ${second} of 30 that fail once`);
  const denied = stage.ended.slice(-600).filter(([, { type }]) => type === "dead");
  assertEquals(denied.length, 0);
});

Deno.test("retry: a rare operation has its retries, and without a budget each job has all", async () => {
  const rare = stageOf();
  assertEquals(await storm(rare, [rare.add({ retries: 5 })]), 6);
  assertEquals(rare.ended[0]![1].code, "exit_nonzero");
  const free = stageOf({ budgetRatio: null });
  const jobs = Array.from({ length: 100 }, () => free.add({ retries: 3 }));
  assertEquals(await storm(free, jobs), 400);
});

Deno.test("retry: deaths of workers are no retries, and cost no budget", () => {
  const stage = stageOf({ budgetRetries: 0 });
  stage.add({ retries: 1 });
  const job = stage.begin()!;
  stage.queue.lose([job], null, "1.1", crash());
  assertEquals([stage.begin(), job.attempt, job.tries], [job, 2, 1] as never);
  stage.queue.settle(job, failure(job));
  assertEquals(stage.ended[0]![1].code, "retry_budget");
});

Deno.test("retry: by category, as the operation says", () => {
  const retried = (rules?: RetryRules) =>
    ["exit", "validation", "timeout"].map((category) =>
      isRetriable({ type: "failed", category: category as never }, rules)
    );
  assertEquals(retried(), [true, false, true]);
  assertEquals(retried({ ...usualRetryRules, on: ["validation"] }), [false, true, false]);
  assertEquals(isRetriable({ type: "timedOut", category: "timeout" }), true);
  assertEquals(isRetriable({ type: "timedOut" }, { on: ["exit"] }), false);
  for (const type of ["done", "dead", "cancelled", "lost", "expired"] as const) {
    assertEquals(isRetriable({ type, category: "exit" }), false);
  }
  const stage = stageOf({ on: ["exit"] });
  for (const category of ["exit", "validation"] as const) {
    stage.add({ retries: 1 });
    const job = stage.begin()!;
    stage.queue.settle(job, failure(job, { category }));
  }
  assertEquals(stage.endings, [[2, "failed"]], "the other one waits for its next attempt");
});

Deno.test("retry: not before the time that the failure named, whatever the cap", async () => {
  const stage = stageOf({ baseMs: 100, maxMs: 100 });
  stage.unit = 0.5;
  stage.add({ retries: 1 });
  const job = stage.begin()!;
  stage.queue.settle(job, failure(job, { retryAfterMs: 90_000 }));
  assertEquals(job.state, "retrying");
  await stage.clock.advance(90_049);
  assertEquals(stage.begin(), undefined);
  await stage.clock.advance(1);
  assertEquals(stage.begin(), job);
});

Deno.test("retry: the pool does not grow for retries that wait", async () => {
  const stage = new SystemStage({ max: 16, part: { jobMs: 5, failsAt: () => true } });
  await stage.clock.advance(1_000);
  const { system } = stage;
  const spec = { retries: 1, backoff: { baseMs: 60_000, maxMs: 60_000 } };
  system.queue.retries.adopt({ t: { retry: { ...usualRetryRules, budgetRatio: null } } });
  system.queue.gates.circuits.adopt({ "*": breakerRules.parse({ jobs: "none" }) });
  system.queue.submit(Array.from({ length: 500 }, () => orderOf(spec)));
  await stage.clock.advance(5_000);
  assertEquals([system.queue.gates.timetable.retrying, system.queue.queued], [500, 0]);
  const spawned = stage.spawnsMs.length;
  await stage.clock.advance(50_000);
  assertEquals(stage.spawnsMs.length, spawned, "nothing was started for them");
  assertEquals([stage.ready, system.queue.gates.timetable.retrying], [1, 500]);
  await system.stop();
});

Deno.test("retry: rules are configured by operation or by what many begin with", () => {
  const operations = {
    "fetch-*": {
      retry: { retries: 4, on: ["timeout" as const], baseMs: "2s", budgetRatio: "20%" },
    },
    "fetch-slow": { retry: { maxMs: "1h" } },
  };
  const compose = (operations: unknown) =>
    composeConfig([{ name: "test", values: { operations } }]).operations;
  const stage = stageOf();
  stage.queue.retries.adopt(compose(operations));
  const { retries, on, baseMs, budgetRatio } = stage.queue.retries.rulesOf("fetch-index");
  assertEquals([retries, on, baseMs, budgetRatio], [4, ["timeout"], 2_000, 0.2]);
  assertEquals(stage.queue.retries.rulesOf("fetch-slow").maxMs, 3_600_000);
  assertEquals(stage.queue.retries.rulesOf("other"), usualRetryRules);
  const refused: readonly [unknown, RegExp][] = [
    [{ "a*": { shareRatio: 1 } }, /operations\.a\*: expected the name of one operation for limits/],
    [{ b: { retry: { on: ["never"] } } }, /operations\.b\.retry\.on\.0: expected one of exit, sig/],
    [{ b: { retry: { budgetRatio: 80 } } }, /budgetRatio: expected a ratio 0\.\.1/],
    [
      { b: { retry: { base: 1 } } },
      /operations\.b\.retry\.base: unknown key; did you mean .*baseMs/,
    ],
  ];
  for (const [operations, message] of refused) {
    const refusal = assertThrows(() => compose(operations), Refusal);
    assertMatch(refusal.message, message);
  }
});
