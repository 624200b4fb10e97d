/** Jobs with keys: how many run at once, in which order, and who is passed over. */
import { assert, assertEquals } from "@std/assert";
import type { Job } from "../actors/job.ts";
import { awaited } from "../actors/turns/awaited.ts";
import { usage } from "../actors/turns/usage.ts";
import type { KeyLimits } from "../messages/limits.ts";
import { jobOf } from "./orders.ts";
import { crash } from "./queue_stage.ts";
import { TurnsStage } from "./turns_stage.ts";

const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => id);

const limits: KeyLimits = {
  "project:*": { each: 1, keys: 5 },
  "agent:*": { each: 50, keys: null },
  "host:*": { each: 20, keys: null },
  "host:slow.example": { each: 2, keys: null },
};

Deno.test("turns: runs of one project never overlap, first come first served", () => {
  const stage = new TurnsStage(limits);
  for (let i = 0; i < 20; i++) stage.put({ projectId: "p" });
  for (let i = 1; i <= 20; i++) {
    assertEquals(ids(stage.takeAll()), [i]);
    stage.end(stage.out(stage.running[0]!));
  }
  assertEquals([stage.turns.parked, stage.queue.open.size], [0, 0]);
});

Deno.test("turns: a job whose key is taken is passed over, by jobs with and without keys", () => {
  const stage = new TurnsStage(limits);
  const specs = [{ key: "project:a" }, { key: "project:a" }, {}, { key: "project:b" }];
  for (const spec of specs) stage.put(spec);
  assertEquals([stage.lane.queued, stage.turns.parked], [3, 1]);
  assertEquals(ids(stage.takeAll()), [1, 3, 4]);
  assertEquals(stage.lane.queued, 0, "what lies in the lane can run");
});

Deno.test("turns: 20 projects, 5 at a time, each in its turn however many jobs one has", () => {
  const stage = new TurnsStage(limits);
  for (let i = 0; i < 10; i++) stage.put({ projectId: "greedy" });
  for (let n = 0; n < 20; n++) for (let i = 0; i < 2; i++) stage.put({ projectId: `p${n}` });
  const order: string[] = [];
  while (stage.queue.open.size > 0) {
    stage.takeAll();
    assertEquals(stage.running.length, Math.min(5, new Set(open(stage)).size));
    const job = stage.out(stage.running[0]!);
    order.push(job.spec.projectId!);
    stage.end(job);
  }
  assert(
    order.indexOf("greedy", 1) >= 20,
    `its second one was number ${order.indexOf("greedy", 1)}`,
  );
  const firsts = Array.from({ length: 20 }, (_, n) => order.indexOf(`p${n}`));
  assertEquals(firsts, firsts.toSorted((a, b) => a - b));
  assert(firsts.at(-1)! <= 21, `${firsts.at(-1)}`);
});

const open = ({ jobs }: TurnsStage) =>
  jobs.flatMap(({ outcome, spec }) => outcome ? [] : spec.projectId!);

Deno.test("turns: 3,000 jobs reach exactly the limits of agents and hosts, others go on", () => {
  const stage = new TurnsStage(limits);
  for (let i = 0; i < 1_000; i++) stage.put({ keys: ["agent:a", `host:h${i % 10}`] });
  for (let i = 0; i < 1_000; i++) stage.put({ key: `host:h${i % 10}` });
  for (let i = 0; i < 1_000; i++) stage.put({ key: `agent:b${i % 2}` });
  const most = new Map<string, number>();
  while (stage.queue.open.size > 0) {
    stage.takeAll();
    const now = new Map<string, number>();
    for (const { keys } of stage.running) {
      for (const key of keys!) now.set(key, (now.get(key) ?? 0) + 1);
    }
    for (const [key, count] of now) most.set(key, Math.max(most.get(key) ?? 0, count));
    for (const job of stage.running.slice(0, 60)) stage.end(stage.out(job));
  }
  assertEquals([most.get("agent:a"), most.get("agent:b0"), most.get("agent:b1")], [50, 50, 50]);
  assertEquals(Array.from({ length: 10 }, (_, n) => most.get(`host:h${n}`)), Array(10).fill(20));
  assertEquals([stage.turns.parked, stage.ended.length], [0, 3_000]);
});

Deno.test("turns: a better class goes first, also before what lies ready", () => {
  const stage = new TurnsStage({ "k:*": { each: 1, keys: null } });
  stage.put({ key: "k:a", priority: "low" });
  stage.put({ key: "k:a" });
  stage.put({ key: "k:a", priority: "high" });
  stage.put({ key: "k:a", priority: "high" });
  const order: number[] = [];
  for (let job = stage.take(); job; job = stage.take()) {
    order.push(job.id);
    assertEquals(stage.takeAll(), []);
    stage.end(stage.out(job));
  }
  assertEquals(order, [3, 4, 2, 1]);
});

Deno.test("turns: the most specific pattern holds; what none fits is not limited", () => {
  const stage = new TurnsStage(limits);
  for (let i = 0; i < 5; i++) stage.put({ key: "host:slow.example" });
  for (let i = 0; i < 100; i++) stage.put({ key: "other:x" });
  const taken = stage.takeAll();
  assertEquals(taken.filter(({ spec }) => spec.key === "host:slow.example").length, 2);
  assertEquals(taken.length, 102);
});

Deno.test("turns: a worker that gives back or dies, a retry and a cancel give keys back once", async () => {
  const stage = new TurnsStage(limits);
  const first = stage.put({ key: "project:a", retries: 1 });
  const second = stage.put({ key: "project:a" });
  const third = stage.put({ key: "project:a" });
  // Given back: it goes first again, and nobody else got its key meanwhile.
  stage.queue.release([stage.out(stage.take()!)]);
  assertEquals(stage.takeAll(), [first]);
  // Its worker dies.
  stage.queue.lose([stage.out(first)], null, "1.1", crash());
  assertEquals(stage.takeAll(), [first]);
  // It waits for its next attempt: others go on.
  stage.end(stage.out(first), "failed");
  assertEquals(stage.takeAll(), [second]);
  await stage.clock.advance(60_000);
  assertEquals([first.state, stage.takeAll()], ["blocked", []]);
  stage.queue.cancel(third, "because");
  stage.end(stage.out(second));
  assertEquals(stage.takeAll(), [first]);
  stage.end(stage.out(first));
  assertEquals([stage.queue.open.size, stage.turns.parked], [0, 0]);
});

Deno.test("turns: what waits for its key expires, and is cancelled, like any other", async () => {
  const stage = new TurnsStage(limits);
  stage.put({ key: "project:a" });
  stage.takeAll();
  const late = stage.put({ key: "project:a", queueTimeoutMs: 100 });
  const doomed = stage.put({ key: "project:a" });
  const last = stage.put({ key: "project:a" });
  stage.queue.cancel(doomed, "because");
  await stage.clock.advance(100);
  assertEquals([late.outcome?.type, doomed.outcome?.type], ["expired", "cancelled"]);
  stage.end(stage.out(stage.running[0]!));
  assertEquals(stage.takeAll(), [last]);
});

Deno.test("turns: limits that change hold at once, for what waits too", () => {
  const stage = new TurnsStage({ "k:*": { each: 1, keys: 1 } });
  for (let i = 0; i < 12; i++) stage.put({ key: `k:${i % 2}` });
  assertEquals(stage.takeAll().length, 1);
  stage.turns.adopt({ "k:*": { each: 2, keys: null } });
  assertEquals(stage.takeAll().length, 3);
  stage.turns.adopt({ "k:*": { each: 1, keys: 1 } });
  for (let left = 4; left > 1; left--) {
    stage.end(stage.out(stage.running[0]!));
    assertEquals(stage.takeAll(), []);
  }
  stage.end(stage.out(stage.running[0]!));
  assertEquals(stage.takeAll().length, 1);
  stage.turns.adopt({});
  assertEquals(stage.takeAll().length, 7);
});

Deno.test("turns: show what jobs wait for", () => {
  const stage = new TurnsStage({ "k:*": { each: 2, keys: 1 }, "l:*": { each: 1, keys: null } });
  for (let i = 0; i < 4; i++) stage.put({ key: "k:a" });
  stage.takeAll();
  const other = stage.put({ key: "k:b" });
  const fourth = stage.jobs[3]!;
  assertEquals(awaited(fourth, 0), {
    gate: "key",
    because: "2 of at most 2 jobs with the key k:a run (limit k:*)",
    ahead: 1,
    untilMs: null,
  });
  assertEquals(awaited(other, 0), {
    gate: "key",
    because: "1 of at most 1 keys are in use, k:b is not (limit k:*)",
    ahead: 0,
    untilMs: null,
  });
  const [k, l] = usage(stage.turns, 0);
  assertEquals(k, {
    pattern: "k:*",
    each: 2,
    keys: 1,
    running: 2,
    active: 1,
    hottest: [{ key: "k:a", running: 2, waiting: 2 }, { key: "k:b", running: 0, waiting: 1 }],
  });
  assertEquals(l?.hottest, []);
});

Deno.test("turns: keys that nobody has any more are forgotten", () => {
  const stage = new TurnsStage(limits);
  for (let i = 0; i < 20_000; i++) {
    stage.put({ keys: [`agent:${i}`, `host:${i}`] });
    for (const job of stage.takeAll()) stage.end(stage.out(job));
  }
  assert(stage.turns.known.keys.size < 5_000, `${stage.turns.known.keys.size} keys`);
  assert(stage.turns.known.bunches.size < 5_000, `${stage.turns.known.bunches.size} sets of keys`);
});

Deno.test("turns: what is cancelled while it waits leaves nothing behind", () => {
  const stage = new TurnsStage({ "k:*": { each: 1, keys: 1 } });
  stage.put({ key: "k:a" });
  stage.takeAll();
  for (let i = 0; i < 20_000; i++) {
    const key = `k:${i % 3}`;
    const priority = i % 2 ? "high" : "low";
    stage.queue.cancel(stage.put({ key, priority }), "because");
  }
  const keys = [...stage.turns.known.keys.values()];
  const waiting = keys[0]!.rule.waiting.size;
  assert(waiting < 1_000, `${waiting} applicants`);
  assertEquals([stage.turns.parked, stage.queue.open.size], [0, 1]);
});

Deno.test("turns: after a restart keys are counted anew, of what is open alone", () => {
  const before = new TurnsStage(limits);
  for (let i = 0; i < 6; i++) before.put({ key: "project:a" });
  before.end(before.out(before.take()!));
  before.take();
  const after = new TurnsStage(limits);
  after.queue.restore(
    [2, 3, 4, 5, 6].map((id) => jobOf(id, { key: "project:a" }, { keys: ["project:a"] })),
  );
  for (let id = 2; id <= 6; id++) {
    assertEquals(ids(after.takeAll()), [id]);
    after.end(after.out(after.running[0]!));
  }
  assertEquals(ids(after.takeAll()), []);
});

Deno.test("turns: a key that is paused keeps its place until its jobs have ended, then gives it up", () => {
  const stage = new TurnsStage({ "operation:*": { each: 5, keys: 1 } });
  const [one, , other] = ["a", "a", "b"].map((name) => stage.put({ key: `operation:${name}` }));
  assertEquals(ids(stage.takeAll()), [1, 2]);
  stage.turns.pause("operation:a", true);
  stage.put({ key: "operation:a" });
  assertEquals(ids(stage.takeAll()), [], "a's jobs run, and only one key may be in use");
  stage.end(stage.out(stage.running[1]!));
  assertEquals(stage.takeAll(), []);
  stage.end(stage.out(one!));
  assertEquals(ids(stage.takeAll()), [3], "a waits and is in nobody's way");
  stage.turns.pause("operation:a", false);
  assertEquals(stage.takeAll(), [], "b has the place now");
  stage.end(stage.out(other!));
  assertEquals(ids(stage.takeAll()), [4]);
});

Deno.test("turns: a key that is paused with jobs in their lane makes room for the next", () => {
  const stage = new TurnsStage({ "operation:*": { each: 5, keys: 1 } });
  for (const name of ["a", "b"]) stage.put({ key: `operation:${name}` });
  assertEquals(stage.turns.parked, 1);
  stage.turns.pause("operation:a", true);
  assertEquals(ids(stage.takeAll()), [2]);
  stage.turns.pause("operation:a", false);
  stage.end(stage.out(stage.running[0]!));
  assertEquals(ids(stage.takeAll()), [1]);
});
