/** Whose time runs, who is to blame when it is over, and signs of progress. */
import { assert, assertEquals } from "@std/assert";
import { messages } from "../messages/wire.ts";
import { asks, Watch } from "./vigil_stage.ts";

const { began, begins, finished, output, pong, ping, progress, cancel } = messages;

Deno.test("time limits: who computes on may hold its thread, whatever waits behind it", async () => {
  for (const timeoutMs of [2_000, 70_000]) {
    const watch = new Watch();
    const one = watch.add();
    const [, next] = watch.run(one, [{}, { timeoutMs }], 1);
    await watch.pass(600);
    assertEquals([watch.done, next!.state], [[], "waiting"], "it would have been announced");
    one.say(began.kind, 1, 0.1);
    assertEquals(next!.startedMs, 600_000, "its time begins when it does");
  }
});

Deno.test("time limits: what was announced is begun, and is to blame past its time", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [goes, quick, hog] = watch.run(one, [{}, { timeoutMs: 500 }, { timeoutMs: 2_000 }], 1);
  one.say(begins.kind, 1);
  one.say(begins.kind, 1, finished.kind, quick!.slot, 0, null, 1);
  await watch.pass(6);
  assertEquals([watch.done, asks(one, cancel.kind)], [[], [[cancel.kind, hog!.slot, "timeout"]]]);
  await watch.pass(2);
  assertEquals(watch.done.at(-1), "condemn 100: job j3 did not end when asked: timeout");
  assertEquals([one.link.culprit, goes!.doomed, quick!.doomed], [hog, null, null]);
});

Deno.test("time limits: a report counts again what was announced or presumed", async () => {
  const watch = new Watch();
  const one = watch.add();
  const jobs = watch.run(one, [{}, {}, { timeoutMs: 9_000 }, {}], 0);
  await watch.pass(2);
  assertEquals(jobs.map(({ state }) => state), ["running", "waiting", "waiting", "waiting"]);
  one.say(begins.kind, 3);
  assertEquals(one.link.running, 3, "the presumed one is the first of those");
  one.say(began.kind, 4, 2_000);
  assertEquals([one.link.running, one.link.unbegun], [4, 0]);
  one.say(begins.kind, 1);
  assertEquals(watch.done, [], "gossip about jobs that are not there is garbage for the link");
});

Deno.test("time limits: a job alone in its worker that gives no sign in its time is asked to end", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [job] = watch.run(one, [{ progressTimeoutMs: 3_000 }]);
  await watch.clock.advance(2_000);
  one.say(progress.kind, 0, 0.5);
  await watch.clock.advance(2_500);
  one.say(output.kind, 0, 1, "a line");
  await watch.clock.advance(2_999);
  assertEquals(asks(one, cancel.kind), []);
  await watch.clock.advance(1);
  assertEquals(asks(one, cancel.kind), [[cancel.kind, 0, "no progress"]]);
  assertEquals(job!.doomed, "stalled");
  await watch.clock.advance(5_000);
  assertEquals(watch.done, ["condemn 100: job j1 did not end when asked: no progress"]);
});

Deno.test("time limits: among others, a silent job is blamed only if the thread was free for it", async () => {
  for (const turns of [true, false]) {
    const watch = new Watch();
    const one = watch.add();
    const [job] = watch.run(one, [{ progressTimeoutMs: 3_000 }, {}]);
    await watch.clock.advance(3_000);
    assertEquals([asks(one, ping.kind).length, asks(one, cancel.kind)], [1, []]);
    if (turns) one.say(pong.kind, 1);
    await watch.clock.advance(1_000);
    assertEquals(job!.doomed, turns ? "stalled" : null);
    const because = "condemn 100: held its thread while job j1 was due";
    assertEquals(watch.done, turns ? [] : [because]);
    assertEquals(one.link.culprit, null);
  }
});

Deno.test("time limits: signs are awaited from each attempt anew, and not after the end", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [job] = watch.run(one, [{ progressTimeoutMs: 3_000 }]);
  await watch.clock.advance(1_000);
  one.say(finished.kind, 0, 1, null, 1);
  job!.attempt++;
  one.link.send(job!, watch.clock.nowMs());
  one.say(began.kind, 1, 0);
  await watch.clock.advance(2_999);
  assertEquals(job!.doomed, null);
  await watch.clock.advance(1);
  assertEquals(job!.doomed, "stalled");
});

Deno.test("time limits: a time that ran out while we were frozen is looked at after what was said", async () => {
  const watch = new Watch();
  const one = watch.add();
  const [ended, late] = watch.run(one, [{ timeoutMs: 5_000 }, { timeoutMs: 5_000 }]);
  watch.clock.skip(60_000);
  await watch.clock.advance(0);
  assertEquals([ended!.doomed, late!.doomed], [null, null]);
  one.say(finished.kind, 0, 0, null, 1);
  await watch.clock.advance(1_000);
  assertEquals([ended!.doomed, late!.doomed], [null, "timedOut"]);
});

Deno.test("time limits: of many workers one deadline at a time is waited for", async () => {
  const watch = new Watch();
  let looks = 0;
  const { map } = watch.puppets;
  watch.puppets.map = ((fn: never) => (looks++, map.call(watch.puppets, fn))) as never;
  // The later a worker is looked at, the sooner its job is due.
  const jobs = Array.from({ length: 16 }, (_, i) => {
    const sooner = { timeoutMs: 10_000 - 100 * i };
    return watch.run(watch.add(), [sooner, { timeoutMs: 20_000 - 100 * i }])[0]!;
  });
  await watch.clock.advance(9_000);
  assertEquals(jobs.filter(({ doomed }) => doomed === "timedOut").length, 6);
  await watch.clock.advance(1_000);
  assertEquals(jobs.every(({ doomed }) => doomed === "timedOut"), true);
  assert(looks <= 2 * jobs.length, `${looks} looks at all workers`);
});
