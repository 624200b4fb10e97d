/** The link to one worker: what it believes of what a worker says. */
import { assertEquals } from "@std/assert";
import type { Job } from "../actors/job.ts";
import { messages } from "../messages/wire.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf } from "./orders.ts";
import { type Puppet, puppet } from "./puppet.ts";

const { cancel, giveBack, began, returned, output, finished, violation } = messages;

/** A link, and all that it told its listener. */
function linked(slotsMax = 8) {
  const clock = new ManualClock();
  const told: unknown[][] = [];
  const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => id);
  const one = puppet(clock, {
    began: (_link, jobs) => told.push(["began", ...ids(jobs)]),
    returned: (_link, jobs) => told.push(["returned", ...ids(jobs)]),
    finished: (_link, job, { type }) => told.push(["finished", job.id, type]),
    told: (_link, job, kind, value) => told.push([kind, job.id, value]),
    violated: (_link, violated) => told.push(["violated", ...violated]),
    garbage: (_link, because) => told.push(["garbage", because]),
    gone: (_link, _exit, because) => told.push(["gone", because]),
  }, { slotsMax });
  return { clock, told, one, ...one };
}

/** Sends `count` jobs, numbered from `first`. */
function send({ link }: Puppet, count: number, first = 1): Job[] {
  const jobs = Array.from({ length: count }, (_, i) => jobOf(first + i));
  for (const job of jobs) link.send(job, 0);
  return jobs;
}

Deno.test("link: has room for its credit and its slots, none when exclusive, leaving or clogged", () => {
  const { one, link, say } = linked(3);
  assertEquals(link.room, 1);
  send(one, 1);
  assertEquals(link.room, 0);
  say(began.kind, 1, 0);
  assertEquals(link.room, 2);
  send(one, 2, 2);
  say(began.kind, 2, 0);
  assertEquals(link.room, 0, "three of three slots");
  say(finished.kind, 0, 0, null, 1);
  assertEquals(link.room, 1);
  one.queuedBytes = 4 * 2 ** 20 + 1;
  assertEquals(link.room, 0);
  one.queuedBytes = 0;
  link.exclusive = true;
  assertEquals(link.room, 0);
  link.exclusive = false;
  link.leave();
  assertEquals(link.room, 0);
});

Deno.test("link: asks back what its credit no longer covers, and all when it leaves", () => {
  const { one, link, sent, say } = linked(600);
  for (let first = 1; first < 16; first *= 2) {
    send(one, first, first);
    say(began.kind, first, 0);
  }
  send(one, 16, 16);
  sent.length = 0;
  say(began.kind, 1, 50);
  assertEquals(sent, [[giveBack.kind, 14]]);
  link.leave();
  assertEquals(sent[1], [giveBack.kind, 15]);
  say(began.kind, 15, 0);
  link.leave();
  assertEquals(sent.length, 2, "nothing is left to ask for");
});

Deno.test("link: jobs come back in the order in which they were sent, whatever order is told", () => {
  const { one, told, say, link } = linked(9);
  const jobs = send(one, 4);
  say(began.kind, 1, 0);
  say(returned.kind, [3, 1, 1, 0, 77]);
  assertEquals(told.at(-1), ["returned", 2, 4]);
  assertEquals(
    [link.unbegun, link.running, link.stale],
    [1, 1, 3],
    "a begun one does not come back",
  );
  assertEquals(jobs.map((job) => link.slots.has(job)), [true, false, true, false]);
  say(began.kind, 1, 0);
  assertEquals(told.at(-1), ["began", 3]);
});

Deno.test("link: nothing of a frame is believed when a part of it is malformed", () => {
  const { one, told, say } = linked();
  send(one, 1);
  say(began.kind, 1, 0, finished.kind, 0, 0, "x");
  assertEquals(told, [["garbage", "kind 26 is cut short at 3"]]);
});

Deno.test("link: of a dead worker's jobs, those it may have begun are suspects", () => {
  const { one, told, link, events, say } = linked();
  const jobs = send(one, 6);
  say(began.kind, 2, 10); // 5 ms each: in 1 ms it can have begun one more, and one that holds.
  events.exited({ code: 1, signal: null, stderrTail: "first\nlast words\n" });
  assertEquals(told.at(-1), ["gone", "exited with 1: last words"]);
  const { suspects, innocents } = link.strand();
  assertEquals([suspects, innocents], [jobs.slice(0, 4), jobs.slice(4)]);
  assertEquals([link.idle, link.open, link.room], [true, false, 0]);
});

Deno.test("link: abort is for jobs it has, in words", () => {
  const { one, link, sent } = linked();
  const [job] = send(one, 1);
  sent.length = 0;
  link.abort(job!, 'a "reason"');
  link.abort(jobOf(9), "not here");
  assertEquals(sent, [[cancel.kind, 0, 'a "reason"']]);
});

Deno.test("link: is idle while it has no job, begun or not", () => {
  const { one, link, say } = linked();
  assertEquals(link.idle, true);
  send(one, 1);
  assertEquals(link.idle, false);
  say(began.kind, 1, 2.5);
  assertEquals([link.idle, link.spell.heldMs], [false, 2.5]);
  say(finished.kind, 0, 0, null, 10);
  assertEquals([link.idle, link.served], [true, 1]);
});

Deno.test("link: a worker that ends all jobs there are ends its own alone", () => {
  const [liar, other] = [linked(), linked()];
  const [own] = send(liar.one, 1);
  const theirs = send(other.one, 4);
  liar.say(began.kind, 1, 0);
  other.say(began.kind, 2, 0);
  for (let id = 0; id < 100; id++) {
    liar.say(finished.kind, id, 0, "forged", 1, returned.kind, [id], output.kind, id, 0, "forged");
  }
  assertEquals(liar.told, [["began", own!.id], ["finished", own!.id, "done"]]);
  assertEquals(other.told, [["began", 1, 2]]);
  assertEquals(theirs.map((job) => other.link.slots.has(job)), [true, true, true, true]);
});

Deno.test("link: a denied access is passed on as it was told", () => {
  const { told, say } = linked();
  say(violation.kind, 1, "read", "/etc/passwd");
  say(violation.kind, 1, "read");
  assertEquals(told, [
    ["violated", 1, "read", "/etc/passwd"],
    ["garbage", "kind 36 is cut short at 0"],
  ]);
});
