/** Breakers of operations and hosts: when they open, whom they hold. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { breakerRules } from "../actors/circuits/rules.ts";
import { shown } from "../actors/circuits/shown.ts";
import { composeConfig } from "../actors/config.ts";
import { Refusal } from "../actors/refusal.ts";
import { CircuitsStage } from "./circuits_stage.ts";
import { crash } from "./queue_stage.ts";

const open = "open";
const ready = { halfOpen: "ready" };
const probing = { halfOpen: "probing" };

Deno.test("circuits: jobs of an operation that mostly fails wait, and one is tried", async () => {
  const stage = new CircuitsStage();
  await stage.run(2, "done");
  assertEquals(stage.value(), null, "no breaker before the first failure");
  await stage.run(3, "failed");
  assertEquals(stage.value(), "closed");
  await stage.run(1, "failed");
  assertEquals(stage.value(), open);
  const [one, two, three] = stage.many(3);
  assertEquals([stage.take(), one!.state, stage.circuits.held], [undefined, "blocked", 3]);
  const why = stage.queue.gates.why(two!)!;
  assertEquals([why.gate, why.ahead, why.untilMs], ["breaker", 1, stage.clock.nowMs() + 29_970]);
  assertEquals(
    why.because,
    "The breaker of operation:t is open: 4 of 4 attempts failed; one is tried in 30.0 s",
  );
  await stage.clock.advance(29_969);
  assertEquals(stage.take(), undefined);
  await stage.clock.advance(1);
  assertEquals([stage.take(), stage.take(), stage.value()], [one, undefined, probing]);
  assertMatch(
    stage.queue.gates.why(two!)!.because,
    /is half open: it waits for j7, which is tried/,
  );
  await stage.clock.advance(3_600_000);
  assertEquals(stage.take(), undefined, "however long it takes");
  stage.end(one!);
  assertEquals([stage.take(), stage.take(), stage.value()], [two, three, "closed"]);
  assertEquals(stage.circuits.held, 0);
  const alerts = stage.facts.flatMap((fact) => fact.type === "alert" ? fact.code : []);
  assertEquals(alerts, ["circuit_open", "circuit_closed"]);
});

Deno.test("circuits: a failed probe doubles the wait, one that comes back is followed by another", async () => {
  const stage = new CircuitsStage();
  await stage.run(4, "failed");
  const [one, two, three] = stage.many(3);
  await stage.clock.advance(30_000);
  assertEquals(stage.take(), one);
  stage.end(one!, "failed");
  assertEquals(stage.value(), open);
  await stage.clock.advance(59_999);
  assertEquals(stage.value(), open);
  await stage.clock.advance(1);
  assertEquals(stage.take(), two);
  stage.queue.cancel(two!, "enough", true);
  assertEquals([stage.value(), stage.take()], [probing, three], "two has said nothing");
  stage.queue.lose([three!], null, "1.1", crash());
  assertEquals([stage.value(), stage.take()], [probing, three], "it is still the one");
  stage.end(three!, "invalid");
  assertEquals(stage.value(), ready, "what it was asked was wrong: that is no answer either");
});

Deno.test("circuits: what lies in a lane or comes back from a worker waits too", async () => {
  const stage = new CircuitsStage();
  const jobs = stage.many(6);
  const taken = [stage.take()!, stage.take()!, stage.take()!, stage.take()!, stage.send()!];
  for (const job of taken.slice(0, 4)) stage.end(job, "failed");
  await stage.clock.advance(50);
  assertEquals([stage.value(), stage.take(), stage.circuits.held], [open, undefined, 1]);
  stage.queue.release([taken[4]!]);
  assertEquals([taken[4]!.state, stage.circuits.held, stage.queue.queued], ["blocked", 2, 0]);
  await stage.clock.advance(30_000);
  assertEquals(stage.take(), jobs[4], "who came first is tried first");
});

Deno.test("circuits: what ends late, of calls made before, is no answer", async () => {
  const stage = new CircuitsStage();
  stage.many(10);
  const taken = Array.from({ length: 10 }, () => stage.take()!);
  for (const job of taken.slice(0, 4)) stage.end(job, "failed");
  await stage.clock.advance(50);
  for (const job of taken.slice(4, 7)) stage.end(job);
  await stage.clock.advance(50);
  assertEquals(stage.value(), open);
  await stage.clock.advance(30_000);
  const probe = stage.put();
  assertEquals(stage.take(), probe);
  for (const job of taken.slice(7)) stage.end(job);
  await stage.clock.advance(50);
  assertEquals(stage.value(), probing);
});

Deno.test("circuits: a host holds its jobs whatever their operation, others go on", async () => {
  const stage = new CircuitsStage({ jobs: "none" });
  await stage.run(20, "failed", { keys: ["host:a", "agent:x"] });
  assertEquals([stage.value("host:a"), stage.value("agent:x"), stage.value()], [open, null, null]);
  const [held, other] = [stage.put({ key: "host:a" }), stage.put({ key: "host:b" })];
  const both = stage.put({ keys: ["host:a", "host:b"] });
  assertEquals([stage.take(), stage.take()], [other, undefined]);
  stage.end(other, "failed");
  await stage.run(19, "failed", { key: "host:b" });
  assertEquals(stage.value("host:b"), open);
  await stage.clock.advance(29_960);
  assertEquals([stage.take(), stage.value("host:a")], [held, probing]);
  stage.end(held);
  assertEquals([stage.value("host:a"), both.state], ["closed", "blocked"], "b is open still");
  await stage.clock.advance(1_000);
  assertEquals([stage.take(), stage.value("host:b")], [both, probing]);
  stage.end(both);
  assertEquals([stage.value("host:b"), stage.circuits.held], ["closed", 0]);
});

Deno.test("circuits: slow calls open one, and a slow probe keeps it open", async () => {
  const stage = new CircuitsStage({ slowMs: 0.5, slowRatio: 1 }); // Jobs of the stage take 1 ms.
  await stage.run(3, "done");
  assertEquals(stage.value(), "closed");
  await stage.run(1, "done");
  assertEquals(stage.value(), open);
  const probe = stage.put();
  assertMatch(stage.queue.gates.why(probe)!.because, /4 of 4 attempts took too long/);
  await stage.clock.advance(30_000);
  stage.end(stage.take()!);
  assertEquals(stage.value(), open);
});

Deno.test("circuits: by default those of an operation concern what may be tried again", async () => {
  const stage = new CircuitsStage();
  stage.circuits.adopt({});
  await stage.run(40, "failed");
  assertEquals(stage.value(), null, "nobody asked for another attempt");
  const spec = { retries: 1, backoff: { baseMs: 1e6 } };
  await stage.run(20, "failed", spec);
  assertEquals(stage.value(), open);
  assertEquals([stage.put(spec).state, stage.put().state], ["blocked", "waiting"]);
  assertEquals(stage.add({}, {}).gates, null, "others meet no gate");
  const waited = stage.queue.submitOne({ ...stage.put(spec), ended: null, retries: 1 });
  assertEquals(waited.state, "waiting", "nor do those that a caller waits for");
});

Deno.test("circuits: what is the job's own fault, or ours, says nothing", async () => {
  const stage = new CircuitsStage();
  await stage.run(30, "invalid");
  assertEquals(stage.circuits.all.size, 0);
  await stage.run(4, "timedOut");
  assertEquals(stage.value(), open);
});

Deno.test("circuits: who is held expires and is cancelled like any other, and leaves nothing", async () => {
  const stage = new CircuitsStage();
  await stage.run(4, "failed");
  const [late, cancelled, kept] = [stage.put({ queueTimeoutMs: 100 }), stage.put(), stage.put()];
  stage.queue.cancel(cancelled!, "enough");
  await stage.clock.advance(200);
  assertEquals([late!.state, cancelled!.state, stage.circuits.held], ["expired", "cancelled", 1]);
  for (const job of stage.many(3_000)) stage.queue.cancel(job, "enough");
  assertEquals([stage.circuits.held, stage.queue.open.size], [1, 1]);
  await stage.clock.advance(30_000);
  assertEquals(stage.take(), kept);
});

Deno.test("circuits: one that closes lets thousands go, in their order", async () => {
  const stage = new CircuitsStage();
  await stage.run(4, "failed");
  const jobs = stage.many(3_500);
  await stage.clock.advance(30_000);
  stage.end(stage.take()!);
  await stage.clock.advance(10);
  assertEquals([stage.circuits.held, stage.queue.queued], [0, 3_499]);
  for (const job of jobs.slice(1)) assertEquals(stage.take(), job);
});

Deno.test("circuits: off, or by other rules, they let go whom they held", async () => {
  const stage = new CircuitsStage();
  await stage.run(4, "failed");
  const job = stage.put();
  stage.circuits.adopt({ "operation:t": breakerRules.parse({ volumeMin: 4 }) });
  assertEquals(job.state, "blocked", "the same rules change nothing");
  stage.circuits.adopt({ "operation:*": breakerRules.parse({ jobs: "none" }) });
  assertEquals([stage.take(), stage.circuits.all.size], [job, 0]);
  assertEquals(stage.stored, {});
  stage.end(job, "failed");
  await stage.run(40, "failed");
  assertEquals(stage.circuits.all.size, 0);
});

Deno.test("circuits: there are few, and quiet ones are forgotten", async () => {
  const stage = new CircuitsStage({ jobs: "none" });
  for (let i = 0; i < 600; i++) await stage.run(1, "failed", { key: `host:h${i}` });
  assert(stage.circuits.all.size <= 512, `${stage.circuits.all.size}`);
  assert(stage.circuits.all.has("host:h599"), "the latest one has taken the place of an old one");
  await stage.clock.advance(200_000);
  assertEquals([stage.circuits.all.size, stage.clock.pending], [0, 0]);
});

Deno.test("circuits: one whose machine fails again and again is gone, with what it held", async () => {
  const stage = new CircuitsStage();
  await stage.run(4, "failed");
  const job = stage.put();
  const id = "breaker.operation:t";
  const broken = {
    type: "elapsed",
    timer: "open",
    get nowMs(): number {
      throw new Error("broken");
    },
  };
  for (let times = 1; times <= 4; times++) {
    assertEquals([stage.value(), job.state], [open, "blocked"], "it goes on where it was");
    stage.supervisor.send(id, broken);
    await stage.clock.advance(0);
  }
  assertEquals([stage.value(), stage.take()], [null, job]);
});

Deno.test("circuits: machines hear of thousands of ends in a few messages", async () => {
  const stage = new CircuitsStage({ failureRatio: 0.9 });
  await stage.run(1, "failed");
  const before = stage.events;
  for (const job of stage.many(10_000)) {
    assertEquals(stage.take(), job);
    stage.end(job, job.id % 2 ? "failed" : "done");
  }
  await stage.clock.advance(50);
  assertEquals([stage.events - before, stage.value()], [2, "closed"]);
  const { ended, failed } = stage.circuits.all.get("operation:t")!.snapshot!.context;
  assertEquals([ended, failed], [10_001, 5_001]);
});

Deno.test("circuits: are shown while they are not closed", async () => {
  const stage = new CircuitsStage();
  await stage.run(4, "failed");
  stage.many(2);
  const at = stage.clock.wallMs();
  const sinceWallMs = at - stage.clock.nowMs();
  const until = new Date(at + 29_970).toISOString();
  assertEquals(shown(stage.circuits, sinceWallMs), [
    { name: "operation:t", state: "open", held: 2, until },
  ]);
  await stage.clock.advance(30_000);
  assertEquals(shown(stage.circuits, sinceWallMs), [
    { name: "operation:t", state: "halfOpen", held: 1, until: null },
  ]);
  stage.end(stage.take()!);
  assertEquals(shown(stage.circuits, sinceWallMs), []);
});

Deno.test("circuits: are configured by what they are for", () => {
  const compose = (breakers: unknown) =>
    composeConfig([{ name: "test", values: { breakers } }]).breakers;
  const { jobs, openMs, failureRatio, slowMs, volumeMin } = compose({
    "operation:fetch-*": { openMs: "10s", failureRatio: "80%", slowMs: "2s" },
  })["operation:fetch-*"]!;
  assertEquals([jobs, openMs, failureRatio, slowMs, volumeMin], ["all", 10_000, 0.8, 2_000, 20]);
  const refused: readonly [unknown, RegExp][] = [
    [{ fetch: {} }, /breakers\.fetch: expected operation:NAME or host:NAME/],
    [{ "host:*": { jobs: "some" } }, /breakers\.host:\*\.jobs: expected one of none, retried, all/],
    [{ "host:*": { volume: 1 } }, /unknown key; did you mean breakers\.host:\*\.volumeMin/],
    [{ "host:*": { failureRatio: 0 } }, /failureRatio: expected > ?0|failureRatio: expected/],
  ];
  for (const [breakers, message] of refused) {
    assertMatch(assertThrows(() => compose(breakers), Refusal).message, message);
  }
});

Deno.test("circuits: a job that comes back and is held gives back the keys that it had", async () => {
  const stage = new CircuitsStage();
  stage.queue.gates.turns.adopt({ "k:*": { each: 1, keys: null } });
  const begun = stage.put({ key: "k:a" });
  assertEquals(stage.take(), begun);
  const other = stage.put({ operation: "other", key: "k:a" });
  await stage.run(4, "failed");
  assertEquals([stage.value(), stage.take()], [open, undefined]);
  stage.queue.lose([begun], null, "1.1", crash());
  assertEquals([stage.queue.gates.why(begun)?.gate, stage.take()], ["breaker", other]);
  stage.end(other, "done");
  await stage.clock.advance(30_000);
  assertEquals([stage.take(), stage.value()], [begun, probing]);
});
