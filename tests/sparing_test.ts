/** Whether fewer workers would do for jobs that mostly wait, and who is spared then. */
import { assert, assertEquals } from "@std/assert";
import { Sparing } from "../actors/sparing.ts";
import { leastLoaded } from "../actors/router.ts";
import type { WorkerLink } from "../actors/worker.ts";
import { messages } from "../messages/wire.ts";
import { SeededRandom } from "../simulation/random.ts";
import { shaped } from "../simulation/shapes.ts";
import { simulate } from "../simulation/simulate.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf, nothing } from "./orders.ts";
import { puppet } from "./puppet.ts";

const { announced, began } = { announced: messages.begins, began: messages.began };
const command = { ...nothing, key: "command", kind: "command" as const };

/** Workers with jobs that wait, looked at four times a second. */
class Stage {
  readonly clock = new ManualClock();
  readonly made;
  readonly links: WorkerLink[];
  readonly router = { spared: new Set<WorkerLink>(), isAsked: false };
  readonly envelope = { floor: 0, keepAliveMs: 2_000 };
  readonly #sparing: Sparing;
  #jobs = 0;

  constructor(count: number, { grant = nothing, slotsMax = 100 } = {}) {
    this.made = Array.from(
      { length: count },
      (_, at) => puppet(this.clock, {}, { seat: at + 1, grant, slotsMax }),
    );
    this.links = this.made.map(({ link }) => link);
    this.#sparing = new Sparing({
      links: this.links,
      envelope: this.envelope,
      dispatcher: { router: this.router },
    });
    for (const [at] of this.links.entries()) this.give(at);
  }

  /** Gives a worker a job, which it begins unless it says nothing of it. */
  give(at: number, isTold = true): void {
    const { link, say } = this.made[at]!;
    link.send(jobOf(++this.#jobs), this.clock.nowMs());
    if (isTold) say(began.kind, 1, .1);
  }

  /** So much time passes, in which each thread wants `ratio` of a core (null: nobody can see it). */
  async pass(ms: number, ratio: number | null, { heldMs = 0, served = 1, oldestMs = 0 } = {}) {
    for (let left = ms; left > 0; left -= 250) {
      await this.clock.advance(250);
      for (const link of ratio === null ? [] : this.links) {
        const before = link.looked ??
          { atMs: 0, served: 0, busyMs: 0, heldMs: 0, ranMs: 0, waitedMs: 0 };
        link.looked = {
          ...before,
          atMs: this.clock.nowMs(),
          served: before.served + served,
          heldMs: before.heldMs + served * heldMs,
          ranMs: before.ranMs + 250 * ratio!,
        };
      }
      this.#sparing.look(this.clock.nowMs(), oldestMs);
    }
  }

  get spared(): number[] {
    return [...this.router.spared].map(({ seat }) => seat).sort((a, b) => a - b);
  }

  /** Seat of who has the next job. */
  get next(): number | undefined {
    return leastLoaded(this.links, nothing.key, null, this.router.spared)?.seat;
  }
}

Deno.test("sparing: of workers whose jobs wait, half of those that can be spared get no more", async () => {
  const stage = new Stage(6);
  for (const at of [0, 1, 2]) stage.give(at);
  await stage.pass(2_000, .02);
  assertEquals(stage.spared, [], "as long as an idle worker is kept");
  await stage.pass(1_000, .02);
  assertEquals(stage.spared, [4, 5, 6], "those with fewest jobs");
  assertEquals(stage.next, 1);
  await stage.pass(2_000, .02);
  assertEquals(stage.spared.length, 4);
  await stage.pass(4_000, .02);
  assertEquals(stage.spared.length, 5, "one does with all of it");
});

Deno.test("sparing: who is spared has a job where no other has room", async () => {
  const stage = new Stage(2, { slotsMax: 4 });
  await stage.pass(3_000, .02);
  assertEquals(stage.spared, [1]);
  for (let i = 0; i < 3; i++) {
    assertEquals(stage.next, 2);
    stage.give(1);
  }
  assertEquals(stage.next, 1, "the other's slots are taken");
});

Deno.test("sparing: none is spared any longer as soon as there is more to do", async () => {
  const busier: [string, (stage: Stage) => Promise<void> | void][] = [
    ["threads have more to do", (stage) => stage.pass(2_000, .3)],
    ["jobs wait", (stage) => stage.pass(250, .02, { oldestMs: 21 })],
    ["jobs hold their thread", (stage) => stage.pass(2_000, .02, { heldMs: 5 })],
    ["one holds its thread and says nothing", async (stage) => {
      stage.give(0, false);
      stage.made[0]!.say(announced.kind, 1);
      await stage.pass(250, .02);
    }],
    ["slots fill", async (stage) => {
      for (let job = 0; job < 80; job++) stage.give(0);
      await stage.pass(250, .02);
    }],
    ["somebody is asked for each job", async (stage) => {
      stage.router.isAsked = true;
      await stage.pass(250, .02);
    }],
    ["as many are wanted in any case", async (stage) => {
      stage.envelope.floor = 4;
      await stage.pass(250, .02);
    }],
  ];
  for (const [what, happens] of busier) {
    const stage = new Stage(4);
    await stage.pass(5_000, .02);
    assertEquals(stage.spared.length, 3, what);
    await happens(stage);
    assertEquals(stage.spared, [], what);
  }
});

Deno.test("sparing: nobody is spared where it can't be known that fewer do", async () => {
  const blind = new Stage(4);
  await blind.pass(5_000, null);
  assertEquals(blind.spared, [], "threads can't be looked at");
  const single = new Stage(4, { slotsMax: 1 });
  await single.pass(5_000, .02);
  assertEquals(single.spared, [], "each has one slot");
  const floor = new Stage(4);
  floor.envelope.floor = 3;
  await floor.pass(10_000, .02);
  assertEquals(floor.spared.length, 1, "three are wanted in any case");
});

Deno.test("sparing: of workers that start commands by how many, as nobody looks at their threads", async () => {
  for (const [perS, spared] of [[4, 3], [1_000, 0]] as const) {
    const stage = new Stage(4, { grant: command });
    for (let i = 0; i < 24; i++) {
      for (const link of stage.links) link.served += perS / 4;
      await stage.pass(250, null);
    }
    assertEquals(stage.spared.length, spared, `${perS} commands a second in each`);
  }
});

Deno.test("sparing: a pool that grew for many jobs shrinks while few of them are left", async () => {
  const shape = {
    name: "crowd",
    spanS: 400,
    rate: (s: number) => s >= 20 && s < 60 ? 200 : 20,
    rateMax: 200,
    serviceS: .5,
  };
  const workload = shaped(shape, new SeededRandom(1));
  const sizes: [number, number][] = [];
  const out = await simulate(workload, {
    slots: 20,
    cpuRatio: .05,
    machine: { cores: 8 },
    note: (fact, nowMs) => {
      if (fact.type === "resized") sizes.push([nowMs, fact.actual]);
    },
  });
  const sizeAt = (ms: number) => sizes.findLast(([atMs]) => atMs <= ms)![1];
  assert(sizeAt(60_000) >= 6, `${sizeAt(60_000)} workers for a hundred jobs at once`);
  assert(sizeAt(90_000) <= 3, `${sizeAt(90_000)} workers for ten`);
  assertEquals([out.jobs, out.latePercent], [workload.atMs.length, 0]);
  const later = sizes.filter(([atMs]) => atMs > 90_000);
  assert(later.length < 10, `${later.length} changes in five minutes of the same`);
});
