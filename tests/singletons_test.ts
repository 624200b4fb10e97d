/** Of all jobs with the same singleton key, at most one has not ended. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { jobId } from "../actors/job.ts";
import { Refusal } from "../actors/runtime.ts";
import type { JobSpec } from "../messages/job.ts";
import type { End } from "./queue_stage.ts";
import { live } from "./live.ts";
import { StoreStub } from "./store_stub.ts";
import { WorkflowStage } from "./workflow_stage.ts";

const one: JobSpec = { task: "t", singletonKey: "import" };

Deno.test("singletons: 1,000 submits are one job until it has ended, whatever they ask for", async () => {
  const stage = new WorkflowStage();
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => stage.submit({ ...one, input: n })),
  );
  assertEquals(new Set(answers.map(([job]) => job!.id)), new Set(["j1"]));
  assertEquals(answers.filter(([job]) => job!.duplicate).length, 999);
  assertEquals((await stage.submit({ ...one, singletonKey: "export" }))[0]!.id, "j2");
  assertEquals(await stage.run(), ["j1", "j2"]);
  const [next] = await stage.submit(one);
  assertEquals([next!.id, next!.duplicate], ["j3", undefined]);
});

Deno.test("singletons: a job has its key from its acceptance to its ending, over all attempts", async () => {
  const stage = new WorkflowStage();
  const found = async () => (await stage.submit(one))[0]!.duplicate === true;
  await stage.submit({ ...one, delayMs: 1_000, retries: 1 });
  const job = stage.job(1);
  const held: string[] = [];
  const look = async () => {
    assert(await found(), job.state);
    held.push(job.state);
  };
  await look();
  await stage.clock.advance(1_000);
  await look();
  stage.begin();
  await look();
  stage.end(job, "failed");
  await look();
  await stage.clock.advance(60_000);
  stage.begin();
  stage.end(job, "failed");
  await stage.clock.advance(0);
  assertEquals(held, ["scheduled", "waiting", "running", "retrying"]);
  assertEquals(job.state, "dead");
  assertEquals(await found(), false, "it has ended");
});

Deno.test("singletons: in one submit the first is the job of all", async () => {
  const stage = new WorkflowStage();
  const flow = [{ ...one, taskId: "a" }, { ...one, taskId: "b" }, { taskId: "c", after: ["b"] }];
  const answers = await stage.submit(...flow);
  assertEquals(answers.map(({ id, duplicate }) => [id, duplicate]), [
    ["j1", undefined],
    ["j1", true],
    ["j2", undefined],
  ]);
  assertEquals(await stage.run(), ["a", "c"]);
});

Deno.test("singletons: one that can't be stored has no key, and who was given it is told", async () => {
  const store = new StoreStub();
  const stage = new WorkflowStage(store);
  const both = [stage.submit(one), stage.submit(one)];
  stage.queue.flush();
  await Promise.resolve();
  store.fail();
  for (const submit of both) {
    assertEquals((await assertRejects(() => submit, Refusal)).code, "storage_full");
  }
  const again = stage.submit(one);
  stage.queue.flush();
  await Promise.resolve();
  store.commit();
  assertEquals((await again)[0], { id: "j2", state: "waiting" });
});

Deno.test("singletons: whatever happens, a submit gives the one that has not ended, or a new one", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("submit" as const), key: fc.constantFrom("a", "b", "c") }),
    fc.record({ do: fc.constantFrom("begin" as const, "wait" as const) }),
    fc.record({
      do: fc.constant("end" as const),
      how: fc.constantFrom<End>("done", "failed", "timedOut"),
    }),
    fc.record({ do: fc.constant("cancel" as const), key: fc.constantFrom("a", "b", "c") }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
      const stage = new WorkflowStage();
      /** The reference: which job has a key. */
      const holders = new Map<string, string>();
      const begun: number[] = [];
      let next = 1;
      const isOpen = (id: string) =>
        [...stage.queue.open.values()].some((job) => jobId(job.id) === id && !job.outcome);
      for (const turn of steps) {
        if (turn.do === "submit") {
          const holder = holders.get(turn.key);
          const isHeld = holder !== undefined && isOpen(holder);
          const [job] = await stage.submit({ task: "t", singletonKey: turn.key, retries: 1 });
          assertEquals(job!.id, isHeld ? holder : jobId(next++));
          assertEquals(job!.duplicate === true, isHeld);
          holders.set(turn.key, job!.id);
        } else if (turn.do === "begin") {
          const job = stage.begin();
          if (job) begun.push(job.id);
        } else if (turn.do === "wait") await stage.clock.advance(1_500);
        else if (turn.do === "end") {
          const job = begun.length > 0 ? stage.job(begun.shift()!) : undefined;
          if (job) stage.end(job, turn.how);
        } else if (turn.do === "cancel") {
          const id = holders.get(turn.key);
          const job = [...stage.queue.open.values()].find((job) => jobId(job.id) === id);
          if (job && job.slot < 0) stage.queue.cancel(job, "because");
        }
        await stage.clock.advance(0);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("singletons: what is no job is refused, whoever holds the key", async () => {
  await using runtime = await live();
  const spec = { task: "toy", input: { do: "echo" }, singletonKey: "s", delayMs: 60_000 };
  const { id } = await runtime.submit(spec);
  assertEquals(await runtime.submit({ ...spec, delayMs: 1 }), {
    id,
    state: "scheduled",
    duplicate: true,
  });
  const refused = await assertRejects(() => runtime.submit({ ...spec, task: "none" }), Refusal);
  assertEquals(refused.code, "unknown_task");
  const wrong: [JobSpec, string, string][] = [
    [{ singletonKey: "" }, "invalid_singleton_key", "/singletonKey"],
    [{ idempotencyWindowMs: 1_000 }, "invalid_idempotency_window", "/idempotencyWindowMs"],
    [
      { idempotencyKey: "k", idempotencyWindowMs: 86_400_001 },
      "invalid_idempotency_window",
      "/idempotencyWindowMs",
    ],
  ];
  for (const [part, code, pointer] of wrong) {
    const error = await assertRejects(() => runtime.submit({ task: "toy", ...part }), Refusal);
    assertEquals([error.code, error.issues[0]?.pointer], [code, pointer]);
  }
  await runtime.cancel(id);
});
