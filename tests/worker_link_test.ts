/** What a link believes of its worker, sends it and lets go of. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Job } from "../actors/job.ts";
import { messages } from "../messages/wire.ts";
import type { Outcome } from "../messages/outcome.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf, task } from "./orders.ts";
import { puppet } from "./puppet.ts";

const { start, cancel, giveBack, stop, define } = messages;
const { began, finished, hello, output, progress, pong, ready, returned } = messages;

/** A puppet that tells what its link told. */
function stage(slotsMax = 1_024) {
  const clock = new ManualClock();
  const told: string[] = [];
  const outcomes: Outcome[] = [];
  const garbage: string[] = [];
  const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => id).join(" ");
  const one = puppet(clock, {
    ready: () => told.push("ready"),
    began: (_link, jobs) => told.push(`began ${ids(jobs)}`),
    returned: (_link, jobs) => told.push(`returned ${ids(jobs)}`),
    finished: (_link, job, outcome) => {
      told.push(`finished ${job.id}`);
      outcomes.push(outcome);
    },
    told: (_link, job, kind, value) => told.push(`${kind} ${job.id} ${value}`),
    garbage: (_link, because) => garbage.push(because),
    gone: (link, _exit, because) =>
      told.push(`gone ${ids(Object.values(link.strand()).flat())}: ${because}`),
  }, { slotsMax });
  const { link } = one;
  told.length = 0;
  return {
    ...one,
    clock,
    told,
    outcomes,
    garbage,
    /** Sends jobs with these numbers. */
    send: (...numbers: number[]) =>
      numbers.map((number) => {
        const job = jobOf(number);
        link.send(job, clock.nowMs());
        return job;
      }),
  };
}

Deno.test("worker link: sends a job by a small number, after its operation once", () => {
  const { send, sent } = stage();
  const [one, two] = send(1_000_001, 1_000_002);
  assertEquals([one!.slot, two!.slot], [0, 1]);
  assertEquals(sent, [
    [define.kind, 1, "t", task.source],
    [start.kind, 0, 1, 1, null, 0, ""],
    [start.kind, 1, 1, 1, null, 0, ""],
  ]);
});

Deno.test("worker link: a slot is used again after its job has ended", () => {
  const { send, say, link, told } = stage();
  send(1, 2);
  say(began.kind, 2, 0.1, finished.kind, 0, 0, 42, 0.1);
  assertEquals(send(3).map(({ slot }) => slot), [0]);
  assertEquals([link.running, link.unbegun, link.served], [1, 1, 1]);
  assertEquals(told, ["began 1 2", "finished 1"]);
});

Deno.test("worker link: credit doubles with each report and is bounded by the time held", () => {
  const { send, say, link } = stage();
  const rooms: number[] = [];
  let next = 1;
  const round = (heldMs: number) => {
    rooms.push(link.room);
    const jobs = send(...Array.from({ length: link.room }, () => next++));
    say(began.kind, jobs.length, heldMs * jobs.length);
    for (const { slot } of jobs) say(finished.kind, slot, 0, null, heldMs);
  };
  for (let i = 0; i < 12; i++) round(0.001);
  assertEquals(rooms, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 512]);
  rooms.length = 0;
  for (let i = 0; i < 40; i++) round(30);
  assertEquals(rooms.at(-1), 1, "work that holds the thread does not pile up");
});

Deno.test("worker link: what lies ready beyond the credit is asked back", () => {
  const { send, say, sent, told, link } = stage();
  let next = 1;
  for (let i = 0; i < 6; i++) {
    const jobs = send(...Array.from({ length: link.room }, () => next++));
    say(began.kind, jobs.length, 0);
    for (const { slot } of jobs) say(finished.kind, slot, 0, null, 0);
  }
  const jobs = send(...Array.from({ length: link.room }, () => next++));
  told.length = sent.length = 0;
  say(began.kind, 1, 100);
  const [asked] = sent;
  assertEquals(asked?.[0], giveBack.kind);
  const count = asked![1] as number;
  assertEquals(count, jobs.length - 1 - 1, "one may stay");
  const back = jobs.slice(-count);
  say(returned.kind, back.map(({ slot }) => slot));
  assertEquals(told.at(-1), `returned ${back.map(({ id }) => id).join(" ")}`);
  assertEquals([link.running, link.unbegun, link.stale], [1, 1, 0]);
});

Deno.test("worker link: has no more room than slots, none when it leaves or does not read", () => {
  const { send, say, link, sent } = stage(2);
  send(1);
  say(began.kind, 1, 0);
  assertEquals(link.room, 1);
  send(2);
  assertEquals(link.room, 0);
  say(began.kind, 1, 0);
  assertEquals(link.room, 0);
  say(finished.kind, 0, 0, null, 1);
  assertEquals(link.room, 1);
  link.exclusive = true;
  assertEquals(link.room, 0);
  say(finished.kind, 1, 0, null, 1);
  assertEquals([link.exclusive, link.room], [false, 2], "its only job has ended");
  send(3);
  link.leave();
  assertEquals([link.room, link.leaving], [0, true]);
  assertEquals(sent.at(-1), [giveBack.kind, 1]);
  link.stop();
  assertEquals(sent.at(-1), [stop.kind]);
});

Deno.test("worker link: a worker that does not read is sent no more", () => {
  const clock = new ManualClock();
  const one = puppet(clock);
  assertEquals(one.link.room, 1);
  one.queuedBytes = 5 * 2 ** 20;
  assertEquals(one.link.room, 0);
  one.queuedBytes = 0;
  assertEquals(one.link.room, 1);
});

Deno.test("worker link: gossip about jobs it does not have is counted and ignored", () => {
  const { send, say, link, told, garbage } = stage();
  const [job] = send(1);
  say(finished.kind, 7, 0, null, 1);
  say(finished.kind, 0, 0, "too early", 1);
  assertEquals([link.stale, job!.state], [2, "waiting"]);
  say(began.kind, 1, 1, finished.kind, 0, 0, "once", 1, finished.kind, 0, 0, "twice", 1);
  say(output.kind, 5, 0, "for nobody", progress.kind, 5, 1);
  say(returned.kind, [0, 3]);
  assertEquals(link.stale, 7);
  assertEquals(told, ["began 1", "finished 1"]);
  assertEquals(garbage, []);
});

Deno.test("worker link: what breaks the rules is garbage, and nothing of it is believed", () => {
  const cases: readonly (readonly [unknown[], RegExp])[] = [
    [[99], /unknown kind 99/],
    [["xstate.done.actor.x"], /unknown kind "xstate/],
    [[{ type: "xstate.stop" }], /unknown kind/],
    [[null], /unknown kind null/],
    [[start.kind, 0, 1, 1, null, 0, ""], /unknown kind 1/], // The other direction.
    [[began.kind], /cut short/],
    [[began.kind, 1], /cut short/],
    [[began.kind, -1, 0], /wants count/],
    [[began.kind, 1.5, 0], /wants count/],
    [[began.kind, 1, "0"], /wants number/],
    [[began.kind, 1, null], /wants number/],
    [[finished.kind, 0, 0, null, 1, 26], /cut short at 5/],
    [[finished.kind, "0", 0, null, 1], /wants count/],
    [[returned.kind, 0], /wants ids/],
    [[returned.kind, ["0"]], /wants ids/],
    [[output.kind, 0, 0, 1], /wants text/],
    [[began.kind, 2, 0], /began 2 of 1 jobs/],
    [[began.kind, Number.MAX_SAFE_INTEGER, 0], /began 9007199254740991 of 1 jobs/],
    [[hello.kind, 1, 2, 3, "n"], /kind 20 at the wrong time/],
  ];
  for (const [batch, complaint] of cases) {
    const { send, say, told, garbage, link } = stage();
    const [job] = send(1);
    say(...batch);
    assertEquals(garbage.length, 1, JSON.stringify(batch));
    assertMatch(garbage[0]!, complaint);
    assertEquals([told, job!.state, link.running], [[], "waiting", 0], JSON.stringify(batch));
  }
});

Deno.test("worker link: an outcome is made of what is known, not of what is claimed", () => {
  const { send, say, outcomes } = stage();
  const jobs = send(1, 2, 3, 4);
  say(began.kind, 4, 0);
  jobs[3]!.doomed = "cancelled";
  jobs[3]!.because = "enough";
  say(finished.kind, 0, 0, { type: "failed" }, 2.5);
  say(finished.kind, 1, 1, { category: "exit", code: "task_threw", message: "Error: x" }, 1);
  say(finished.kind, 2, 1, { category: 7 }, 1);
  say(finished.kind, 3, 0, "done after all", 1);
  const brief = outcomes.map(({ type, category, code, output }) => [type, category, code, output]);
  assertEquals(brief, [
    ["done", undefined, undefined, { type: "failed" }],
    ["failed", "exit", "task_threw", undefined],
    ["failed", "protocol", "bad_payload", undefined],
    ["cancelled", "cancelled", "cancelled", undefined],
  ]);
  assertEquals([outcomes[0]!.durationMs, outcomes[0]!.worker], [2.5, "1.1"]);
});

Deno.test("worker link: asks to abort only what lies there", () => {
  const { send, say, sent, link } = stage();
  const [job] = send(1);
  link.abort(job!, "enough");
  assertEquals(sent.at(-1), [cancel.kind, 0, "enough"]);
  say(returned.kind, [0]);
  const count = sent.length;
  link.abort(job!, "again");
  assertEquals(sent.length, count);
});

Deno.test("worker link: a dead worker leaves all its jobs, begun ones first", () => {
  const { send, say, told, events, link } = stage();
  send(1, 2, 3, 4);
  say(began.kind, 2, 0, finished.kind, 0, 0, null, 0);
  told.length = 0;
  events.exited({ code: 137, signal: "SIGKILL", stderrTail: "" });
  assertEquals(told.length, 1);
  assertMatch(told[0]!, /^gone 2 3 4: .*SIGKILL/);
  assertEquals([link.open, link.running, link.unbegun, link.room], [false, 0, 0, 0]);
});

Deno.test("worker link: is ready once, heard at each word, and passes on what tasks say", async () => {
  const { send, say, told, link, clock } = stage();
  say(ready.kind);
  assertEquals(told, [], "it was ready before");
  send(1);
  await clock.advance(500);
  say(began.kind, 1, 0, output.kind, 0, 0, "a line", progress.kind, 0, 0.5, pong.kind, 1);
  assertEquals(told, ["began 1", "log 1 a line", "progress 1 0.5"]);
  assertEquals(link.heardMs, clock.nowMs());
});

Deno.test("worker link: a worker has nothing to do from its last job's end on, not from when we hear of it", () => {
  const clock = new ManualClock();
  const { link, say } = puppet(clock);
  const { spell } = link;
  const times = () => [spell.busyMs(clock.nowMs()), spell.fedMs(clock.nowMs()), spell.heldMs];
  link.send(jobOf(1), clock.nowMs());
  clock.skip(30);
  say(began.kind, 1, 2, finished.kind, 0, 0, null, 2);
  assertEquals(times(), [30, 2, 2], "it had it done long before");
  clock.skip(100);
  link.send(jobOf(2), clock.nowMs());
  link.send(jobOf(3), clock.nowMs());
  clock.skip(10);
  say(began.kind, 1, 4, finished.kind, 0, 0, null, 4);
  clock.skip(5);
  assertEquals(times(), [45, 17, 6], "it has another one");
  say(began.kind, 1, 5, finished.kind, 1, 0, null, 5);
  assertEquals(times(), [45, 17, 11], "and was held all the time");
  link.send(jobOf(4), clock.nowMs());
  clock.skip(1);
  say(began.kind, 1, 0.1);
  clock.skip(20);
  say(finished.kind, 0, 0, null, 20);
  assertEquals(times(), [66, 38, 11.1], "a job that waits keeps it");
});
