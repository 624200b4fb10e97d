/** Time limits that are learnt: of which jobs, over restarts, and what is said of them. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { breakerRules } from "../actors/circuits/rules.ts";
import { composeConfig } from "../actors/config.ts";
import { type Job, viewJob } from "../actors/job.ts";
import { Refusal } from "../actors/refusal.ts";
import { Timeouts } from "../actors/timeouts.ts";
import { whyWaits } from "../actors/why.ts";
import type { JobSpec } from "../messages/job.ts";
import { live } from "./live.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf, orderOf } from "./orders.ts";
import { type StageOptions, SystemStage } from "./system_stage.ts";

/** What a configuration says with `operations`, each with a `learntTimeout`. */
const configOf = (learnt: Readonly<Record<string, unknown>>, jobs: unknown = {}) =>
  composeConfig([{
    name: "test",
    values: {
      jobs,
      operations: Object.fromEntries(
        Object.entries(learnt).map(([name, learntTimeout]) => [name, { learntTimeout }]),
      ),
    },
  }]);

/** A system whose jobs take as long as `needsMs` says when they are sent. */
class Stage {
  needsMs = 100;
  readonly stage: SystemStage;
  readonly jobs: Job[] = [];

  constructor(
    rules: unknown = { p99Times: 3, minMs: 10 },
    options: StageOptions = {},
  ) {
    this.stage = new SystemStage({ max: 8, part: { jobMs: () => this.needsMs }, ...options });
    this.system.stowage.timeouts.adopt(configOf({ t: rules }));
    this.system.queue.gates.circuits.adopt({ "*": breakerRules.parse({ jobs: "none" }) });
  }

  get system() {
    return this.stage.system;
  }

  submit(count: number, spec: JobSpec = {}): readonly Job[] {
    const order = orderOf(spec, { timeoutMs: spec.timeoutMs ?? 3_600_000 });
    const jobs = this.system.queue.submit(Array.from({ length: count }, () => order));
    this.jobs.push(...jobs);
    return jobs;
  }

  /** Submits `count` jobs and lets `ms` pass. */
  async play(count: number, ms: number, spec: JobSpec = {}): Promise<readonly Job[]> {
    const jobs = this.submit(count, spec);
    await this.stage.clock.advance(ms);
    return jobs;
  }
}

const endings = (jobs: readonly Job[]) => jobs.map(({ outcome }) => outcome?.type ?? "open");
const countOf = (jobs: readonly Job[], type: string) =>
  endings(jobs).filter((ending) => ending === type).length;

Deno.test("timeouts: of many that run at once when they become slower, few are ended", async () => {
  for (const [slower, most] of [[2, 0], [7, 3], [11, 5]] as const) {
    const play = new Stage();
    await play.play(60, 3_000);
    play.needsMs = slower * 100;
    const jobs = await play.play(60, 10_000);
    assert(countOf(jobs, "timedOut") <= most, endings(jobs).join());
    assertEquals(countOf(jobs, "timedOut") + countOf(jobs, "done"), 60);
    assertEquals(countOf(await play.play(60, 10_000), "done"), 60, "it has followed");
    await play.system.stop();
  }
});

Deno.test("timeouts: what hangs is ended, one may go on, and when that is done more may", async () => {
  const play = new Stage();
  await play.play(60, 3_000);
  play.needsMs = 20_000;
  const jobs = await play.play(60, 12_000);
  assertEquals([countOf(jobs, "timedOut"), countOf(jobs, "open")], [59, 1]);
  await play.stage.clock.advance(15_000);
  assertEquals(countOf(jobs, "done"), 1, "it was slow, not hung");
  let ended = 0;
  for (let round = 0; round < 8; round++) ended = countOf(await play.play(5, 25_000), "timedOut");
  assertEquals(ended, 0, "which is learnt after some rounds");
  await play.system.stop();
});

Deno.test("timeouts: retries of what hangs are 10 % of the load and 10 besides", async () => {
  const play = new Stage();
  await play.play(60, 3_000);
  play.needsMs = 1e9;
  const backoff = { baseMs: 1, maxMs: 1 };
  const jobs = await play.play(120, 30_000, { retries: 5, backoff });
  const attempts = jobs.reduce((sum, { attempt }) => sum + attempt, 0);
  assert(attempts > 120 && attempts <= 120 + 12 + 10, `${attempts} attempts`);
  const cut = jobs.filter(({ outcome }) => outcome?.code === "retry_budget");
  assertEquals([cut.length, countOf(jobs, "open")], [119, 1], "all but the one that may go on");
  assertMatch(
    cut[0]!.outcome!.message!,
    /^Ran longer than \d+ ms, learnt of \d+ attempts of t: 3 times .* \(not tried again: .* retries of t/,
  );
  await play.system.stop();
});

Deno.test("timeouts: are never more than was configured, and none for who says so himself", async () => {
  const play = new Stage();
  await play.play(60, 3_000);
  const [own] = await play.play(1, 500, { timeoutMs: 900_000 });
  const waited = play.system.queue.submitOne(orderOf());
  const short = play.system.queue.submitOne(orderOf({}, { timeoutMs: 200 }));
  const [other] = await play.play(1, 500, { operation: "other" });
  const [learnt] = await play.play(1, 500);
  const limits = [own, waited, short, other, learnt].map((job) => job!.timeoutMs);
  assertEquals(limits, [900_000, 0, 200, 3_600_000, 300]);
  assertEquals(short.allowance!.words, null);
  await play.system.stop();
});

Deno.test("timeouts: the job, why and its ending tell what was learnt from what", async () => {
  const play = new Stage();
  await play.play(60, 3_000);
  play.needsMs = 1e9;
  const [job] = await play.play(1, 250);
  const view = viewJob(job!, 0);
  assertEquals([view.state, view.learntTimeoutMs], ["running", 300]);
  const words = "300 ms, learnt of 60 attempts of t: 3 times the 99th percentile (100 ms)";
  assertEquals(whyWaits(play.system, view).because, `It runs, and may take ${words}`);
  await play.stage.clock.advance(1_000);
  const { type, category, code, message } = job!.outcome!;
  assertEquals([type, category, code], ["timedOut", "timeout", "run_timeout"]);
  assertEquals(message, `Ran longer than ${words}`);
  assertEquals(viewJob(job!, 0).learntTimeoutMs, undefined);
  await play.system.stop();
});

Deno.test("timeouts: rules change at once, also for jobs that run", async () => {
  const play = new Stage();
  const { timeouts } = play.system.stowage;
  await play.play(60, 3_000);
  play.needsMs = 800;
  const slow = await play.play(1, 200);
  timeouts.adopt(configOf({ "t*": { p99Times: 20, minMs: 1 } }));
  await play.stage.clock.advance(1_000);
  assertEquals(endings(slow), ["done"], "it had more time when its own was over");
  timeouts.adopt(configOf({}, { learntTimeout: { minMs: "4s" } }));
  play.needsMs = 1e9;
  const [job] = await play.play(1, 1_000);
  assertEquals(job!.timeoutMs, 4_000, "of all jobs");
  timeouts.adopt(configOf({}));
  await play.stage.clock.advance(10_000);
  assertEquals([job!.state, job!.timeoutMs], ["running", 3_600_000], "as was configured");
  assertEquals((await play.play(1, 1_000))[0]!.allowance, null, "nothing is learnt any more");
  await play.system.stop();
});

Deno.test("timeouts: what was learnt outlives the service", async () => {
  const first = new Stage();
  await first.play(60, 3_000);
  await first.system.stop();
  const second = new Stage(undefined, { stored: await first.stage.stored() });
  const [job] = await second.play(1, 500);
  assertEquals(job!.timeoutMs, 300);
  await second.system.stop();
});

Deno.test("timeouts: what was stored and is not ours is left out", () => {
  const timeouts = new Timeouts(new ManualClock());
  timeouts.restore([null, [1, []], ["a".repeat(300), []], ["t", ["x"]], ["ok", [1]], ["ok", [2]]]);
  timeouts.adopt(configOf({ ok: {} }));
  const job = jobOf(1, { task: "ok" });
  timeouts.sent(job);
  timeouts.ended(job, { type: "done", durationMs: 3 } as never);
  assertEquals(timeouts.snapshot(), [["ok", [1, 3]]]);
  assertEquals(timeouts.snapshot(), null, "nothing is new");
});

Deno.test("timeouts: the one longest unused makes room where there are many", () => {
  const clock = new ManualClock();
  const timeouts = new Timeouts(clock);
  timeouts.adopt(configOf({}, { learntTimeout: {} }));
  for (let i = 0; i < 300; i++) {
    clock.skip(1);
    const job = jobOf(i + 1, { operation: `o${i}` });
    timeouts.sent(job);
    timeouts.ended(job, { type: "done", durationMs: 1 } as never);
  }
  const kept = timeouts.snapshot() as [string, unknown][];
  assertEquals([kept.length, kept[0]![0], kept.at(-1)![0]], [256, "o44", "o299"]);
});

Deno.test("timeouts: nothing is learnt unless it is configured, and nonsense is refused", () => {
  const { jobs, operations } = configOf({ a: {}, b: { p99Times: 2, minMs: "500ms" } });
  assertEquals(jobs.learntTimeout, null);
  assertEquals(operations["a"]!.learntTimeout, { p99Times: 5, minMs: 10_000 });
  assertEquals(operations["b"]!.learntTimeout, { p99Times: 2, minMs: 500 });
  const refused: readonly [unknown, RegExp][] = [
    [{ p99Times: 1 }, /operations\.a\.learntTimeout\.p99Times: expected .*1\.5/],
    [{ minMs: 0 }, /operations\.a\.learntTimeout\.minMs: expected/],
    [{ minMs: "10" }, /operations\.a\.learntTimeout\.minMs: expected/],
    [{ factor: 2 }, /operations\.a\.learntTimeout\.factor: unknown key/],
    ["auto", /operations\.a\.learntTimeout: expected/],
  ];
  for (const [learnt, message] of refused) {
    assertMatch(assertThrows(() => configOf({ a: learnt }), Refusal).message, message);
  }
});

Deno.test("timeouts: a learnt one ends a task that hangs, with real workers", async () => {
  await using runtime = await live({
    operations: { toy: { learntTimeout: { p99Times: 3, minMs: 200 } } },
  });
  const nap = { task: "toy", input: { do: "nap", ms: 5 } };
  const naps = await runtime.submitAll(Array.from({ length: 25 }, () => nap));
  for (const { id } of naps) assertEquals((await runtime.wait(id, 30_000))?.state, "done");
  const { id } = await runtime.submit({ task: "toy", input: { do: "heed" } });
  const outcome = (await runtime.wait(id, 30_000))?.outcome;
  assertEquals([outcome?.type, outcome?.code], ["timedOut", "run_timeout"]);
  assertMatch(outcome!.message!, /^Ran longer than \d+ ms, learnt of 25 attempts of toy: 3 times /);
});
