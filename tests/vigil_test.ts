/** Signs of life, time limits and what follows when they are missed. */
import { assertEquals } from "@std/assert";
import { commandGrant } from "../actors/grant.ts";
import { messages } from "../messages/wire.ts";
import { asks, Watch } from "./vigil_stage.ts";

const { began, begins, finished, pong, ping, cancel, returned } = messages;

Deno.test("vigil: asks who is silent for 1 s and lets who answers live", async () => {
  const watch = new Watch();
  const one = watch.add();
  await watch.pass(30, () => {
    const last = one.sent.at(-1);
    if (last?.[0] === ping.kind) one.say(pong.kind, last[1]);
  });
  assertEquals(watch.done, []);
  const nonces = asks(one, ping.kind).map(([, nonce]) => nonce);
  assertEquals(new Set(nonces).size, nonces.length);
  assertEquals(one.link.residentBytes, 100_000);
});

Deno.test("vigil: who has no job and is silent for 5 s is condemned, not sooner", async () => {
  const watch = new Watch();
  watch.add();
  const talker = watch.add();
  await watch.pass(4, () => talker.say(pong.kind, 1));
  assertEquals(watch.done, []);
  await watch.pass(1, () => talker.say(pong.kind, 1));
  assertEquals(watch.done, ["condemn 100: was silent for 5000 ms"]);
});

Deno.test("vigil: a busy thread is no reason", async () => {
  const watch = new Watch();
  const busy = watch.add();
  watch.run(busy, [{}, {}], 1);
  await watch.pass(600);
  assertEquals(watch.done, []);
  busy.say(finished.kind, 0, 0, null, 1);
  await watch.pass(4);
  assertEquals(watch.done, [], "it was heard when its job ended");
});

Deno.test("vigil: the first job of a silent worker is taken for begun", async () => {
  const watch = new Watch();
  const one = watch.add();
  await watch.clock.advance(900);
  const [holder, behind] = watch.run(one, [{ timeoutMs: 3_500 }, {}], 0);
  await watch.pass(1);
  assertEquals(holder!.state, "running", "1 s after it was sent");
  assertEquals([holder!.startedMs, behind!.state, one.link.running], [900, "waiting", 1]);
  await watch.pass(2);
  assertEquals(asks(one, cancel.kind), []);
  await watch.pass(1);
  assertEquals(asks(one, cancel.kind), [[cancel.kind, 0, "timeout"]]);
  await watch.pass(5);
  assertEquals(watch.done, ["condemn 100: job j1 did not end when asked: timeout"]);
  assertEquals([holder!.doomed, one.link.culprit], ["timedOut", holder!]);
});

Deno.test("vigil: nobody may hold a thread past the time of a job that may be what holds it", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [, , next] = watch.run(one, [{}, {}, { timeoutMs: 70_000 }], 1);
  one.say(begins.kind, 1);
  await watch.pass(74);
  assertEquals([watch.done, next!.state], [[], "waiting"]);
  await watch.pass(1);
  assertEquals(watch.done, ["condemn 100: held its thread past the time of job j3"]);
  assertEquals([one.link.culprit, next!.doomed], [null, null], "who it was is not known");
});

Deno.test("vigil: a presumption ends when the worker speaks", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [holder, behind] = watch.run(one, [{}, {}], 0);
  await watch.pass(60);
  assertEquals([watch.done, holder!.state], [[], "running"]);
  one.say(began.kind, 2, 60_000, finished.kind, 0, 0, null, 60_000);
  assertEquals([one.link.running, behind!.state], [1, "running"]);
  one.say(finished.kind, 1, 0, null, 1);
  assertEquals([one.link.idle, one.link.stale], [true, 0]);

  const [late] = watch.run(one, [{}], 0);
  await watch.pass(2);
  assertEquals(late!.state, "running");
  one.say(returned.kind, [late!.slot]);
  assertEquals([one.link.idle, late!.startedMs, one.link.stale], [true, 0, 0]);
});

Deno.test("vigil: who is seen stopped is condemned 4.5 s later, busy or not; a pause is forgiven", async () => {
  const watch = new Watch();
  const one = watch.add();
  watch.run(one, [{}]);
  watch.states.set(100, "T");
  await watch.pass(5); // Seen at 1 s first.
  watch.states.set(100, "R");
  await watch.pass(1);
  watch.states.set(100, "T");
  await watch.pass(1);
  await watch.clock.advance(4_499);
  assertEquals(watch.done, []);
  await watch.clock.advance(1);
  assertEquals(watch.done, ["condemn 100: was stopped for 5 s"]);
});

Deno.test("vigil: who is stopped before it has connected is condemned as soon as others are", async () => {
  const watch = new Watch();
  const young = watch.add(undefined, true);
  const talker = watch.add();
  const talk = () => talker.say(pong.kind, 1);
  await watch.pass(10, talk);
  assertEquals([watch.done, asks(young, ping.kind)], [[], []], "a start has its own limit");
  watch.states.set(100, "T");
  await watch.pass(1, talk);
  await watch.clock.advance(4_499);
  assertEquals(watch.done, []);
  await watch.clock.advance(1);
  assertEquals(watch.done, ["condemn 100: was stopped for 5 s"]);
});

Deno.test("vigil: while a worker was stopped it had not begun what it was sent", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [holder] = watch.run(one, [{ timeoutMs: 1_500 }], 0);
  watch.states.set(100, "T");
  await watch.pass(3);
  watch.states.set(100, "R");
  await watch.pass(1);
  assertEquals(holder!.state, "waiting", "it was silent as it could not speak");
  one.say(began.kind, 1, 20, finished.kind, 0, 0, null, 20);
  assertEquals([holder!.doomed, asks(one, cancel.kind)], [null, []]);
  const [silent] = watch.run(one, [{ timeoutMs: 1_500 }], 0);
  watch.states.set(100, "T");
  await watch.pass(3);
  watch.states.set(100, "R");
  await watch.pass(2);
  assertEquals([silent!.state, silent!.startedMs], ["running", 8_000], "it goes on and is silent");
});

Deno.test("vigil: after we were frozen ourselves, everyone gets a fresh start", async () => {
  const watch = new Watch();
  watch.add();
  const stopped = watch.add();
  watch.states.set(stopped.link.pid!, "T");
  await watch.pass(2);
  watch.clock.skip(60_000);
  watch.vigil.look();
  await watch.pass(4);
  assertEquals(watch.done, []);
  await watch.pass(1);
  assertEquals(watch.done, [
    "condemn 101: was stopped for 5 s",
    "condemn 100: was silent for 5000 ms",
  ]);
});

Deno.test("vigil: a job past its time is asked to end at that time, others are not", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [late, , later] = watch.run(one, [{ timeoutMs: 100 }, {}, { timeoutMs: 300 }]);
  await watch.clock.advance(99);
  assertEquals(asks(one, cancel.kind), []);
  await watch.clock.advance(1);
  assertEquals(asks(one, cancel.kind), [[cancel.kind, late!.slot, "timeout"]]);
  assertEquals([late!.doomed, later!.doomed], ["timedOut", null]);
  await watch.clock.advance(200);
  assertEquals(asks(one, cancel.kind).length, 2);
  for (const slot of [0, 1, 2]) one.say(finished.kind, slot, 2, null, 1);
  await watch.clock.advance(60_000);
  assertEquals(watch.done, []);
});

Deno.test("vigil: alone in its worker, a job that does not end when asked takes it down", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [job] = watch.run(one, [{ timeoutMs: 100 }]);
  await watch.clock.advance(5_099);
  assertEquals(watch.done, []);
  await watch.clock.advance(1);
  assertEquals(watch.done, ["condemn 100: job j1 did not end when asked: timeout"]);
  assertEquals(one.link.culprit, job);
});

Deno.test("vigil: among others, its worker is drained if its loop turns, condemned if not", async () => {
  const watch = new Watch();
  const turning = watch.add();
  const stuck = watch.add();
  for (const each of [turning, stuck]) watch.run(each, [{ timeoutMs: 100 }, {}]);
  const late = watch.add();
  watch.run(late, [{ timeoutMs: 100 }, {}]);
  await watch.clock.advance(4_000);
  for (const each of [turning, late]) each.say(pong.kind, 1);
  await watch.clock.advance(1_100);
  const because = "job j1 did not end when asked: timeout";
  const first = [`condemn 101: ${because}`, `drain 100: ${because}`, `drain 102: ${because}`];
  assertEquals(watch.done.toSorted(), first);
  await watch.clock.advance(500);
  turning.say(pong.kind, 1);
  await watch.clock.advance(500);
  assertEquals(watch.done.slice(3), [`condemn 102: ${because}`]);
});

Deno.test("vigil: a command's worker gets 2 s more, as it kills the command itself", async () => {
  const watch = new Watch();
  const one = watch.add(commandGrant);
  watch.run(one, [{ timeoutMs: 100 }]);
  await watch.clock.advance(7_099);
  assertEquals(watch.done, []);
  await watch.clock.advance(1);
  assertEquals(watch.done.length, 1);
});

Deno.test("vigil: a job that ended in its grace, or runs again elsewhere, has no consequence", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [ended, again] = watch.run(one, [{}, {}]);
  watch.vigil.asked(one.link, ended!, "cancelled");
  watch.vigil.asked(one.link, again!, "cancelled");
  one.say(finished.kind, ended!.slot, 2, null, 1);
  again!.attempt++;
  await watch.clock.advance(60_000);
  assertEquals([watch.done, one.link.culprit], [[], null]);
});

Deno.test("vigil: nobody pays for a job that can't end as another one holds the thread", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [, behind] = watch.run(one, [{}, {}], 1);
  behind!.doomed = "cancelled";
  watch.vigil.asked(one.link, behind!, "cancelled");
  await watch.clock.advance(60_000);
  assertEquals([watch.done, one.link.culprit], [[], null]);
  one.say(finished.kind, 0, 0, null, 1, began.kind, 1, 0);
  await watch.clock.advance(10_000);
  assertEquals(watch.done, ["condemn 100: job j2 did not end when asked: cancelled"]);
});

Deno.test("vigil: nothing is due after close", async () => {
  const watch = new Watch();
  watch.run(watch.add(), [{ timeoutMs: 100 }]);
  watch.vigil.close();
  await watch.clock.advance(10_000);
  assertEquals([watch.done, watch.clock.pending], [[], 0]);
});

Deno.test("vigil: threads of tasks that are locked in are looked for every 5 s", async () => {
  const watch = new Watch();
  const locked = { key: "t", kind: "task", flags: ["--deny-run"], config: null } as const;
  for (const grant of [locked, { ...locked, flags: ["--allow-all"] }, commandGrant]) {
    const { link } = watch.add(grant);
    watch.threads.set(link.pid!, 1);
  }
  await watch.pass(11);
  assertEquals(watch.threaded, [100, 100, 100]);
  watch.threads.clear();
  await watch.pass(10);
  assertEquals(watch.threaded.length, 3);
});
