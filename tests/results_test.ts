/** Jobs that are given the results of others, in virtual time. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Job, viewRecord } from "../actors/job.ts";
import type { Operation } from "../actors/operation.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { JobSpec } from "../messages/job.ts";
import { jobOf, task } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";
import { type Files, ResultsStage } from "./results_stage.ts";

const isHit = ({ outcome }: Job) => outcome?.cache === "hit";

Deno.test("results: what was asked for before is done without a worker, and the record says so", async () => {
  const stage = new ResultsStage();
  const first = await stage.put({ x: 1, y: [2] });
  assertEquals([first.state, stage.lane.queued], ["waiting", 1]);
  await stage.run({ sum: 3 });
  assertEquals([first.outcome!.output, isHit(first)], [{ sum: 3 }, false]);
  const second = await stage.put({ y: [2], x: 1 });
  assertEquals(stage.lane.queued, 0);
  const { outcome } = viewRecord((await stage.store.read({ type: "job", id: second.id }))!);
  assertEquals(outcome, {
    type: "done",
    cache: "hit",
    output: { sum: 3 },
    attempts: 0,
    waitMs: 0,
    durationMs: 0,
    resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
    worker: null,
  });
  const { bytes, ...status } = stage.results.status;
  assert(bytes > 0 && bytes < 1_000);
  assertEquals(status, {
    ...{ hits: 1, misses: 1, hitRatio: 0.5, savedMs: 1, entries: 1, bytesMax: 64 * 2 ** 20 },
    ...{ evictions: 0, expired: 0, waiting: 0 },
  });
});

Deno.test("results: while none may be kept, those that are kept are handed out", async () => {
  const stage = new ResultsStage();
  await stage.put(1);
  await stage.run("one");
  stage.results.fills = false;
  assertEquals(isHit(await stage.put(1)), true);
  await stage.put(2);
  await stage.run("two");
  assertEquals([(await stage.put(2)).state, stage.results.status.entries], ["waiting", 1]);
  stage.results.fills = true;
  await stage.run("two");
  assertEquals([isHit(await stage.put(2)), stage.results.status.entries], [true, 2]);
});

Deno.test("results: nobody is given what he can't have asked for", async () => {
  const stage = new ResultsStage();
  await stage.put({ x: 1 });
  await stage.run("mine");
  const others: readonly (readonly [unknown, JobSpec, Operation?])[] = [
    [{ x: 2 }, {}],
    [{ x: "1" }, {}],
    [[{ x: 1 }], {}],
    [{ x: 1 }, { projectId: "p" }],
    [{ x: 1 }, { cache: false }],
    [{ x: 1 }, {}, { ...stage.operation, name: "other" }],
  ];
  for (const [input, spec, operation] of others) {
    const job = await stage.put(input, spec, operation);
    assertEquals([job.state, isHit(job)], ["waiting", false], JSON.stringify([input, spec]));
    await stage.run("other");
  }
  const again = await stage.put({ x: 1 }, { projectId: "p", priority: "high", taskId: "t" });
  assertEquals([again.outcome?.output, isHit(again)], ["other", true]);
});

Deno.test("results: a result is handed out as it was, whatever becomes of the one before", async () => {
  const stage = new ResultsStage();
  await stage.put(1);
  await stage.run({ list: [1] });
  const [one, two] = [await stage.put(1), await stage.put(1)];
  (one.outcome!.output as { list: number[] }).list.push(2);
  assertEquals(two.outcome!.output, { list: [1] });
});

Deno.test("results: is good for its time", async () => {
  const stage = new ResultsStage({ ttlMs: 1_000 });
  await stage.put(1);
  await stage.run("old");
  await stage.clock.advance(999);
  assert(isHit(await stage.put(1)));
  await stage.clock.advance(1);
  const late = await stage.put(1);
  assertEquals([late.state, stage.results.status.expired], ["waiting", 1]);
  await stage.run("new");
  assertEquals((await stage.put(1)).outcome!.output, "new");
});

Deno.test("results: identical jobs wait for the one that runs", async () => {
  const stage = new ResultsStage();
  const [first, second, third] = [await stage.put(1), await stage.put(1), await stage.put(1)];
  assertEquals([first, second, third].map(({ state }) => state), ["waiting", "blocked", "blocked"]);
  assertEquals([stage.lane.queued, stage.results.status.waiting], [1, 2]);
  const { gate, because } = stage.queue.gates.why(second)!;
  assertEquals(gate, "cache");
  assertEquals(because, "j1 (waiting) was asked for the same: it waits for its result");
  stage.queue.cancel(second, "enough");
  await stage.run("all");
  assertEquals(stage.endings, [[2, "cancelled"], [1, "done"], [3, "done"]]);
  assertEquals([third.outcome!.output, isHit(third), stage.results.held], ["all", true, 0]);
});

Deno.test("results: who waited for a failure, a cancelled job or another attempt is run", async () => {
  const stage = new ResultsStage();
  for (const how of ["fails", "is cancelled", "is tried again"]) {
    const [first, ...others] = [
      await stage.put(how, { retries: how === "is tried again" ? 1 : 0 }),
      await stage.put(how),
      await stage.put(how),
    ];
    if (how === "is cancelled") stage.queue.cancel(first!, "enough");
    else await stage.run(null, "failed");
    await stage.clock.advance(0);
    assertEquals(others.map(({ state }) => state), ["waiting", "waiting"], how);
    await stage.run("a");
    await stage.run("b");
    assertEquals(others.map(isHit), [false, false]);
    assertEquals((await stage.put(how)).outcome!.output, "b", "the latest result is kept");
    if (how !== "is tried again") continue;
    await stage.clock.advance(1_000);
    assertEquals([first!.outcome?.output, isHit(first!), first!.outcome?.attempts], ["b", true, 1]);
  }
});

Deno.test("results: a better class is not kept behind a worse one that has not begun", async () => {
  const stage = new ResultsStage();
  await stage.put(1, { priority: "low" });
  const high = await stage.put(1, { priority: "high" });
  assertEquals([high.state, stage.lane.queued], ["waiting", 2]);
  assertEquals(stage.begin(), high);
  const low = stage.begin()!;
  const late = await stage.put(1, { priority: "high" });
  assertEquals(late.state, "blocked", "it runs by now");
  stage.end(low, "done", { output: "low" });
  await stage.clock.advance(0);
  assertEquals([late.outcome?.output, isHit(late)], ["low", true]);
});

Deno.test("results: a job that comes back from a worker unbegun is the one that others wait for", async () => {
  const stage = new ResultsStage();
  const first = await stage.put(1);
  const second = await stage.put(1);
  stage.queue.release([stage.send()!]);
  await stage.clock.advance(0);
  assertEquals([first.state, second.state, stage.lane.queued], ["waiting", "blocked", 1]);
  await stage.run("x");
  assertEquals([second.outcome?.output, isHit(second)], ["x", true]);
});

Deno.test("results: a file that has changed makes another result", async () => {
  const files: Files = { "/a": "1", "/b": "1" };
  const stage = new ResultsStage({ files: ["path", "more"] }, files);
  const input = { path: "/a", more: ["/b", "/none"] };
  await stage.put(input);
  await stage.run("first");
  assert(isHit(await stage.put(input)));
  for (const path of ["/a", "/b", "/none"]) {
    files[path] = "2";
    const job = await stage.put(input);
    assertEquals([job.state, isHit(job)], ["waiting", false], path);
    await stage.run(path);
    assertEquals((await stage.put(input)).outcome!.output, path);
  }
});

Deno.test("results: what changes while a job runs is not what it was asked for", async () => {
  const files: Files = { "/a": "1" };
  const stage = new ResultsStage({ files: [""] }, files);
  await stage.put("/a");
  const waiting = await stage.put("/a");
  files["/a"] = "2";
  await stage.run("of which one?");
  assertEquals([waiting.state, stage.results.status.entries], ["waiting", 0]);
  await stage.run("of the second");
  assertEquals(stage.results.status.entries, 0, "it was let go as one that asked for the first");
  await stage.put("/a");
  await stage.run("of the second");
  assert(isHit(await stage.put("/a")));
});

Deno.test("results: what can't be looked at is run each time, and is no miss", async () => {
  const files: Files = { "/folder": null };
  const stage = new ResultsStage({ files: ["path"], contents: true }, files);
  const inputs = [{ path: "/folder" }, { path: 1 }, { path: Array(1_001).fill("/a") }, "/a"];
  for (const input of [...inputs, ...inputs]) {
    assertEquals((await stage.put(input)).state, "waiting");
    await stage.run("x");
  }
  assertEquals([stage.results.status.misses, stage.results.status.entries], [0, 0]);
  const blind = new QueueStage(memoryStore());
  const keeping = { files: [""] };
  blind.add({}, { operation: { ...task, keeping }, payload: '"/a"' });
  await blind.clock.advance(0);
  assertEquals([blind.lane.queued, blind.queue.gates.results.status.misses], [1, 0]);
});

Deno.test("results: a module that has changed since the start has no results", async () => {
  const files: Files = { "/t.ts": "1" };
  const stage = new ResultsStage({}, files);
  const operation = { ...stage.operation, stamp: "1" };
  await stage.put(1, {}, operation);
  await stage.run("old");
  assert(isHit(await stage.put(1, {}, operation)));
  files["/t.ts"] = "2";
  for (let n = 0; n < 2; n++) {
    assertEquals((await stage.put(1, {}, operation)).state, "waiting");
    await stage.run("old or new");
  }
  assertEquals(stage.results.status.entries, 1);
});

Deno.test("results: a thousand jobs at once are looked for, each result once", async () => {
  const stage = new ResultsStage({ files: [""] });
  for (let n = 0; n < 1_000; n++) {
    const payload = JSON.stringify(`/f${n % 10}`);
    stage.add({}, { operation: stage.operation, payload });
  }
  for (let n = 0; n < 100 && stage.lane.queued < 10; n++) await stage.clock.advance(0);
  for (let n = 0; n < 10; n++) await stage.run(n);
  for (let n = 0; n < 100 && stage.results.held > 0; n++) await stage.clock.advance(0);
  assertEquals([stage.ended.length, stage.results.status.hits], [1_000, 990]);
});

Deno.test("results: whatever happens, each job ends once, with a result of what it asked for", async () => {
  const step = fc.record({
    what: fc.constantFrom("put", "put", "put", "run", "run", "fail", "cancel", "release", "pass"),
    n: fc.nat(3),
    priority: fc.constantFrom("high" as const, "normal" as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const stage = new ResultsStage({ ttlMs: 20 });
      const jobs: Job[] = [];
      const running: Job[] = [];
      let runs = 0;
      const end = async (job: Job | undefined, how: "done" | "failed") => {
        if (job) stage.end(job, how, how === "done" ? { output: [job.spec.input, runs++] } : {});
        await stage.clock.advance(0);
      };
      for (const { what, n, priority } of steps) {
        if (what === "put") jobs.push(await stage.put(n, { priority, retries: n === 3 ? 1 : 0 }));
        else if (what === "cancel") stage.queue.cancel(jobs[n * 5] ?? jobs[0] ?? jobOf(0), "so");
        else if (what === "pass") await stage.clock.advance(n * 10);
        else if (what === "release") {
          const job = stage.send();
          if (job) stage.queue.release([job]);
        } else {
          const next = stage.begin();
          if (next) running.push(next);
          if (n > 0) await end(running.shift(), what === "fail" ? "failed" : "done");
        }
      }
      await stage.clock.advance(0);
      for (let n = 0; n < 1_000 && stage.queue.open.size > 0; n++) {
        await end(running.shift() ?? stage.begin(), "done");
        await stage.clock.advance(1_000);
      }
      assertEquals(stage.ended.map(([id]) => id).sort(), jobs.map(({ id }) => id).sort());
      for (const { outcome, spec } of jobs) {
        if (outcome!.type !== "done") continue;
        assertEquals((outcome!.output as [number, number])[0], spec.input);
      }
      assertEquals([stage.results.held, stage.lane.queued], [0, 0]);
    }),
    { numRuns: 60 },
  );
});

Deno.test("results: outputs in files are not kept", async () => {
  const stage = new ResultsStage();
  await stage.put(1);
  const job = stage.begin()!;
  stage.end(job, "done", { exitCode: 0, stdout: "", stderr: "", stdoutFile: "/tmp/out" });
  await stage.clock.advance(0);
  assertEquals(stage.results.status.entries, 0);
});
