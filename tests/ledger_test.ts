/** The queue over a store that takes its time, and may fail: nothing is told before it is safe. */
import { assertEquals } from "@std/assert";
import { cancelAll } from "../actors/cancel_all.ts";
import { inPool } from "../actors/grant.ts";
import type { Job, Order } from "../actors/job.ts";
import { statusOf } from "../actors/status.ts";
import type { Outcome } from "../messages/outcome.ts";
import { nothing, orderOf, task } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";
import { StoreStub } from "./store_stub.ts";
import { SystemStage } from "./system_stage.ts";

/** A queue over a stub, and who asked for its jobs. */
class Durable extends QueueStage {
  readonly heard: string[] = [];
  readonly store: StoreStub;

  constructor(store = new StoreStub()) {
    super(store);
    this.store = store;
  }

  submit(count = 1): readonly Job[] {
    return this.queue.submit(
      Array.from({ length: count }, () => orderOf()),
      () => this.heard.push(`accepted ${count}`),
      (because) => this.heard.push(`refused ${count}: ${because}`),
    );
  }

  /** An order whose caller waits for its end. */
  awaited(): Order {
    const ended = (_job: Job, { type, code }: Outcome) => this.heard.push(code ?? type);
    return orderOf({}, { ended });
  }

  /** Lets what was gathered in this turn reach the store, then commits it. */
  async commit(): Promise<void> {
    await Promise.resolve();
    this.store.commit();
  }

  async fail(): Promise<void> {
    await Promise.resolve();
    this.store.fail();
  }
}

Deno.test("ledger: a job is neither acknowledged nor begun before it is safe", async () => {
  const stage = new Durable();
  stage.submit(2);
  await Promise.resolve();
  assertEquals(stage.store.pending.length, 1, "one batch a turn");
  assertEquals([stage.heard, stage.accepted, stage.queue.queued, stage.send()], [
    [],
    [],
    0,
    undefined,
  ]);
  assertEquals(stage.queue.open.size, 2, "but they count against the bounds");
  await stage.commit();
  assertEquals([stage.heard, stage.accepted, stage.queue.queued], [["accepted 2"], [1, 2], 2]);
});

Deno.test("ledger: changes of one turn go as one batch, in order", async () => {
  const stage = new Durable();
  stage.submit();
  stage.submit();
  await stage.commit();
  stage.end(stage.begin()!);
  stage.submit();
  stage.end(stage.begin()!);
  await Promise.resolve();
  const types = stage.store.pending.map(({ changes }) => changes.map(({ type }) => type));
  assertEquals(types, [["ended", "accepted", "ended"]]);
});

Deno.test("ledger: an ending is told when it is safe, once", async () => {
  const stage = new Durable();
  const [job] = stage.queue.submit([stage.awaited()]);
  await stage.commit();
  stage.end(stage.begin()!);
  await Promise.resolve();
  assertEquals([job!.state, stage.ended, stage.heard, stage.queue.open.size], ["done", [], [], 1]);
  stage.store.commit();
  stage.store.commit();
  assertEquals([stage.endings, stage.heard, stage.queue.open.size], [[[1, "done"]], ["done"], 0]);
});

Deno.test("ledger: commits settle the batches up to them, not those after", async () => {
  const stage = new Durable();
  stage.submit();
  await Promise.resolve();
  stage.submit();
  await Promise.resolve();
  stage.store.commit(1);
  assertEquals([stage.accepted, stage.heard.length], [[1], 1]);
  stage.store.commit();
  assertEquals(stage.accepted, [1, 2]);
});

Deno.test("ledger: a failure refuses the submits it concerns and leaves no trace of them", async () => {
  const stage = new Durable();
  stage.submit(2);
  await stage.commit();
  const { bytes } = stage.queue;
  const [lost] = stage.submit(3);
  let watched = 0;
  stage.queue.watch(lost!, () => watched++);
  await stage.fail();
  assertEquals(stage.heard, ["accepted 2", "refused 3: disk full"]);
  assertEquals([stage.queue.open.size, stage.queue.bytes, stage.queue.queued], [2, bytes, 2]);
  assertEquals([stage.accepted, stage.ended, watched], [[1, 2], [], 1]);
  stage.submit();
  await stage.commit();
  assertEquals([stage.heard.at(-1), stage.accepted], ["accepted 1", [1, 2, 6]]);
  await stage.clock.advance(10_000);
  await stage.commit();
  assertEquals([stage.store.ids("accepted"), stage.store.ids("ended")], [[1, 2, 6], []]);
});

Deno.test("ledger: a job run for a waiting caller is not stored, and waits for no commit", async () => {
  const stage = new Durable();
  const job = stage.queue.submitOne(stage.awaited());
  stage.end(stage.begin()!);
  assertEquals([stage.heard, stage.endings], [["done"], [[job.id, "done"]]]);
  await stage.commit();
  assertEquals([stage.store.safe, stage.queue.open.size, stage.queue.bytes], [[], 0, 0]);
  stage.submit();
  await stage.commit();
  assertEquals(stage.store.ids("accepted"), [1], "it took no number of theirs");
});

Deno.test("ledger: who waits for a job that could not be stored hears of it", async () => {
  const stage = new Durable();
  stage.queue.submit([stage.awaited()]);
  await stage.fail();
  assertEquals([stage.heard, stage.ended, stage.queue.open.size], [["storage_full"], [], 0]);
});

Deno.test("ledger: endings that could not be stored are tried each second until they are", async () => {
  const stage = new Durable();
  stage.submit(2);
  await stage.commit();
  for (const job of [stage.begin()!, stage.begin()!]) stage.end(job);
  await stage.fail();
  for (let i = 0; i < 3; i++) {
    assertEquals(stage.ended, []);
    await stage.clock.advance(999);
    assertEquals(stage.store.pending.length, 0);
    await stage.clock.advance(1);
    assertEquals(stage.store.pending.length, 1);
    if (i < 2) stage.store.fail();
  }
  stage.store.commit();
  assertEquals([stage.endings, stage.store.ids("ended")], [[[1, "done"], [2, "done"]], [1, 2]]);
  await stage.clock.advance(60_000);
  assertEquals([stage.ended.length, stage.store.pending, stage.clock.pending], [2, [], 0]);
});

Deno.test("ledger: a batch with submits and endings loses the ones and keeps the others", async () => {
  const stage = new Durable();
  stage.submit();
  await stage.commit();
  stage.end(stage.begin()!);
  stage.submit();
  await stage.fail();
  assertEquals(stage.heard, ["accepted 1", "refused 1: disk full"]);
  await stage.clock.advance(1_000);
  await stage.commit();
  assertEquals([stage.store.ids("accepted"), stage.store.ids("ended")], [[1], [1]]);
  assertEquals([stage.endings, stage.queue.open.size], [[[1, "done"]], 0]);
});

Deno.test("ledger: who cancels hears that it is safe, and that it can't be", async () => {
  const stage = new Durable();
  const jobs = stage.submit(3);
  await stage.commit();
  const cancel = async (...jobs: readonly Job[]) => {
    const running = { queue: stage.queue, cancel: stage.queue.cancel.bind(stage.queue) };
    await cancelAll(running, jobs, "not wanted").then(
      () => stage.heard.push("cancelled"),
      ({ code }) => stage.heard.push(code),
    );
  };
  stage.heard.length = 0;
  stage.begin();
  const told = cancel(jobs[0]!, jobs[1]!);
  await stage.clock.advance(0);
  assertEquals([stage.heard, stage.store.pending.length], [[], 1]);
  await stage.commit();
  await told;
  assertEquals([stage.heard, stage.endings], [["cancelled"], [[2, "cancelled"]]]);
  assertEquals(stage.store.safe.slice(3).map(({ type }) => type), ["tried", "ended"]);
  const vain = cancel(jobs[2]!);
  await stage.fail();
  await vain;
  await cancel();
  assertEquals(stage.heard.slice(1), ["storage_full", "cancelled"], "nothing to wait for");
  stage.queue.cancel(jobs[0]!, "again");
  await Promise.resolve();
  const late = cancel();
  await stage.commit();
  await late;
  assertEquals(stage.heard.length, 4, "what is under way is waited for");
});

Deno.test("ledger: a job cancelled before it is safe ends when it is", async () => {
  const stage = new Durable();
  const [job] = stage.submit();
  await Promise.resolve();
  stage.queue.cancel(job!, "changed my mind");
  assertEquals([stage.ended, stage.queue.queued], [[], 0]);
  await stage.commit();
  assertEquals([stage.heard, stage.ended, stage.queue.queued], [["accepted 1"], [], 0]);
  await stage.commit();
  assertEquals([stage.endings, stage.queue.queued], [[[1, "cancelled"]], 0]);
  assertEquals([stage.queue.bytes, stage.queue.open.size, stage.send()], [0, 0, undefined]);
});

Deno.test("ledger: a job cancelled before it is lost is refused and nothing else", async () => {
  const stage = new Durable();
  const [job] = stage.submit();
  stage.queue.cancel(job!, "changed my mind");
  await stage.fail();
  await stage.clock.advance(10_000);
  await stage.commit();
  assertEquals([stage.heard, stage.ended], [["refused 1: disk full"], []]);
  assertEquals([stage.queue.bytes, stage.queue.open.size, stage.queue.queued], [0, 0, 0]);
  assertEquals(stage.store.safe, []);
});

Deno.test("ledger: close hands the last batch over, tells who waits for it and leaves no timer", async () => {
  const stage = new Durable();
  stage.submit();
  await stage.commit();
  stage.end(stage.begin()!);
  await stage.fail();
  stage.submit();
  stage.queue.close();
  assertEquals(stage.store.pending.length, 1, "without waiting for the end of the turn");
  stage.store.commit();
  assertEquals([stage.heard, stage.accepted, stage.ended], [["accepted 1", "accepted 1"], [1], []]);
  assertEquals(stage.clock.pending, 0);
});

Deno.test("ledger: a submit under way at close is refused where it can't be stored", async () => {
  const stage = new Durable();
  stage.submit();
  await stage.commit();
  stage.end(stage.begin()!);
  stage.submit();
  stage.queue.close();
  stage.store.fail();
  assertEquals([stage.heard, stage.ended], [["accepted 1", "refused 1: disk full"], []]);
  assertEquals(stage.clock.pending, 0);
});

Deno.test("ledger: a job whose ending is not on record yet runs, says the status, in its pool too", async () => {
  const store = new StoreStub();
  const others = { io: { min: 1, max: 1 } };
  const { system, clock } = new SystemStage({ min: 1, max: 1, store, others });
  const look = () => {
    const status = statusOf(system, { version: "0", startedAt: 0, tasks: [] });
    const { pending, running, ended, pools } = status;
    return [pending, running, pools.map(({ running }) => running), ended["done"] ?? 0];
  };
  await clock.advance(1_000);
  const inIo = orderOf({ pool: "io" }, { operation: { ...task, grant: inPool(nothing, "io") } });
  system.queue.submit([orderOf(), inIo, inIo]);
  await Promise.resolve();
  store.commit();
  await clock.advance(1_000);
  assertEquals(look(), [0, 3, [1, 2], 0]);
  store.fail();
  await clock.advance(2_000);
  assertEquals(look(), [0, 3, [1, 2], 0], "they are tried again");
  store.commit();
  assertEquals(look(), [0, 0, [0, 0], 3]);
  await system.stop();
});
