/** Jobs that wait for others. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { jobOf } from "./orders.ts";
import { Refusal } from "../actors/runtime.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { cycle } from "../actors/workflows/cycle.ts";
import type { JobSpec, OnFailure } from "../messages/job.ts";
import { WorkflowStage } from "./workflow_stage.ts";

const step = (taskId: string, ...after: NonNullable<JobSpec["after"]>): JobSpec => ({
  taskId,
  after,
});

Deno.test("after: fan out and fan in, in any order of the submit", async () => {
  const stage = new WorkflowStage();
  const accepted = await stage.submit(
    step("ship", "test", "lint"),
    step("test", "build"),
    step("lint", "build"),
    step("build"),
  );
  assertEquals(accepted.map(({ state }) => state), ["blocked", "blocked", "blocked", "waiting"]);
  assertEquals(new Set(accepted.map(({ executionId }) => executionId)), new Set(["j1"]));
  assertEquals(stage.job(1).spec.after, [{ id: "j2" }, { id: "j3" }]);
  const why = stage.queue.gates.why(stage.job(1))!;
  assertEquals(why.gate, "dependencies");
  assertEquals(why.because, "It waits for test (j2, blocked), lint (j3, blocked)");
  assertEquals(await stage.run(), ["build", "test", "lint", "ship"]);
  assertEquals(stage.endings.map(([, type]) => type), Array(4).fill("done"));
  assertEquals(stage.queue.gates.after.blocked, 0);
});

Deno.test("after: waits for jobs of earlier submits, that run or have ended", async () => {
  const stage = new WorkflowStage();
  await stage.submit({ executionId: "w" }, {});
  await stage.run();
  const [third] = await stage.submit({ after: ["j1", { id: "j2", onFailure: "run" }] });
  assertEquals(third!.executionId, "w", "it belongs to what it waits for");
  await stage.clock.advance(0);
  assertEquals(await stage.run(), ["j3"]);
});

Deno.test("after: what waited for a failure fails, is skipped or runs, as it says", async () => {
  const stage = new WorkflowStage();
  await stage.submit(
    step("build"),
    step("test", "build"),
    step("report", { id: "test", onFailure: "run" }),
    step("ship", { id: "test", onFailure: "skip" }),
    step("announce", "ship"),
    step("clean", { id: "announce", onFailure: "run" }),
  );
  const ran = await stage.run((job) => job.spec.taskId === "build" ? "failed" : "done");
  assertEquals(ran, ["build", "report", "clean"]);
  const told = Object.fromEntries(stage.ended.map(([id, { type, category, code }]) => [
    id,
    [type, category, code],
  ]));
  assertEquals(told[2], ["failed", "dependency", "dependency_failed"]);
  assertEquals(told[4], ["cancelled", "dependency", "skipped"]);
  assertEquals(told[5], ["cancelled", "dependency", "skipped"], "what was skipped skips the rest");
  assertEquals([told[3]![0], told[6]![0]], ["done", "done"]);
});

Deno.test("after: what can't be is refused, with its place", async () => {
  const stage = new WorkflowStage();
  const refused = async (code: string, pointer: string, ...specs: JobSpec[]) => {
    const error = await assertRejects(() => stage.submit(...specs), Refusal);
    assertEquals([error.code, error.issues[0]!.pointer], [code, pointer], error.message);
    return error.message;
  };
  await refused("unknown_dependency", "/jobs/1/after/0", {}, { after: ["j9"] });
  await refused("unknown_dependency", "/jobs/0/after/1", step("a", "b", "r1"), step("b"));
  await refused("invalid_after", "/jobs/0/after/0", step("a", "b"), step("b"), step("b"));
  await refused("invalid_after", "/jobs/0/after", step("a", "b", { id: "b" }), step("b"));
  await refused("invalid_after", "/jobs/0/after", { after: "j1" as never });
  await refused("dependency_cycle", "/jobs/0/after", step("a", "a"));
  const around = [step("a"), step("b", "a", "d"), step("c", "b"), step("d", "c")];
  const message = await refused("dependency_cycle", "/jobs/1/after", ...around);
  assert(message.includes("b after d after c after b"), message);
  assertEquals(stage.queue.open.size, 0);
});

Deno.test("after: the same submit again is the same workflow", async () => {
  const stage = new WorkflowStage();
  const flow = [{ ...step("a"), idempotencyKey: "a" }, { ...step("b", "a"), idempotencyKey: "b" }];
  const first = await stage.submit(...flow);
  const again = await stage.submit(...flow);
  assertEquals(again.map(({ id, executionId }) => [id, executionId]), [["j1", "j1"], ["j2", "j1"]]);
  assertEquals(first.length + stage.queue.open.size, 4);
  const more = await stage.submit(...flow, { after: ["b"] });
  assertEquals(stage.job(3).spec.after, [{ id: "j2" }]);
  assertEquals(more[2]!.state, "blocked");
});

Deno.test("after: a cancelled job is forgotten; a chain of 20,000 ends by its first", async () => {
  const stage = new WorkflowStage();
  await stage.submit(step("a"), step("b", "a"));
  stage.queue.cancel(stage.job(2), "enough");
  assertEquals([stage.queue.gates.after.blocked, await stage.run()], [0, ["a"]]);
  const chain = Array.from(
    { length: 20_000 },
    (_, n) => step(`${n}`, ...n > 0 ? [`${n - 1}`] : []),
  );
  await stage.submit(...chain);
  assertEquals(stage.queue.gates.after.blocked, 19_999);
  stage.queue.cancel(stage.job(3), "enough");
  assertEquals([stage.queue.open.size, stage.queue.gates.after.blocked], [0, 0]);
});

Deno.test("after: time limits count from when nothing is waited for", async () => {
  const stage = new WorkflowStage();
  await stage.submit(
    step("a"),
    { ...step("b", "a"), queueTimeoutMs: 100 },
    { ...step("c", "a"), totalTimeoutMs: 500 },
  );
  const a = stage.begin()!;
  await stage.clock.advance(450);
  stage.end(a);
  await stage.clock.advance(49);
  assertEquals(stage.endings, [[1, "done"]]);
  await stage.clock.advance(1);
  assertEquals(stage.endings[1], [3, "expired"]);
  await stage.clock.advance(50);
  assertEquals(stage.endings[2], [2, "expired"]);
});

Deno.test("after: a restart goes on where it was, also where the store has forgotten", async () => {
  const store = memoryStore();
  const first = new WorkflowStage(store);
  const x: JobSpec = { taskId: "x", priority: "high" };
  await first.submit(step("a"), step("b", "a"), step("c", "b"), step("d", "c"), step("e", "x"), x);
  first.end(first.begin()!, "failed");
  first.end(first.begin()!);
  await first.clock.advance(0);
  assertEquals(first.endings.map(([id]) => id), [6, 5, 1]);
  // Only what is open comes back; j1 is looked up, nobody knows j77.
  const second = new WorkflowStage(store);
  const again = [2, 3, 4].map((id) => jobOf(id, first.job(id).spec));
  again.push(jobOf(99, { after: ["j77"] }));
  second.queue.restore(again);
  assertEquals(again.map(({ state }) => state), Array(4).fill("blocked"));
  await second.clock.advance(0);
  assertEquals(await second.run(), ["b", "j2r", "c", "d"]);
});

Deno.test("after: each job of a random workflow ends as its dependencies say", async () => {
  const policies: readonly OnFailure[] = ["fail", "run", "skip"];
  const jobs = fc.array(
    fc.record({
      after: fc.array(fc.tuple(fc.nat(11), fc.constantFrom(...policies)), { maxLength: 3 }),
      fails: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(fc.asyncProperty(jobs, fc.boolean(), async (asked, isReversed) => {
    // Each waits for some before it; the submit may have them the other way round.
    const flow = asked.map(({ after }, n) => ({
      taskId: `${n}`,
      after: [...new Map(after.map(([to, how]) => [to % (n || 1), how])).entries()]
        .filter(([to]) => to < n).map(([to, onFailure]) => ({ id: `${to}`, onFailure })),
    }));
    const stage = new WorkflowStage();
    await stage.submit(...isReversed ? flow.toReversed() : flow);
    const ran = await stage.run(({ spec }) =>
      asked[Number(spec.taskId)]!.fails ? "failed" : "done"
    );
    const expected: string[] = [];
    const mayEnd = flow.map(({ after }, n) => {
      const ends = new Set(after.map(({ id, onFailure }) => {
        const end = expected[Number(id)]!;
        if (end === "done" || onFailure === "run") return "run";
        return onFailure === "skip" || end === "skipped" ? "skipped" : "failed";
      }));
      ends.delete("run");
      const own = asked[n]!.fails ? "failed" : "done";
      expected.push(ends.size === 0 ? own : [...ends][0]!);
      return ends;
    });
    assertEquals(stage.ended.length, flow.length);
    for (const [id, { type, code }] of stage.ended) {
      const n = isReversed ? flow.length - id : id - 1;
      const end = code === "skipped" ? "skipped" : type;
      const ends = mayEnd[n]!;
      // Where two say different things, the one that ended first has said it.
      if (ends.size > 1) return;
      assertEquals([n, end], [n, expected[n]!]);
      assertEquals(ran.includes(`${n}`), ends.size === 0);
    }
  }));
});

Deno.test("cycle: finds a way back exactly where there is one", () => {
  const graphs = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 });
  fc.assert(fc.property(graphs, (after) => {
    const way = cycle(after);
    // Whoever can be begun leaves; what is left has a cycle.
    const left = new Set(after.keys());
    for (let before = -1; before !== left.size;) {
      before = left.size;
      for (const n of left) if (!after[n]!.some((to) => left.has(to))) left.delete(n);
    }
    assertEquals(way === null, left.size === 0);
    if (way === null) return;
    assertEquals(way[0], way.at(-1));
    way.slice(1).forEach((to, i) => assert(after[way[i]!]!.includes(to)));
  }));
});
