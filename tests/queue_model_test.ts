/** Any mix of what can happen to jobs: one ending each, and nothing lost, late or counted twice. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Job } from "../actors/job.ts";
import type { Store } from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { JobSpec } from "../messages/job.ts";
import { orderOf } from "./orders.ts";
import { crash, type End, QueueStage } from "./queue_stage.ts";
import { StoreStub } from "./store_stub.ts";

type Step =
  | { readonly do: "submit"; readonly specs: readonly JobSpec[] }
  | { readonly do: "send" | "begin" | "release" | "commit" | "fail" }
  | { readonly do: "end"; readonly how: End; readonly pick: number }
  | { readonly do: "lose"; readonly count: number; readonly guilty: boolean }
  | { readonly do: "cancel"; readonly pick: number }
  | { readonly do: "wait"; readonly ms: number };

const specOf: fc.Arbitrary<JobSpec> = fc.record({
  priority: fc.constantFrom("high", "normal", "low"),
  retries: fc.nat(2),
  queueTimeoutMs: fc.integer({ min: 1, max: 3_000 }),
  onLoss: fc.constantFrom("retry", "fail"),
}, { requiredKeys: [] });

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("submit"), specs: fc.array(specOf, { minLength: 1, maxLength: 3 }) }),
  fc.record({ do: fc.constantFrom("send", "begin", "begin", "release", "commit", "fail") }),
  fc.record({
    do: fc.constant("end"),
    how: fc.constantFrom("done", "failed", "invalid", "timedOut"),
    pick: fc.nat(9),
  }),
  fc.record({
    do: fc.constant("lose"),
    count: fc.integer({ min: 1, max: 3 }),
    guilty: fc.boolean(),
  }),
  fc.record({ do: fc.constant("cancel"), pick: fc.nat(30) }),
  fc.record({ do: fc.constant("wait"), ms: fc.nat(2_500) }),
) as fc.Arbitrary<Step>;

/** One run: a queue, its one worker, and what each caller was told. */
class Run {
  readonly stage: QueueStage;
  readonly store: StoreStub | null;
  readonly jobs: Job[] = [];
  readonly told = new Map<number, string[]>();
  sent: Job[] = [];
  begun: Job[] = [];

  constructor(store: Store) {
    this.store = store instanceof StoreStub ? store : null;
    this.stage = new QueueStage(store);
  }

  async step(step: Step): Promise<void> {
    const { stage } = this;
    switch (step.do) {
      case "submit":
        return this.#submit(step.specs);
      case "send":
      case "begin":
        return this.#take(step.do);
      case "release":
        return stage.queue.release(this.sent.splice(0));
      case "end": {
        const [job] = this.begun.splice(step.pick % (this.begun.length || 1), 1);
        return job && stage.end(job, job.doomed === "cancelled" ? "cancelled" : step.how);
      }
      case "lose": {
        const jobs = this.begun.splice(0, step.count);
        return stage.queue.lose(jobs, step.guilty ? jobs[0] ?? null : null, "1.1", crash("exited"));
      }
      case "cancel": {
        const job = this.jobs[step.pick % (this.jobs.length || 1)];
        return job && stage.queue.cancel(job, "because");
      }
      case "wait":
        return await stage.clock.advance(step.ms);
      default:
        await Promise.resolve();
        return step.do === "commit" ? this.store?.commit() : this.store?.fail();
    }
  }

  #submit(specs: readonly JobSpec[]): void {
    const told: string[] = []; // One answer, for all of them.
    const jobs = this.stage.queue.submit(
      specs.map((spec) => orderOf(spec)),
      () => told.push("accepted"),
      () => told.push("refused"),
    );
    this.jobs.push(...jobs);
    for (const { id } of jobs) this.told.set(id, told);
  }

  #take(how: "send" | "begin"): void {
    const job = how === "begin" && this.sent.length > 0 ? this.sent.shift() : this.stage.send();
    if (!job) return;
    if (how === "send") return void this.sent.push(job);
    this.stage.begun(job);
    this.begun.push(job);
  }

  /** What holds after each step. */
  check(): void {
    const { queue, ended, accepted } = this.stage;
    assert(queue.queued >= 0 && queue.bytes >= 0 && queue.gates.timetable.retrying >= 0);
    const waiting = this.jobs.filter(({ state, slot, admitted }) =>
      state === "waiting" && slot < 0 && admitted
    );
    assertEquals(queue.queued, waiting.length);
    assertEquals(
      queue.gates.timetable.retrying,
      this.jobs.filter(({ state }) => state === "retrying").length,
    );
    assertEquals(new Set(ended.map(([id]) => id)).size, ended.length, "one ending each");
    assertEquals(new Set(accepted).size, accepted.length);
    for (const [id] of ended) {
      assert(!queue.open.get(id));
      assert(accepted.includes(id));
      if (this.store) assert(this.store.ids("ended").includes(id), "told before it was safe");
    }
    for (const [id, told] of this.told) {
      assert(told.length <= 1);
      if (told[0] === "accepted" && this.store) assert(this.store.ids("accepted").includes(id));
      if (told[0] === "refused") assert(!accepted.includes(id) && !queue.open.get(id));
    }
  }

  /** Lets everything come to its end. */
  async finish(): Promise<void> {
    for (let round = 0; round < 60; round++) {
      this.stage.queue.release(this.sent.splice(0));
      this.#take("begin");
      for (const job of this.begun.splice(0)) {
        this.stage.end(job, job.doomed === "cancelled" ? "cancelled" : "done");
      }
      await this.stage.clock.advance(10_000);
      this.store?.commit();
    }
    const { queue, ended } = this.stage;
    assertEquals([queue.open.size, queue.queued, queue.bytes, queue.gates.timetable.retrying], [
      0,
      0,
      0,
      0,
    ]);
    assertEquals(this.stage.clock.pending, 0);
    const all = [...this.told].filter(([, [told]]) => told === "accepted").map(([id]) => id);
    assertEquals(ended.map(([id]) => id).toSorted((a, b) => a - b), all);
    for (const [, told] of this.told) assertEquals(told.length, 1, "every submit is answered");
  }
}

const steps = fc.array(stepOf, { minLength: 40, maxLength: 80, size: "max" });

for (const kind of ["memory", "durable"] as const) {
  Deno.test(`queue: one ending for each job, over 5e4 operations (${kind})`, async () => {
    let operations = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const run = new Run(kind === "memory" ? memoryStore() : new StoreStub());
        for (const [i, step] of all.entries()) {
          await run.step(step);
          if (i % 5 === 4) run.check();
        }
        await run.finish();
        run.check();
        operations += all.length;
      }),
      { numRuns: 900 },
    );
    assert(operations >= 5e4, `${operations} operations`);
  });
}
