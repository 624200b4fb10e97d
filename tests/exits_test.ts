/** However a command leaves its worker, nothing stays reserved for it. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Dispatcher } from "../actors/dispatcher.ts";
import { Footprints } from "../actors/footprints.ts";
import { commandGrant } from "../actors/grant.ts";
import type { Job } from "../actors/job.ts";
import { linkListener } from "../actors/link_listener.ts";
import { MemoryWait } from "../actors/memory_wait.ts";
import { Queue } from "../actors/queue.ts";
import { Shelves } from "../actors/shelves.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Timeouts } from "../actors/timeouts.ts";
import type { WorkerListener } from "../actors/worker_listener.ts";
import type { WorkerLink } from "../actors/worker.ts";
import type { Outcome } from "../messages/outcome.ts";
import { messages } from "../messages/wire.ts";
import { ManualClock } from "./manual_clock.ts";
import { commands } from "./memory_stage.ts";
import { orderOf } from "./orders.ts";
import { stillMeters } from "./still_trees.ts";
import { type Puppet, puppet, routerOf } from "./puppet.ts";

const { began, finished, returned } = messages;

const mib = 2 ** 20;
const limits = { runningMax: null, commandsMax: null };

/** A queue of commands over workers in the test's hand. */
class Stage {
  readonly clock = new ManualClock();
  readonly footprints = new Footprints(this.clock, 300 * mib);
  readonly open = new Set<Job>();
  ended = 0;
  workers: Puppet[] = [];
  readonly queue: Queue;
  readonly dispatcher: Dispatcher;
  readonly #listener: WorkerListener<WorkerLink>;

  constructor() {
    const { clock, footprints } = this;
    const dispatch = () => {
      const links = this.workers.map(({ link }) => link);
      for (const lane of this.queue.lanes.values()) this.dispatcher.dispatch(lane, links, limits);
    };
    this.queue = new Queue(
      { clock, random: { unit: () => 0 }, store: memoryStore() },
      { jobsMax: 1e6, bytesMax: 1e9 },
      {
        accepted: () => {},
        requeued: () => {},
        overdue: () => {},
        ended: (job) => (this.ended++, this.open.delete(job)),
        ready: dispatch,
      },
      (grant) => new Shelves(grant, footprints),
    );
    const wait = new MemoryWait(footprints, clock, dispatch);
    this.dispatcher = new Dispatcher(this.queue, clock, {
      footprints,
      wait,
      timeouts: new Timeouts(clock),
    }, routerOf(this.queue));
    const roster = { tell: () => {}, proved: () => {}, links: [] };
    const pool = { dispatcher: this.dispatcher, roster, dispatch, heard: () => {} };
    this.#listener = linkListener(
      {
        queue: this.queue,
        stowage: { again: (job: Job, told: Outcome) => footprints.again(job, told) },
        journal: { moved: () => {}, told: () => {} },
        vigil: { began: () => {} },
        meters: stillMeters(clock),
        series: { began: () => {}, tried: () => {}, lost: () => {} },
      } as unknown as Parameters<typeof linkListener>[0],
      {
        pool: { ...pool, parting: { broken: () => false }, welcomed: () => {} },
        metrics: { tried: 0 },
      } as unknown as Parameters<typeof linkListener>[1],
    );
    for (let i = 0; i < 3; i++) this.#start();
  }

  #start(): void {
    const { clock } = this;
    this.workers.push(puppet(clock, this.#listener, { grant: commandGrant, slotsMax: 4 }));
  }

  submit(operation: string, retries: number): void {
    const spec = { command: ["hog"], operation, retries, backoff: { baseMs: 0 } };
    this.open.add(this.queue.submitOne(orderOf(spec, { operation: commands })));
  }

  /** Lets something happen to a worker; `draw` says what and to whom. */
  async step(what: string, draw: number): Promise<void> {
    const at = Math.floor(draw * this.workers.length);
    const { link, say, events } = this.workers[at]!;
    const jobs = Array.from({ length: 4 }, (_, slot) => link.slots.at(slot)).filter(Boolean);
    const job = jobs[Math.floor(draw * 997) % Math.max(1, jobs.length)];
    const ends = (ending: number, payload: unknown) =>
      job?.state === "running" && say(finished.kind, job.slot, ending, payload, 5);
    if (what === "begin" && link.unbegun > 0) say(began.kind, 1, 0.1);
    else if (what === "succeed") ends(0, { exitCode: 0, signal: null, stdout: "", stderr: "" });
    else if (what === "fail") ends(1, { exitCode: 1, signal: null, stdout: "", stderr: "" });
    else if (what === "oom") ends(1, { category: "oom", code: "memory_budget", message: "" });
    else if (what === "abort") ends(2, null);
    else if (what === "giveBack" && job) say(returned.kind, [job.slot]);
    else if (what === "cancel" && job) this.queue.cancel(job, "");
    else if (what === "force" && job) this.queue.cancel(job, "", true);
    else if (what === "garbage") say(finished.kind, 99, 0, null, 1);
    else if (what === "die") {
      this.workers.splice(at, 1);
      events.exited({ code: 1, signal: null, stderrTail: "" });
      this.#start();
    }
    await this.clock.advance(draw < 0.02 ? 300 : 1);
  }

  /** Lets all that is left end; who was ended by force is done with when its worker is. */
  async finish(): Promise<void> {
    for (let i = 0; this.open.size > 0; i++) {
      assert(i < 30_000, `${this.open.size} jobs never end`);
      const draw = i * 0.377 % 1;
      await this.step("begin", draw);
      await this.step(i % 50 === 0 ? "die" : "succeed", draw);
    }
    for (const { events } of this.workers) {
      events.exited({ code: 0, signal: null, stderrTail: "" });
    }
  }
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom(
      ...["submit", "submit", "submit", "begin", "begin", "begin", "succeed", "fail", "oom"],
      ...["abort", "giveBack", "cancel", "force", "garbage", "die"],
    ),
    fc.double({ min: 0, max: 0.999, noNaN: true }),
  ),
  { minLength: 100, maxLength: 600 },
);

Deno.test("exits: after 10,000 of every kind nothing is reserved", async () => {
  let exits = 0;
  while (exits < 10_000) {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const stage = new Stage();
        const { footprints, dispatcher } = stage;
        for (const [what, draw] of list) {
          if (what === "submit") stage.submit(`o${Math.floor(draw * 6)}`, Math.floor(draw * 3));
          else await stage.step(what, draw);
          assert(
            footprints.holders <= 1 || footprints.reservedBytes <= footprints.budgetBytes,
            `${footprints.reservedBytes} reserved`,
          );
        }
        await stage.finish();
        exits += stage.ended;
        assertEquals([footprints.holders, footprints.reservedBytes], [0, 0]);
        assertEquals([dispatcher.sent, dispatcher.commandsSent], [0, 0]);
        for (const { running } of footprints.operations.values()) assertEquals(running, 0);
      }),
      { numRuns: 20 },
    );
  }
});
