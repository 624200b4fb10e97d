/** Jobs that have ended go back into the queue when somebody says so. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Intake } from "../actors/intake.ts";
import { Job, jobId } from "../actors/job.ts";
import type { Store } from "../actors/ports.ts";
import { Redrive } from "../actors/redrive.ts";
import { Refusal } from "../actors/refusal.ts";
import { Singletons } from "../actors/singletons.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { System } from "../actors/system.ts";
import type { JobSpec } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";
import { fixedAt, live, tempFolder } from "./live.ts";
import { orderOf } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";
import { StoreStub } from "./store_stub.ts";

const outcome: Omit<Outcome, "type"> = {
  attempts: 1,
  waitMs: 0,
  durationMs: 0,
  resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
  worker: null,
};

function stageOf(store: Store = memoryStore(), jobsMax = 100) {
  const stage = new QueueStage(store, { jobsMax });
  const system = {
    queue: stage.queue,
    series: { redriven() {} },
    ports: { clock: stage.clock, store },
  };
  const singletons = new Singletons();
  const intake = { again: (spec: JobSpec) => orderOf(spec, { retries: spec.retries ?? 0 }) };
  const redrive = new Redrive(
    system as unknown as System,
    intake as unknown as Intake,
    singletons,
  );
  /** The ids of jobs that end in every way. */
  const endedAs = async (type: Outcome["type"], spec: JobSpec = {}) => {
    const job = stage.add(spec);
    stage.begin();
    stage.queue.settle(job, { ...outcome, type });
    await stage.clock.advance(0);
    return jobId(job.id);
  };
  return { stage, redrive, singletons, endedAs };
}

Deno.test("redrive: what has ended and is not done goes back, once, with fresh attempts", async () => {
  const { stage, redrive, endedAs } = stageOf();
  for (const type of ["dead", "failed", "timedOut", "lost", "expired", "cancelled"] as const) {
    const id = await endedAs(type);
    const both = await Promise.all([redrive.retry(id), redrive.retry(id)]);
    assertEquals(both, [true, false], type);
    const job = stage.begin()!;
    assertEquals([jobId(job.id), job.attempt], [id, 1]);
    assertEquals(await redrive.retry(id), false, "it runs");
    stage.end(job);
    await stage.clock.advance(0);
    assertEquals(stage.endings.slice(-2).map(([, how]) => how), [type, "done"]);
    assertEquals(await redrive.retry(id), false, "it is done");
  }
  for (const id of ["j99", "r1", "x"]) assertEquals(await redrive.retry(id), null, id);
  assertEquals([stage.queue.open.size, stage.queue.bytes], [0, 0]);
});

Deno.test("redrive: time limits count anew, a delay does not", async () => {
  const { stage, redrive, endedAs } = stageOf();
  const id = await endedAs("failed", { totalTimeoutMs: 1_000, delayMs: 60_000 });
  await stage.clock.advance(100_000);
  await redrive.retry(id);
  const job = stage.queue.open.get(1)!;
  assertEquals(job.state, "waiting");
  await stage.clock.advance(999);
  assertEquals(job.outcome, null);
  await stage.clock.advance(1);
  assertEquals(job.state, "expired");
});

Deno.test("redrive: one whose singleton key another job has waits until that has ended", async () => {
  const { stage, redrive, singletons, endedAs } = stageOf();
  const id = await endedAs("dead", { singletonKey: "s" });
  const other = stage.add({ singletonKey: "s" });
  singletons.note(other);
  const refusal = await assertRejects(() => redrive.retry(id), Refusal);
  assertEquals(refusal.code, "not_retriable");
  assertEquals(
    refusal.message,
    "Job j1 is not retried: j2 has the same singleton key and has not ended",
  );
  stage.end(stage.begin()!);
  assertEquals(await redrive.retry(id), true);
  assertEquals(singletons.find({ singletonKey: "s" })?.id, 1, "it has the key again");
});

Deno.test("redrive: is refused where the queue is full or stops, and the ending stands", async () => {
  const { stage, redrive, endedAs } = stageOf(memoryStore(), 1);
  const id = await endedAs("dead");
  stage.add();
  assertEquals((await assertRejects(() => redrive.retry(id), Refusal)).code, "queue_full");
  stage.end(stage.begin()!);
  await stage.clock.advance(0);
  stage.queue.accepting = false;
  assertEquals((await assertRejects(() => redrive.retry(id), Refusal)).code, "draining");
  stage.queue.accepting = true;
  assertEquals(await redrive.retry(id), true);
});

Deno.test("redrive: a job is back when the store has it, and as it was where it can't", async () => {
  const stub = new StoreStub();
  const ended = { id: 1, endedAt: 0, outcome: { type: "dead" } as Outcome };
  stub.read = () =>
    Promise.resolve({ job: { id: 1, acceptedAt: 0, spec: { task: "t" } }, ended } as never);
  const { stage, redrive } = stageOf(stub);
  const lost = redrive.retry("j1");
  await stage.clock.advance(0);
  assertEquals([stage.begin(), await redrive.retry("j1")], [undefined, false]);
  stub.fail();
  assertEquals((await assertRejects(() => lost, Refusal)).code, "storage_full");
  assertEquals([stage.queue.open.size, stage.queue.bytes], [0, 0]);
  const kept = redrive.retry("j1");
  await stage.clock.advance(0);
  stub.commit();
  assertEquals(await kept, true);
  assertEquals(stub.safe.map(({ type }) => type), ["redriven"]);
  assertEquals(stage.begin()?.id, 1);
});

Deno.test("redrive: a job whose ending is not stored yet goes back when it is", async () => {
  const stub = new StoreStub();
  const { stage, redrive } = stageOf(stub);
  stub.read = () => {
    const changes = stub.safe.flatMap((change) => change.type === "ended" ? change.ended : []);
    const job = { id: 1, acceptedAt: 0, spec: { task: "t" } };
    return Promise.resolve({ job, ended: changes.at(-1) ?? null } as never);
  };
  stage.add();
  await stage.clock.advance(0);
  stub.commit();
  const job = stage.begin()!;
  stage.queue.settle(job, { ...outcome, type: "failed" });
  await stage.clock.advance(0);
  assertEquals(job.state, "failed");
  const retried = redrive.retry("j1");
  await stage.clock.advance(0);
  stub.commit();
  await stage.clock.advance(0);
  stub.commit();
  assertEquals([await retried, stage.begin()?.id], [true, 1]);
});

Deno.test("redrive: outlives the process that did it", async () => {
  await using folder = await tempFolder();
  const toy: JobSpec = { task: "toy", input: { do: "throw" }, idempotencyKey: "once" };
  let id = "";
  {
    await using runtime = await live(fixedAt(1), folder.path);
    id = (await runtime.submit(toy)).id;
    assertEquals((await runtime.wait(id, 30_000))!.state, "failed");
    runtime.pool().pause();
    assertEquals(await runtime.retry(id), true);
    assertEquals((await runtime.submit(toy)).duplicate, true);
    await runtime.close({ drainMs: 0 });
  }
  await using runtime = await live(fixedAt(1), folder.path);
  const open = await runtime.job(id);
  assert(open!.outcome === undefined, "its first ending is gone");
  runtime.pool().resume(); // It is remembered that it was paused.
  const job = (await runtime.wait(id, 30_000))!;
  assertEquals([job.state, job.attempt, job.outcome!.code], ["failed", 1, "task_threw"]);
});

Deno.test("redrive: an older wait does not end a job before its return is safe", async () => {
  const store = new StoreStub();
  const stage = new QueueStage(store);
  const job = stage.add({ queueTimeoutMs: 100 });
  await stage.clock.advance(0);
  store.commit();
  stage.end(stage.begin()!, "failed");
  await stage.clock.advance(50);
  store.commit();
  assertEquals(stage.endings, [[job.id, "failed"]]);
  const again = new Job(job.id, orderOf({ queueTimeoutMs: 100 }), 50, job.acceptedAt);
  stage.queue.redrive(again, () => {}, () => {});
  // The machine sleeps: what its first life would have expired by rings when both have.
  stage.clock.skip(500);
  await stage.clock.advance(0);
  assertEquals([again.state, again.outcome], ["waiting", null]);
  store.commit();
  await stage.clock.advance(1);
  assertEquals([again.state, stage.begin()], ["expired", undefined]);
  store.commit();
  assertEquals(stage.endings, [[job.id, "failed"], [job.id, "expired"]]);
  assertEquals(stage.queue.queued, 0);
});

Deno.test("redrive: who waits for a job that can't be taken anew hears how it had ended", async () => {
  const store = new StoreStub();
  const stage = new QueueStage(store);
  const job = stage.add();
  await stage.clock.advance(0);
  store.commit();
  stage.end(stage.begin()!, "failed");
  await stage.clock.advance(0);
  store.commit();
  const waiting = stage.add({ after: [jobId(job.id)] });
  await stage.clock.advance(0);
  const again = new Job(job.id, orderOf(), 0, job.acceptedAt);
  stage.queue.redrive(again, () => {}, () => {});
  await stage.clock.advance(0);
  store.commit(1);
  assertEquals([waiting.state, again.admitted], ["blocked", false]);
  const ended = { id: job.id, endedAt: 0, outcome: job.outcome! };
  store.read = () => Promise.resolve({ job, ended }) as never;
  store.fail("disk full");
  await stage.clock.advance(0);
  assertEquals([again.outcome?.code, waiting.outcome?.code], ["storage_full", "dependency_failed"]);
});
