/** Rates of keys: what jobs take in a period, who waits for it, and what a provider sees of it. */
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import type { Job } from "../actors/job.ts";
import { noteTook } from "../actors/turns/draw.ts";
import { usage } from "../actors/turns/usage.ts";
import { statusText } from "../cli/status.ts";
import type { KeyLimits } from "../messages/limits.ts";
import { crash } from "./queue_stage.ts";
import { rated } from "./rated.ts";
import { TurnsStage } from "./turns_stage.ts";
import { unseenHost } from "./unseen.ts";

const ids = (jobs: readonly Job[]) => jobs.map(({ id }) => id);

Deno.test("rates: what is told to wait makes all of its key wait so long, and nobody else", async () => {
  const stage = new TurnsStage({ "api:*": rated({ requests: "100/min" }) });
  for (let i = 0; i < 3; i++) stage.put({ key: "api:x", retries: 1, backoff: { baseMs: 0 } });
  const first = stage.take()!;
  stage.end(stage.out(first), "failed", { retryAfterMs: 5_000 });
  stage.put({ key: "api:y" });
  assertEquals(ids(stage.takeAll()), [4], "those that lay ready wait too");
  const why = stage.queue.gates.why(stage.jobs[1]!);
  assertEquals([why?.gate, why?.untilMs], ["rate", 5_000]);
  assertMatch(
    why!.because,
    /^Jobs with the key api:x were told to wait 5000 ms more \(limit api:\*\)$/,
  );
  await stage.clock.advance(4_999);
  assertEquals(stage.takeAll(), []);
  await stage.clock.advance(1);
  assertEquals(ids(stage.takeAll()).toSorted(), [1, 2, 3]);
});

Deno.test("rates: a job that waits for tokens is passed over, and called when they are there", async () => {
  const stage = new TurnsStage({ "api:*": rated({ tokens: "100/min" }) });
  const specs = [
    { key: "api:x", units: { tokens: 80 } },
    { key: "api:x", units: { tokens: 60 } },
    {},
    { key: "api:y", units: { tokens: 90 } },
    { key: "api:x" },
  ];
  for (const spec of specs) stage.put(spec);
  assertEquals([stage.jobs[1]!.state, stage.turns.parked, stage.lane.queued], ["blocked", 2, 3]);
  assertEquals(ids(stage.takeAll()), [1, 3, 4]);
  const why = stage.queue.gates.why(stage.jobs[1]!)!;
  assertEquals(
    why.because,
    "It needs 60 tokens, 20 of 100/min are free with the key api:x (limit api:*)",
  );
  assertAlmostEquals(why.untilMs!, 60_000, 1_000);
  assertEquals(stage.clock.pending, 1, "one timer, however many wait");
  await stage.clock.advance(59_900);
  assertEquals(stage.takeAll(), []);
  await stage.clock.advance(1_000);
  assertEquals(ids(stage.takeAll()), [2, 5]);
});

Deno.test("rates: what a job took really counts once it has ended", () => {
  const stage = new TurnsStage({ "api:*": rated({ tokens: "100/min" }) });
  const [first, second] = [80, 60].map((tokens) => stage.put({ key: "api:x", units: { tokens } }));
  assertEquals(stage.takeAll(), [first]);
  noteTook(first!, { tokens: 90, other: 5 });
  noteTook(first!, { tokens: 30 });
  stage.end(stage.out(first!));
  assertEquals(stage.takeAll(), [second], "70 are free");
  const third = stage.put({ key: "api:x", units: { tokens: 10 } });
  noteTook(second!, { tokens: 200 });
  assertEquals(stage.takeAll(), [third]);
  stage.end(stage.out(second!));
  assertEquals(usage(stage.turns, 0)[0]!.hottest[0]!.used, { tokens: 240 });
  stage.put({ key: "api:x", units: { tokens: 1 } });
  assertEquals(stage.takeAll(), [], "it took more than there was");
});

Deno.test("rates: what all keys of a limit took since the start is told, and never falls", () => {
  const limits = { "api:*": rated({ tokens: "100/min" }), "net:*": rated({ bytes: "9/s" }) };
  const stage = new TurnsStage(limits);
  const taken = (at = 0) => usage(stage.turns, 0)[at]!.rates!.map(({ taken }) => taken);
  const [first, second, third] = [80, 60, 50].map((tokens, i) =>
    stage.put({ key: `api:${"xyz"[i]}`, units: { tokens }, retries: 1, backoff: { baseMs: 0 } })
  );
  assertEquals(stage.takeAll(), [first, second, third]);
  assertEquals(taken(), [0], "what is reserved is not taken yet");
  noteTook(first!, { tokens: 30 });
  stage.end(stage.out(first!), "failed");
  assertEquals(taken(), [30]);
  noteTook(second!, { tokens: 70 });
  stage.end(stage.out(second!));
  stage.queue.gates.leave(stage.out(third!));
  assertEquals(taken(), [150], "of one that nobody knows more of, what it reserved");
  stage.turns.adopt({ ...limits, "api:*": rated({ tokens: "50/min", requests: "9/s" }) });
  assertEquals([taken(), taken(1)], [[150, 0], [0]], "a reload forgets nothing");
});

Deno.test("rates: nonsense about what was taken is not heeded", () => {
  const stage = new TurnsStage({ "api:*": rated({ tokens: "100/min" }) });
  const job = stage.put({ key: "api:x", units: { tokens: 80 } });
  noteTook(job, null);
  stage.take();
  for (
    const odd of [null, 5, "x", [1], { tokens: -5 }, { tokens: "9" }, { tokens: NaN }, { a: 1 }]
  ) {
    noteTook(job, odd);
  }
  stage.end(stage.out(job));
  assertEquals(usage(stage.turns, 0)[0]!.hottest[0]!.used, { tokens: 80 });
});

Deno.test("rates: what was not begun is given back, what may have been begun is not", () => {
  const stage = new TurnsStage({ "api:*": rated({ requests: "1/min" }) });
  const job = stage.put({ key: "api:x", onLoss: "retry" });
  const other = stage.put({ key: "api:x" });
  const sent = stage.lane.take()!;
  assertEquals([sent, stage.queue.gates.take(sent)], [job, true]);
  stage.queue.release([job]);
  assertEquals(stage.take(), job, "its worker has given it back");
  stage.queue.lose([stage.out(job)], null, "1.1", crash());
  assertEquals([stage.take(), job.state, other.state], [undefined, "blocked", "blocked"]);
});

Deno.test("rates: every request of all keys is needed: of the agent, and of the provider", async () => {
  const stage = new TurnsStage({
    "agent:*": rated({ requests: "10/min" }),
    "api:*": rated({ requests: "25/min" }),
  });
  for (let i = 0; i < 60; i++) stage.put({ keys: ["api:x", `agent:${i % 3}`] });
  const count = (jobs: readonly Job[]) =>
    [0, 1, 2].map((n) => jobs.filter(({ keys }) => keys!.includes(`agent:${n}`)).length);
  const first = count(stage.takeAll());
  assertEquals(first.reduce((sum, n) => sum + n), 25);
  assert(Math.max(...first) <= 10 && Math.min(...first) >= 5, `${first}`);
  await stage.clock.advance(61_000);
  assertEquals(count(stage.takeAll()).reduce((sum, n) => sum + n), 25);
});

Deno.test("rates: other ones hold at once when they change, also none, also for new units", async () => {
  const stage = new TurnsStage({ "api:*": rated({ requests: "2/min" }) });
  for (let i = 0; i < 30; i++) stage.put({ key: "api:x", units: { tokens: 10 } });
  assertEquals(stage.takeAll().length, 2);
  stage.turns.adopt({ "api:*": rated({ requests: "5/min" }) });
  assertEquals(stage.takeAll().length, 3);
  stage.turns.adopt({ "api:*": rated({ requests: "20/min", tokens: "100/min" }) });
  assertEquals(stage.takeAll().length, 10, "by tokens, of which nothing was counted before");
  stage.turns.adopt({ "api:*": rated({ requests: "10/min" }) });
  await stage.clock.advance(59_000);
  assertEquals(stage.takeAll(), []);
  stage.turns.adopt({});
  assertEquals(stage.takeAll().length, 15);
  for (const job of [...stage.running]) stage.end(stage.out(job));
  assertEquals([stage.queue.open.size, stage.turns.parked], [0, 0]);
});

Deno.test("rates: jobs that were accepted before there were rates keep to them", () => {
  const stage = new TurnsStage({});
  for (let i = 0; i < 10; i++) stage.put({ key: "api:x" });
  stage.turns.adopt({ "api:*": rated({ requests: "3/min" }) });
  assertEquals([stage.takeAll().length, stage.turns.parked], [3, 7]);
});

Deno.test("rates: a job that would take more than there ever is waits for all of it", async () => {
  const stage = new TurnsStage({ "api:*": rated({ tokens: "100/min" }) });
  stage.put({ key: "api:x", units: { tokens: 1 } });
  const huge = stage.put({ key: "api:x", units: { tokens: 5_000 } });
  assertEquals([stage.takeAll().length, huge.state], [1, "blocked"]);
  await stage.clock.advance(61_000);
  assertEquals(stage.takeAll(), [huge]);
});

Deno.test("rates: when a job ahead is cancelled, those behind it that need less go", () => {
  const stage = new TurnsStage({ "api:*": rated({ tokens: "100/min" }) });
  const [, large, small] = [60, 50, 30].map((tokens) =>
    stage.put({ key: "api:x", units: { tokens } })
  );
  assertEquals([stage.takeAll().length, small!.state], [1, "blocked"]);
  stage.queue.cancel(large!, "enough");
  assertEquals(stage.takeAll(), [small]);
});

Deno.test("rates: 100 MB at 10 MB/s take 10 s, in bursts of 1 MB", async () => {
  const stage = new TurnsStage({ "net:*": rated({ bytes: "10MB/s" }, 1_000_000) });
  for (let i = 0; i < 400; i++) stage.put({ key: "net:out", units: { bytes: 250_000 } });
  let most = 0;
  while (stage.queue.open.size > 0) {
    const jobs = stage.takeAll();
    most = Math.max(most, jobs.length);
    for (const job of jobs) stage.end(stage.out(job));
    await stage.clock.advance(5);
  }
  assertEquals(most, 4);
  assertAlmostEquals(stage.clock.nowMs(), 10_000, 500);
});

Deno.test("rates: what a running job took is free again a period after its begin, not its end", async () => {
  const stage = new TurnsStage({ "api:*": rated({ requests: "1/min" }) });
  stage.put({ key: "api:x" });
  const second = stage.put({ key: "api:x" });
  const first = stage.lane.take()!;
  stage.queue.gates.take(first);
  await stage.clock.advance(90_000);
  assertEquals([stage.take(), stage.queue.gates.why(second)?.untilMs], [undefined, null]);
  stage.turns.began(first);
  await stage.clock.advance(59_900);
  assertEquals(stage.take(), undefined);
  await stage.clock.advance(1_000);
  assertEquals(stage.take(), second);
});

Deno.test("rates: a restart forgets nothing that was taken more than a second before", async () => {
  const limits = { "api:*": rated({ requests: "5/min" }) };
  const before = new TurnsStage(limits);
  for (let i = 0; i < 4; i++) before.put({ key: "api:x" });
  for (let i = 0; i < 2; i++) before.put({ key: "api:y", retries: 1, backoff: { baseMs: 0 } });
  const [first] = before.takeAll();
  const resting = before.running.find(({ spec }) => spec.key === "api:y")!;
  before.end(before.out(resting), "failed", { retryAfterMs: 30_000 });
  before.end(before.out(first!));
  await before.clock.advance(1_000);
  const stored = new Map<string, unknown>();
  for await (const page of before.store.recover()) {
    if (page.type !== "snapshots") continue;
    for (const { actor, snapshot } of page.snapshots) stored.set(actor, snapshot);
  }
  // It was killed and is back nine seconds later.
  const after = new TurnsStage(limits);
  await after.clock.advance(10_000);
  for (let i = 0; i < 3; i++) after.put({ key: "api:x" });
  after.put({ key: "api:y" });
  after.queue.gates.restore(stored);
  assertEquals(ids(after.takeAll()), [1]);
  await after.clock.advance(21_000);
  assertEquals(ids(after.takeAll()), [4], "told to wait until then");
  await after.clock.advance(30_000);
  assertEquals(ids(after.takeAll()).length, 2);
  for (
    const odd of [null, 5, "x", [], { "api:z": 5 }, { "api:z": { units: { requests: [1, [2]] } } }]
  ) after.queue.gates.restore(new Map([["rates", odd]]));
});

Deno.test("rates: the status shows them beside the limits, with what was taken", () => {
  const limits: KeyLimits = { "api:*": { ...rated({ requests: "2/min" }), each: 50 } };
  const stage = new TurnsStage(limits);
  for (let i = 0; i < 5; i++) stage.put({ key: "api:x" });
  stage.takeAll();
  const limit = usage(stage.turns, 0)[0]!;
  assertEquals(limit.rates, [{ unit: "requests", rate: "2/min", burst: 2, taken: 0 }]);
  assertEquals(limit.hottest, [{ key: "api:x", running: 2, waiting: 3, used: { requests: 2 } }]);
  const { text } = { text: statusText({ ...frame, limits: [limit] } as never) };
  assertMatch(
    text,
    /\nlimit api:\* \(50 each, requests 2\/min\): api:x 3 waiting, 2 running, 2 requests\n/,
  );
});

const frame = {
  verdict: "idle",
  pending: 0,
  oldestWaitMs: 0,
  running: 0,
  size: 0,
  ended: {},
  failedLastMinute: 0,
  waitMs: { p50: null },
  runMs: { p50: null },
  host: unseenHost,
  pools: [],
  breakers: [],
  cache: { hitRatio: null },
  tasks: [],
};
