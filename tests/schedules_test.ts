/** Jobs that are made again and again. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Refusal } from "../actors/runtime.ts";
import { chosen } from "../actors/schedules/chosen.ts";
import { instantsOf } from "../actors/schedules/instants.ts";
import { jitterOf } from "../actors/schedules/jitter.ts";
import { parseSchedule } from "../actors/schedules/parse.ts";
import { ScheduleStage } from "./schedule_stage.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

Deno.test("schedules: each instant gets one job", async () => {
  const stage = new ScheduleStage("2027-01-01T00:00:00Z");
  stage.add("quarter", { cron: "*/15 * * * *" });
  assertEquals(stage.schedules.next("quarter", 2), [
    "2027-01-01T00:15:00.000Z",
    "2027-01-01T00:30:00.000Z",
  ]);
  await stage.clock.advance(15 * minute - 1);
  assertEquals(stage.instants, []);
  await stage.clock.advance(1);
  assertEquals(stage.instants, ["2027-01-01T00:15"]);
  await stage.clock.advance(hour);
  assertEquals(stage.instants.length, 5);
  assertEquals(stage.schedules.view("quarter")!.last?.at, "2027-01-01T01:15:00.000Z");
});

Deno.test("schedules: by the clock of a zone, over both changes of the year", async () => {
  const spring = new ScheduleStage("2027-03-26T12:00:00Z");
  spring.add("fixed", { cron: "30 2 * * *", timeZone: "Europe/Berlin" });
  await spring.clock.advance(3.6 * day);
  // On the 28th there is no half past two: it comes when it would have been.
  assertEquals(spring.instants, [
    "2027-03-27T01:30",
    "2027-03-28T01:00",
    "2027-03-29T00:30",
    "2027-03-30T00:30",
  ]);
  const autumn = new ScheduleStage("2027-10-29T12:00:00Z");
  autumn.add("fixed", { cron: "30 2 * * *", timeZone: "Europe/Berlin" });
  await autumn.clock.advance(3.6 * day);
  // On the 31st it is half past two twice: the first time counts.
  assertEquals(autumn.instants, [
    "2027-10-30T00:30",
    "2027-10-31T00:30",
    "2027-11-01T01:30",
    "2027-11-02T01:30",
  ]);
  for (const at of ["2027-03-27T12:00:00Z", "2027-10-30T12:00:00Z"]) {
    const stage = new ScheduleStage(at);
    stage.add("often", { cron: "*/30 * * * *", timeZone: "Europe/Berlin" });
    await stage.clock.advance(day);
    assertEquals(stage.instants.length, 48, "every half hour is every half hour");
  }
});

Deno.test("schedules: the instants before are those that came after", () => {
  const crons = ["30 2 * * *", "*/30 * * * *", "15 */6 * * *", "0 9 * * 1-5", "0 2 * * *"];
  const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"];
  fc.assert(
    fc.property(
      fc.constantFrom(...crons),
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2027, 0), max: Date.UTC(2028, 0) }),
      (cron, timeZone, from) => {
        const instants = instantsOf(cron, timeZone, from);
        const forward: number[] = [];
        for (let at = instants.next(from); forward.length < 6; at = instants.next(at!)) {
          assert(at! > (forward.at(-1) ?? from));
          forward.push(at!);
        }
        assertEquals(instants.last(6, forward[5]!), forward);
        assertEquals(instants.last(1, forward[5]! - 1), [forward[4]]);
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("schedules: what was missed gets no job, one job, or one each, at most 100", async () => {
  const made = async (missed: "skip" | "once" | "all" | undefined, awayMs: number) => {
    const stage = new ScheduleStage("2027-01-01T00:00:00Z");
    stage.add("hourly", { cron: "0 * * * *", ...(missed && { missed }) });
    await stage.clock.advance(hour);
    stage.restart(awayMs);
    await stage.clock.advance(minute);
    return [stage.instants.slice(1), stage.alerts] as const;
  };
  const away = 3.5 * hour;
  assertEquals((await made("skip", away))[0], []);
  assertEquals((await made(undefined, away))[0], ["2027-01-01T04:00"]);
  const three = ["2027-01-01T02:00", "2027-01-01T03:00", "2027-01-01T04:00"];
  assertEquals(await made("all", away), [three, ["schedule_missed"]]);
  assertEquals((await made("all", 200 * hour))[0].length, 100);
  assertEquals((await made("skip", 3 * hour + 1_000))[0], ["2027-01-01T04:00"], "just in time");
  fc.assert(fc.property(fc.array(fc.nat(1e6)), fc.nat(1e6), (gaps, late) => {
    let at = 0;
    const due = gaps.map((gap) => at += gap + 1);
    const now = at + late;
    assertEquals(chosen(due, "all", now), due.slice(-100));
    assertEquals(chosen(due, "once", now), due.slice(-1));
    assertEquals(chosen(due, "skip", now), late <= minute ? due.slice(-1) : []);
  }));
});

Deno.test("schedules: no restart makes two jobs for an instant, wherever it dies", async () => {
  const stage = new ScheduleStage("2027-01-01T00:00:00Z");
  stage.add("hourly", { cron: "0 * * * *" });
  stage.isDead = true; // The job was taken, and that its instant is over was lost.
  await stage.clock.advance(hour + minute);
  assertEquals(stage.instants.length, 1);
  stage.restart(0);
  await stage.clock.advance(minute);
  assertEquals([stage.instants.length, stage.alerts], [1, []]);
  for (let n = 0; n < 20; n++) {
    await stage.clock.advance(17 * minute);
    stage.isDead = n % 2 === 0;
    await stage.clock.advance(5 * minute);
    stage.restart(0);
  }
  await stage.clock.advance(0);
  assertEquals(stage.instants.length, 8);
});

Deno.test("schedules: one that may not overlap waits for its last job to end", async () => {
  const stage = new ScheduleStage("2027-01-01T00:00:00Z");
  stage.add("hourly", { cron: "0 * * * *", overlap: "skip" });
  await stage.clock.advance(3 * hour);
  assertEquals(stage.instants, ["2027-01-01T01:00"]);
  stage.open.clear();
  await stage.clock.advance(hour);
  assertEquals(stage.instants, ["2027-01-01T01:00", "2027-01-01T04:00"]);
});

Deno.test("schedules: a pause makes no jobs, and misses none", async () => {
  const stage = new ScheduleStage("2027-01-01T00:00:00Z");
  stage.add("hourly", { cron: "0 * * * *", missed: "all" });
  stage.schedules.pause("hourly", true);
  await stage.clock.advance(3 * hour + minute);
  stage.restart(hour);
  await stage.clock.advance(minute);
  assertEquals([stage.instants, stage.schedules.next("hourly", 1)], [[], []]);
  stage.schedules.pause("hourly", false);
  await stage.clock.advance(hour);
  assertEquals(stage.instants, ["2027-01-01T05:00"]);
  stage.schedules.remove("hourly");
  await stage.clock.advance(2 * hour);
  assertEquals([stage.instants.length, stage.stored.size], [1, 0]);
});

Deno.test("schedules: a full queue is asked again, a job that can't be is given up", async () => {
  const stage = new ScheduleStage("2027-01-01T00:00:00Z");
  stage.add("hourly", { cron: "0 * * * *" });
  stage.refusal = new Refusal("queue_full", "full");
  await stage.clock.advance(hour + 20_000);
  assertEquals([stage.instants.length, stage.alerts.length > 1], [0, true]);
  stage.refusal = null;
  await stage.clock.advance(10_000);
  assertEquals(stage.instants, ["2027-01-01T01:00"]);
  stage.refusal = new Refusal("unknown_task", "gone");
  const before = stage.alerts.length;
  await stage.clock.advance(hour);
  assertEquals(stage.alerts.slice(before), ["schedule_failed"]);
});

Deno.test("schedules: jitter spreads jobs, each instant always by as much", async () => {
  const stage = new ScheduleStage("2027-01-01T00:00:00Z");
  for (let n = 0; n < 20; n++) stage.add(`s${n}`, { cron: "0 * * * *", jitterMs: 60_000 });
  await stage.clock.advance(hour);
  const delays = [...stage.jobs.values()].map(({ runAt }) =>
    Number(runAt) - Date.parse("2027-01-01T01:00:00Z")
  );
  assert(delays.every((ms) => ms >= 0 && ms <= 60_000));
  assert(new Set(delays).size > 15, `${delays}`);
  assertEquals(jitterOf("a", 1, 1_000), jitterOf("a", 1, 1_000));
});

Deno.test("schedules: what is wrong with one is said with its place", () => {
  const right = { cron: "0 3 * * *", job: { task: "t" } };
  const wrong: readonly (readonly [object, string, string])[] = [
    [{ cron: "0 3 * *" }, "invalid_schedule", "/cron"],
    [{ cron: "61 * * * *" }, "invalid_schedule", "/cron"],
    [{ cron: "0 0 30 2 *" }, "invalid_schedule", "/cron"],
    [{ timeZone: "Mars/Olympus" }, "invalid_schedule", "/timeZone"],
    [{ missed: "never" }, "invalid_schedule", "/missed"],
    [{ jitterMs: -1 }, "invalid_schedule", "/jitterMs"],
    [{ every: "day" }, "unrecognized_key", "/every"],
    [{ job: { task: "t", runAt: 0 } }, "invalid_schedule", "/job/runAt"],
    [{ job: { task: "t", idempotencyKey: "k" } }, "invalid_schedule", "/job/idempotencyKey"],
    [{ job: { task: "" } }, "invalid_task_name", "/job/task"],
    [{ job: [] }, "invalid_schedule", "/job"],
  ];
  for (const [part, code, pointer] of wrong) {
    const error = assertThrows(() => parseSchedule({ ...right, ...part }, 0), Refusal);
    assertEquals([error.code, error.issues[0]!.pointer], [code, pointer], error.message);
  }
  assertEquals(parseSchedule(right, 0), right);
  assertEquals(parseSchedule({ ...right, cron: "@daily" }, 0).cron, "@daily");
});
