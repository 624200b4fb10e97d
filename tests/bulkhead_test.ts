/** Operations that share workers: a slow one can't take those that the others need. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import type { Bay } from "../actors/bay.ts";
import { classes, type Job, viewJob } from "../actors/job.ts";
import { Lane } from "../actors/lane.ts";
import type { Operation } from "../actors/operation.ts";
import { Slots } from "../actors/slots.ts";
import { whyWaits } from "../actors/why.ts";
import type { JobSpec } from "../messages/job.ts";
import { workersMost } from "../policies/ordering/share.ts";
import { jobOf, nothing, orderOf, task } from "./orders.ts";
import { p95 } from "./prove/sample.ts";
import { SystemStage } from "./system_stage.ts";

const operations = new Map<string, Operation>();

/** A job of `name` that runs for `ms`. */
function orderFor(name: string, ms: number, spec: JobSpec = {}) {
  let operation = operations.get(name);
  if (!operation) {
    operation = { ...task, name, number: operations.size + 1 };
    operations.set(name, operation);
  }
  return orderOf({ task: name, ...spec }, { operation, payload: String(ms) });
}

/** Jobs of an operation in a worker. */
const jobsOf = ({ stays }: Slots, name: string): number =>
  stays.find((stay) => (stay?.of as Bay | undefined)?.name === name)?.jobs ?? 0;

/** By then what was in workers when others came has ended, in jobs of 20 ms. */
const settled = 60;

/** 1,000 jobs of 500 ms, and from `fromMs` on one of 2 ms each 20 ms. */
async function play(workers: number, holds: boolean, shareRatio?: number) {
  const stage = new SystemStage({
    min: workers,
    max: workers,
    part: { jobMs: (payload) => Number(payload), holds },
  });
  const { queue, stowage, pool } = stage.system;
  if (shareRatio !== undefined) stowage.shares.adopt({ slow: { shareRatio } });
  await stage.clock.advance(100);
  for (let i = 0; i < 1_000; i++) queue.submitOne(orderFor("slow", 500));
  await stage.clock.advance(2_000);
  const withSlow = () =>
    pool.links.filter(({ slots }) =>
      slots.stays.some((stay) =>
        stay && stay.jobs > 0 && (stay.of as { name?: string }).name === "slow"
      )
    ).length;
  const alone = withSlow();
  const waitsMs: number[] = [];
  const most: number[] = [];
  for (let i = 0; i < 400; i++) {
    queue.submitOne({
      ...orderFor("quick", 2),
      ended: (_job, outcome) => void waitsMs.push(outcome.waitMs),
    });
    await stage.clock.advance(20);
    most.push(withSlow());
  }
  const ended = () => stage.system.metrics.finished - waitsMs.length;
  const before = ended();
  await stage.clock.advance(5_000);
  const after = { slow: withSlow(), perS: (ended() - before) / 5 };
  await stage.system.stop();
  return { alone, waitsMs, most: Math.max(...most.slice(settled)), after };
}

for (const holds of [true, false]) {
  const kind = holds ? "hold their threads" : "only wait";
  Deno.test(`bulkhead: slow jobs that ${kind} leave others the workers they need`, async () => {
    const { alone, waitsMs, most, after } = await play(4, holds);
    assertEquals(alone, 4, "alone it has them all");
    assertEquals(waitsMs.length, 400);
    assert(p95(waitsMs.slice(settled)) <= 20, `p95 ${p95(waitsMs.slice(settled))} ms`);
    assert(Math.max(...waitsMs) <= 1_100, `longest ${Math.max(...waitsMs)} ms`);
    assertEquals(most, 3, "it leaves no more than is needed");
    assertEquals(after.slow, 4, "and takes that back when nobody needs it");
    assert(after.perS >= 0.9 * (holds ? 8 : 64), `${after.perS} slow jobs a second`);
  });
}

Deno.test("bulkhead: an operation whose share is everything leaves the others nothing but turns", async () => {
  const { waitsMs, most } = await play(4, true, 1);
  assertEquals(most, 4);
  assert(p95(waitsMs.slice(settled)) >= 50, `p95 ${p95(waitsMs.slice(settled))} ms`);
});

Deno.test("bulkhead: of two that need all workers each has its share", async () => {
  const stage = new SystemStage({
    min: 4,
    max: 4,
    part: { jobMs: (payload) => Number(payload), holds: true },
  });
  const { queue, pool } = stage.system;
  await stage.clock.advance(100);
  for (const name of ["a", "b"]) {
    for (let i = 0; i < 200; i++) queue.submitOne(orderFor(name, 100));
    await stage.clock.advance(1_000);
  }
  const waiting = queue.open.values().find(({ state, slot }) => state === "waiting" && slot < 0)!;
  const { gate, because } = whyWaits(stage.system, viewJob(waiting, 0));
  assertEquals(gate, "share");
  assertMatch(because, /^[ab] is in 2 workers, at most 2 while others need some$/);
  const shares = new Set<string>();
  for (let i = 0; i < 20; i++) {
    await stage.clock.advance(50);
    const having = (name: string) => pool.links.filter(({ slots }) => jobsOf(slots, name) > 0);
    shares.add(`${having("a").length} ${having("b").length}`);
  }
  assertEquals([...shares], ["2 2"]);
  await stage.system.stop();
});

Deno.test("workersMost: never none, never less than the share, all that the others leave", () => {
  const count = fc.nat(200);
  fc.assert(
    fc.property(
      count,
      count,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (workers, others, shareRatio) => {
        const most = workersMost({ workers, others, shareRatio });
        assert(most >= 1 && most >= Math.floor(workers * shareRatio) && most >= workers - others);
        assertEquals(most === Infinity, others === 0);
        if (others > 0) assert(most <= Math.max(1, workers * shareRatio, workers - others));
      },
    ),
  );
});

Deno.test("bays: count what is in workers, keep to what is allowed, and hold nobody back for nothing", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("push"), name: fc.nat(3), rank: fc.nat(2) }),
    fc.record({ do: fc.constant("take"), at: fc.nat(4) }),
    fc.record({ do: fc.constant("take"), at: fc.nat(4) }),
    fc.record({ do: fc.constant("leave"), pick: fc.nat(30) }),
    fc.record({ do: fc.constant("wait"), ms: fc.nat(900) }),
  ) as fc.Arbitrary<
    { do: string; name: number; rank: number; at: number; pick: number; ms: number }
  >;
  fc.assert(fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
    const lane = new Lane(nothing);
    const slots = Array.from({ length: 5 }, () => new Slots());
    const sent: { readonly job: Job; readonly at: number }[] = [];
    let [id, nowMs] = [0, 1];
    const take = (at: number) => {
      lane.spread(slots.map((slots) => ({ open: true, exclusive: false, grant: nothing, slots })));
      const job = lane.take(slots[at]!, nowMs);
      if (!job) return;
      job.state = "running";
      const of = (name: string | undefined) =>
        sent.filter(({ job }) => job.spec.operation === name);
      const isNew = !of(job.spec.operation).some((one) => one.at === at);
      lane.entered(job, slots[at]!);
      sent.push({ job, at });
      const { of: occupant, jobs } = job.stay!;
      const bay = occupant as Bay;
      if (isNew) assert(bay.workers <= bay.most, `${bay.workers} of ${bay.most}`);
      assertEquals(bay.sent, of(bay.name).length);
      assertEquals(bay.workers, new Set(of(bay.name).map(({ at }) => at)).size);
      assertEquals(jobs, of(bay.name).filter((one) => one.at === at).length);
    };
    for (const { do: what, name, rank, at, pick, ms } of steps) {
      if (what === "push") {
        const job = jobOf(++id, { operation: `o${name}`, priority: classes[rank]! });
        job.dueMs = nowMs;
        lane.add(job);
      } else if (what === "take") take(at);
      else if (what === "wait") nowMs += ms;
      else {
        const [one] = sent.splice(pick % (sent.length || 1), 1);
        one?.job.stay?.leave();
      }
    }
    // Whatever was needed before: where all workers are idle, one of them takes somebody.
    for (const { job } of sent.splice(0)) job.stay!.leave();
    while (lane.queued > 0) {
      const { queued } = lane;
      slots.forEach((_, at) => take(at));
      assert(lane.queued < queued);
      for (const { job } of sent.splice(0)) job.stay!.leave();
    }
  }));
});
