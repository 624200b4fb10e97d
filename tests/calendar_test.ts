/** Jobs for later: instants of the wall clock, and delays. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseJob } from "../actors/admission.ts";
import { dueAt } from "../actors/due_at.ts";
import { Job } from "../actors/job.ts";
import { Refusal } from "../actors/runtime.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Lives } from "./lives.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";

const hour = 3_600_000;

Deno.test("calendar: an instant has an offset, and a job has one instant", () => {
  const wrong = ["tomorrow", "2027-03-01T09:00:00", "2027-02-30T09:00:00Z", -1, 1.5, 1e17, null];
  for (const runAt of wrong) {
    const error = assertThrows(() => parseJob({ task: "t", runAt }), Refusal);
    assertEquals([error.code, error.issues[0]!.pointer], ["invalid_run_at", "/runAt"]);
  }
  for (const runAt of [0, 1.7e12, "2027-03-01T09:00:00Z", "2027-03-01T09:00:00.5+05:45"]) {
    assertEquals(parseJob({ task: "t", runAt }).runAt, runAt);
  }
  const two = () => parseJob({ task: "t", runAt: 0, delayMs: 1 });
  assertEquals(assertThrows(two, Refusal).code, "invalid_delay");
});

Deno.test("calendar: a job for later is scheduled, due at its instant, and then waits", async () => {
  const stage = new QueueStage(memoryStore());
  const at = stage.clock.wallMs() + hour;
  const [iso, ms, delayed] = [
    stage.add({ runAt: new Date(at).toISOString() }),
    stage.add({ runAt: at }),
    stage.add({ delayMs: hour }),
  ];
  const now = stage.add();
  assertEquals([iso, ms, delayed, now].map(({ state }) => state), [
    "scheduled",
    "scheduled",
    "scheduled",
    "waiting",
  ]);
  assertEquals([stage.queue.queued, stage.queue.gates.calendar.scheduled], [1, 3]);
  const why = stage.queue.gates.why(ms!)!;
  assertEquals([why.gate, why.untilMs], ["scheduled", hour]);
  await stage.clock.advance(hour - 1);
  assertEquals(stage.queue.queued, 1);
  await stage.clock.advance(1);
  assertEquals([stage.queue.queued, stage.queue.gates.calendar.scheduled], [4, 0]);
  assertEquals([stage.begin(), stage.begin(), stage.begin()], [now, iso, ms]);
  assertEquals(delayed!.dueMs, hour, "it has waited since it was due");
});

Deno.test("calendar: what is long past begins at once", () => {
  const stage = new QueueStage(memoryStore());
  assertEquals(stage.add({ runAt: "2000-01-01T00:00:00+01:00" }).state, "waiting");
});

Deno.test("calendar: queueTimeoutMs and totalTimeoutMs count from the instant", async () => {
  const stage = new QueueStage(memoryStore());
  stage.add({ delayMs: hour, queueTimeoutMs: 100 });
  stage.add({ delayMs: hour, totalTimeoutMs: 200 });
  await stage.clock.advance(hour + 99);
  assertEquals(stage.endings, []);
  await stage.clock.advance(1);
  assertEquals(stage.endings, [[1, "expired"]]);
  await stage.clock.advance(100);
  assertEquals(stage.endings[1], [2, "expired"]);
});

Deno.test("calendar: a cancelled job is forgotten, also where many are", async () => {
  const stage = new QueueStage(memoryStore(), { jobsMax: 1e5 });
  const first = stage.add({ delayMs: hour });
  for (let n = 0; n < 5_000; n++) stage.queue.cancel(stage.add({ delayMs: 2 * hour }), "enough");
  assertEquals(stage.queue.gates.calendar.scheduled, 1);
  assertEquals([first.state, stage.clock.pending], ["scheduled", 1]);
  assert(stage.queue.gates.calendar.places < 2_100, `${stage.queue.gates.calendar.places} places`);
  await stage.clock.advance(3 * hour);
  assertEquals([stage.begin(), stage.begin()], [first, undefined]);
});

/** A clock whose wall time can be set. */
class SetClock extends ManualClock {
  #offMs = 0;

  override wallMs(): number {
    return super.wallMs() + this.#offMs;
  }

  set(ms: number): void {
    this.#offMs += ms;
  }
}

Deno.test("calendar: a wall clock that is set, or a machine that slept, is noticed in time", async () => {
  for (const how of ["set", "back"] as const) {
    const clock = new SetClock();
    const stage = new QueueStage(memoryStore(), {}, clock);
    const job = stage.add({ runAt: clock.wallMs() + hour });
    await clock.advance(1_000);
    // Asleep, the monotonic clock of Linux stands still; set, it knows nothing.
    clock.set(how === "set" ? hour : -hour);
    await clock.advance(how === "set" ? 59_000 : hour);
    assertEquals(job.state, how === "set" ? "waiting" : "scheduled");
    await clock.advance(hour);
    assertEquals(job.state, "waiting");
  }
});

Deno.test("calendar: a delay is as long as it is, however the wall clock is set", async () => {
  for (const setMs of [hour, -hour]) {
    const clock = new SetClock();
    const stage = new QueueStage(memoryStore(), {}, clock);
    const { gates } = stage.queue;
    const job = stage.add({ delayMs: hour, queueTimeoutMs: 60_000, retries: 1 });
    const told = clock.wallMs() + hour + setMs;
    await clock.advance(1_000);
    clock.set(setMs);
    const why = gates.why(job)!;
    assertEquals([why.untilMs, why.because], [
      hour,
      `It is to begin at ${new Date(told).toISOString()}`,
    ]);
    await clock.advance(hour - 1_001);
    assertEquals([job.state, gates.calendar.scheduled], ["scheduled", 1]);
    await clock.advance(1);
    assertEquals([job.state, gates.calendar.scheduled, clock.pending], ["waiting", 0, 1]);
    stage.queue.release([stage.send()!]);
    assertEquals(job.state, "waiting", "it came back");
    stage.end(stage.begin()!, "failed");
    await clock.advance(5_000);
    assertEquals([job.state, job.attempt], ["waiting", 2], "it does not wait for its delay again");
  }
});

Deno.test("calendar: over a restart a delay ends at the instant that was stored, and is not longer", async () => {
  for (const [setMs, leftMs] of [[0, hour - 10_000], [hour, 0], [-hour, hour]] as const) {
    const lives = new Lives();
    await lives.next();
    lives.stage.add({ delayMs: hour });
    const { clock, queue } = await lives.next(10_000 + setMs);
    const job = queue.open.get(1)!;
    if (leftMs > 0) await clock.advance(leftMs - 1);
    assertEquals([setMs, job.state], [setMs, leftMs > 0 ? "scheduled" : "waiting"]);
    await clock.advance(1);
    assertEquals([setMs, job.state], [setMs, "waiting"]);
  }
});

Deno.test("calendar: 100,000 jobs cost one timer and go in order, a thousand a turn", async () => {
  const stage = new QueueStage(memoryStore(), { jobsMax: 1e6, bytesMax: 1e9 });
  for (let n = 0; n < 1e5; n++) stage.add({ delayMs: hour - (n % 7) });
  assertEquals(stage.clock.pending, 1);
  await stage.clock.advance(hour);
  assertEquals([stage.queue.queued, stage.queue.gates.calendar.scheduled], [1e5, 0]);
  assertEquals(stage.begin()?.id, 7);
});

Deno.test("calendar: lets each job go at its instant and not before, whatever else is asked", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ delayMs: fc.nat(100_000), cancel: fc.boolean() }), { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 8 }),
      async (asked, steps) => {
        const stage = new QueueStage(memoryStore());
        const jobs = asked.map(({ delayMs }) => stage.add({ delayMs }));
        asked.forEach(({ cancel }, n) => cancel && stage.queue.cancel(jobs[n]!, "enough"));
        for (const step of steps) {
          await stage.clock.advance(step);
          jobs.forEach((job, n) => {
            const isDue = dueAt(job.spec, job.acceptedAt)! <= stage.clock.wallMs();
            const state = asked[n]!.cancel ? "cancelled" : isDue ? "waiting" : "scheduled";
            assertEquals(job.state, state);
          });
        }
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("calendar: an earlier life's job keeps its instant", async () => {
  const stage = new QueueStage(memoryStore());
  const acceptedAt = stage.clock.wallMs() - hour;
  const again = (id: number, delayMs: number) =>
    new Job(id, orderOf({ delayMs }), stage.clock.nowMs(), acceptedAt);
  const [later, past] = [again(1, hour + 500), again(2, 10)];
  stage.queue.restore([later, past]);
  assertEquals([later.state, past.state], ["scheduled", "waiting"]);
  await stage.clock.advance(500);
  assertEquals(later.state, "waiting");
});

Deno.test("calendar: a job whose key is shut when a worker comes is held once, also where the clock was set back", async () => {
  const clock = new SetClock();
  const stage = new QueueStage(memoryStore(), {}, clock);
  const { gates } = stage.queue;
  const job = stage.add({ runAt: clock.wallMs() + hour, key: "k:a" }, { keys: ["k:a"] });
  await clock.advance(hour);
  clock.set(-hour);
  gates.turns.pause("k:a", true);
  const next = stage.lane.take()!;
  assertEquals([next, gates.take(next)], [job, false]);
  assertEquals([job.state, gates.why(job)?.gate], ["scheduled", "scheduled"]);
  assertEquals([gates.calendar.scheduled, gates.turns.parked], [1, 0]);
  await clock.advance(hour);
  assertEquals([job.state, gates.why(job)?.gate], ["blocked", "key"]);
  assertEquals([gates.calendar.scheduled, gates.turns.parked], [0, 1]);
  gates.turns.pause("k:a", false);
  assertEquals([stage.lane.take(), gates.take(job), gates.turns.parked], [job, true, 0]);
});
