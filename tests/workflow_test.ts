/** What a workflow took its time for. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Refusal } from "../actors/runtime.ts";
import { criticalPath, readyAt, type TimedStep } from "../actors/workflows/critical_path.ts";
import { stepTimes } from "../actors/workflows/step_times.ts";
import { listWorkflows, viewWorkflow } from "../actors/workflows/view.ts";
import type { JobSpec } from "../messages/job.ts";
import type { StepTimes } from "../messages/workflow.ts";
import { WorkflowStage } from "./workflow_stage.ts";

const step = (taskId: string, ...after: string[]): JobSpec => ({ taskId, after });
const sum = (times: StepTimes) => Object.values(times).reduce((all, ms) => all + ms, 0);

const look = (stage: WorkflowStage, id: string) => viewWorkflow(id, stage);

Deno.test("workflow: the critical path of five steps is exact, with each wait by its name", async () => {
  const stage = new WorkflowStage();
  const { clock } = stage;
  stage.queue.gates.turns.adopt({ "k:*": { each: 1, keys: null } });
  await stage.submit({ taskId: "other", key: "k:x" });
  const other = stage.begin()!;
  assert(stage.queue.gates.take(other));
  await stage.submit(
    step("a"),
    step("b", "a"),
    { ...step("c", "a"), key: "k:x" },
    step("d", "b", "c"),
    { ...step("e", "d"), retries: 1, backoff: { baseMs: 50 } },
  );
  await clock.advance(5);
  const a = stage.begin()!;
  await clock.advance(20);
  stage.finish(a);
  const b = stage.begin()!;
  assertEquals([b.spec.taskId, stage.begin()], ["b", undefined]);
  await clock.advance(40);
  stage.finish(b);
  await clock.advance(15);
  stage.finish(other);
  await clock.advance(3);
  const c = stage.begin()!;
  assert(stage.queue.gates.take(c));
  await clock.advance(10);
  stage.finish(c);
  const d = stage.begin()!;
  await clock.advance(7);
  stage.finish(d);
  const e = stage.begin()!;
  await clock.advance(10);
  stage.finish(e, "failed");
  const under = (await look(stage, "j2"))!;
  assertEquals([under.state, under.steps.at(-1)!.state], ["running", "retrying"]);
  await clock.advance(55);
  assertEquals(stage.begin(), e);
  await clock.advance(5);
  stage.finish(e);

  const { state, steps, criticalPath } = (await look(stage, "j2"))!;
  assertEquals([state, steps.map(({ name }) => name)], ["done", ["a", "b", "c", "d", "e"]]);
  assertEquals(criticalPath, {
    steps: ["j2", "j4", "j5", "j6"],
    totalMs: 170,
    times: {
      scheduledMs: 0,
      dependenciesMs: 0,
      retriesMs: 60,
      keysMs: 55,
      queueMs: 13,
      runMs: 42,
    },
  });
  assertEquals(steps[2]!.times, {
    scheduledMs: 0,
    dependenciesMs: 25,
    retriesMs: 0,
    keysMs: 55,
    queueMs: 3,
    runMs: 10,
  });
  assertEquals(steps.map(({ times }) => sum(times)), [25, 65, 93, 100, 170]);
});

Deno.test("workflow: shows what runs and what waits as it is now", async () => {
  const stage = new WorkflowStage();
  await stage.submit({ ...step("a"), delayMs: 100 }, step("b", "a"), { taskId: "c" });
  await stage.clock.advance(50);
  const first = (await look(stage, "j1"))!;
  assertEquals(first.steps.map(({ state }) => state), ["scheduled", "blocked", "waiting"]);
  const { times: [a, b, c] } = { times: first.steps.map(({ times }) => times) };
  assertEquals([a!.scheduledMs, b!.dependenciesMs, c!.queueMs], [50, 50, 50]);
  assertEquals(first.criticalPath.steps, ["j3"]);
  await stage.clock.advance(60);
  stage.finish(stage.begin()!);
  const running = stage.begin()!;
  await stage.clock.advance(7);
  const second = (await look(stage, "j1"))!;
  assertEquals(running.spec.taskId, "a");
  assertEquals([second.steps[0]!.times.runMs, second.steps[0]!.times.queueMs], [7, 10]);
  assertEquals(await look(stage, "nothing"), null);
});

Deno.test("workflow: lists them, the latest first, page by page", async () => {
  const stage = new WorkflowStage();
  for (const executionId of ["one", "two", "three"]) {
    await stage.submit({ executionId }, { executionId, taskId: "x" }, {
      executionId,
      after: ["x"],
    });
  }
  await stage.run(({ spec }) => spec.executionId === "two" ? "failed" : "done");
  await stage.submit({ executionId: "one" });
  const page = await listWorkflows({ limit: 2 }, stage);
  assertEquals(page.items.map(({ id, state, jobs, done, open }) => [id, state, jobs, done, open]), [
    ["one", "running", 4, 3, 1],
    ["three", "done", 3, 3, 0],
  ]);
  const rest = await listWorkflows({ limit: 2, before: page.next! }, stage);
  assertEquals(rest.items.map(({ id, state, done }) => [id, state, done]), [["two", "failed", 0]]);
  assertEquals(rest.next, undefined);
  await assertRejects(() => listWorkflows({ before: "?" }, stage), Refusal, "before");
});

/** Graphs of at most 8 steps, each after some of those before it. */
const graphs = fc.array(
  fc.record({
    after: fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
    fromAt: fc.nat(50),
    waitMs: fc.nat(30),
    isHeld: fc.integer({ min: 0, max: 5 }),
  }),
  { minLength: 1, maxLength: 8 },
).map((rows) => {
  const steps: TimedStep[] = [];
  rows.forEach(({ fromAt, waitMs, isHeld, ...row }, n) => {
    const after = row.after.filter((dependency) => dependency < n);
    const isOpen = isHeld === 0 || after.some((dependency) => steps[dependency]!.endAt === null);
    const ready = after.reduce((at, to) => Math.max(at, steps[to]!.endAt ?? 0), fromAt);
    steps.push({ after, fromAt, endAt: isOpen ? null : ready + waitMs });
  });
  return steps;
});

Deno.test("criticalPath: no chain is longer, of all that there are", () => {
  fc.assert(
    fc.property(graphs, (steps) => {
      const own = (n: number) => {
        const one = steps[n]!;
        return one.endAt === null ? 0 : one.endAt - readyAt(steps, one);
      };
      const chains = (n: number): number[][] => [
        [n],
        ...steps[n]!.after.flatMap((before) => chains(before).map((chain) => [...chain, n])),
      ];
      const took = (chain: readonly number[]) => chain.reduce((ms, n) => ms + own(n), 0);
      const all = [...steps.keys()].flatMap(chains);
      const { steps: path, totalMs } = criticalPath(steps);
      assertEquals(totalMs, took(path));
      const most = Math.max(...all.map(took));
      assertEquals(totalMs, most);
      if (path.length > 0) assert(all.some((chain) => chain.join() === path.join()), path.join());
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("criticalPath: of steps that came together it is all the time there was", () => {
  fc.assert(fc.property(graphs, (steps) => {
    const together: TimedStep[] = [];
    for (const { after, fromAt, endAt } of steps) {
      const ready = after.reduce((at, to) => Math.max(at, together[to]!.endAt!), 0);
      together.push({ after, fromAt: 0, endAt: ready + (endAt ?? fromAt) });
    }
    const makespan = Math.max(...together.map(({ endAt }) => endAt!));
    assertEquals(criticalPath(together).totalMs, makespan);
  }));
});

Deno.test("stepTimes: parts are never below 0 and make up the whole, whatever clocks said", () => {
  const at = fc.integer({ min: 0, max: 1_000 });
  const lived = fc.record({
    acceptedAt: at,
    dueAt: at,
    readyAt: at,
    startedAt: fc.option(at),
    endAt: at,
    lastWaitMs: fc.option(at),
    keysMs: at,
  });
  fc.assert(fc.property(lived, (one) => {
    const times = stepTimes(one);
    assert(Object.values(times).every((ms) => ms >= 0));
    assertEquals(sum(times), Math.max(0, one.endAt - one.acceptedAt));
  }));
});

Deno.test("workflow: a step that ends while the store is read is shown as it has ended", async () => {
  const stage = new WorkflowStage();
  await stage.submit(step("a"), step("b", "a"));
  const { clock, queue, store } = stage;
  const query = { type: "steps", executionId: "j1", limit: 10 } as const;
  const stale = await store.read(query);
  stage.finish(stage.begin()!);
  queue.flush();
  await clock.advance(5);
  let reads = 0;
  const late = { read: (asked: typeof query) => reads++ === 0 ? stale : store.read(asked) };
  const view = await viewWorkflow("j1", { clock, queue, store: late as typeof store });
  assertEquals([view?.steps.map(({ state }) => state), reads], [["done", "waiting"], 2]);
});
