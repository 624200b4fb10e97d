/** What is told of which things that are wrong, in virtual time. */
import { assertEquals, assertMatch } from "@std/assert";
import { z } from "zod/mini";
import { memory } from "../policies/alerts/host.ts";
import { AlertsStage, oneSink } from "./alerts_stage.ts";

const minute = 60_000;
const rules = (rules: object) => ({ ...oneSink, rules });

Deno.test("alerts: a quiet day tells nothing", async () => {
  const stage = await new AlertsStage({
    config: rules({ latency: { waitMs: 1_000 }, anomaly: { series: ["done"] } }),
  }).start();
  for (let hour = 0; hour < 24; hour++) {
    // More by day than by night, a failure now and then, a busy minute each hour.
    for (let at = 0; at < 60; at++) {
      const { accepted, failed } = stage.sight;
      const came = 100 + Math.round(50 * Math.sin((hour + at / 60) * Math.PI / 12));
      const late = at === 7 ? 1 : 0;
      await stage.rush(minute, {
        accepted: accepted + came,
        done: stage.sight.done + came - late,
        failed: failed + late,
        cpuRatio: at === 30 ? .7 : .3,
        waited: () => ({ ended: stage.sight.done, late: stage.sight.failed }),
      });
    }
  }
  assertEquals([stage.news, stage.told], [[], []]);
});

Deno.test("alerts: a CPU at 96 % for 30 s is one message, and one when that is over", async () => {
  const stage = await new AlertsStage().start();
  await stage.pass(10_000);
  await stage.pass(30_000, { cpuRatio: .96 });
  assertEquals(stage.news, []);
  await stage.pass(2_000);
  assertEquals(stage.news, ["alertRaised critical cpu"]);
  assertEquals(stage.told, ["raised cpu"]);
  assertEquals(stage.alerts.view.items[0]!.message, "The machine's CPU is in use: 96 %");
  // It moves about its marks.
  for (const cpuRatio of [.9, .96, .81, .79, .97, .76]) await stage.pass(20_000, { cpuRatio });
  assertEquals(stage.news.length, 1);
  await stage.pass(20_000, { cpuRatio: .5 });
  await stage.pass(5_000, { cpuRatio: .85 });
  await stage.pass(10 * minute, { cpuRatio: .2 });
  assertEquals(stage.news, ["alertRaised critical cpu", "alertCleared critical cpu"]);
  assertEquals(stage.told, ["raised cpu", "cleared cpu"]);
  const [incident, ...others] = stage.alerts.view.items;
  assertEquals([incident!.state, incident!.level, others], ["cleared", "critical", []]);
});

Deno.test("alerts: a value that is unknown changes nothing", async () => {
  const stage = await new AlertsStage().start();
  await stage.pass(40_000, { memoryRatio: .9 });
  await stage.pass(10 * minute, { memoryRatio: null });
  assertEquals(stage.news, ["alertRaised warning memory"]);
});

Deno.test("alerts: a reading that is missing when it is told is told as the last one, not as 0", async () => {
  const stage = await new AlertsStage().start();
  await stage.pass(20_000, { memoryRatio: .9 });
  await stage.pass(20_000, { memoryRatio: null });
  const [incident] = stage.alerts.view.items;
  assertEquals([incident?.message, incident?.value], ["Memory is in use: 90 %", .9]);
  const sight = { ...stage.sight, nowMs: 0 };
  const [[finding]] = memory.step(null, sight, z.parse(memory.options(), {}));
  assertEquals(finding!.because(), "Memory is in use: unknown");
});

Deno.test("alerts: a job is told of at 75 % of its target while it runs, and gets critical", async () => {
  const targets = { "run:*": { targetMs: 1_000 }, run: { targetMs: 30_000 } };
  const stage = await new AlertsStage({ config: rules({ overrun: { targets } }) }).start();
  const job = (ranMs: number) => ({ running: () => [{ id: "j1", operation: "run", ranMs }] });
  for (let ranMs = 0; ranMs < 22_000; ranMs += 1_000) await stage.pass(1_000, job(ranMs));
  assertEquals(stage.news, []);
  await stage.pass(1_100, job(22_500));
  assertEquals(stage.news, ["alertRaised warning overrun"]);
  assertEquals(
    stage.alerts.view.items[0]!.message,
    "Job j1 of run has run for 22.5 s, 75 % of its target of 30 s",
  );
  await stage.pass(2_000, job(31_000));
  assertEquals(stage.news.at(-1), "alertEscalated critical overrun");
  await stage.pass(3_000, { running: () => [] });
  assertEquals(stage.news.slice(2), ["alertCleared critical overrun"]);
  assertEquals(stage.told, ["raised overrun", "cleared overrun"]);
});

Deno.test("alerts: 1 of 2 that fail is no alarm, 30 of 100 is", async () => {
  const few = await new AlertsStage().start();
  await few.pass(2_000);
  await few.pass(10 * minute, { done: 1, failed: 1 });
  assertEquals(few.news, []);

  const many = await new AlertsStage().start();
  await many.pass(2_000);
  await many.pass(2_000, { done: 70, failed: 30 });
  assertEquals(many.news, ["alertRaised critical errors"]);
  assertMatch(many.alerts.view.items[0]!.message, /^30 of 100 jobs failed in the last 60 s/);
  await many.pass(5 * minute);
  assertEquals(many.news.at(-1), "alertCleared critical errors");
});

/** Jobs that come and end, so many a second, for so many seconds. */
async function flow(stage: AlertsStage, seconds: number, came: number, ended: number) {
  for (let at = 0; at < seconds; at++) {
    const { accepted, done, queued } = stage.sight;
    await stage.pass(1_000, {
      accepted: accepted + came,
      done: done + ended,
      queued: Math.max(0, queued + came - ended),
    });
  }
}

Deno.test("alerts: a queue that builds up is told with the time it will take", async () => {
  const stage = await new AlertsStage().start();
  await flow(stage, 120, 10, 10);
  assertEquals(stage.news, []);
  await flow(stage, 400, 20, 10);
  assertEquals(stage.news, ["alertRaised warning backlog"]);
  const said = stage.alerts.view.items[0]!.message;
  assertMatch(
    said,
    /jobs wait, about [\d.]+ (s|min) of work: in the last 6\d s 12\d\d came and 6\d\d ended/,
  );
  await flow(stage, 300, 0, 20);
  assertEquals(stage.news, ["alertRaised warning backlog", "alertCleared warning backlog"]);
});

Deno.test("alerts: jobs that were submitted together are no rush of jobs", async () => {
  const stage = await new AlertsStage().start();
  await flow(stage, 70, 1, 1);
  await flow(stage, 1, 10_000, 1);
  await flow(stage, 600, 0, 10);
  assertEquals(stage.news, []);
});

Deno.test("alerts: waits that use up a promise are told, a late job is not", async () => {
  const config = rules({ latency: { waitMs: 2_000, objectiveRatio: .99 } });
  const stage = await new AlertsStage({ config }).start();
  let [ended, late] = [0, 0];
  const run = async (seconds: number, lateOf100: number) => {
    for (let at = 0; at < seconds; at++) {
      ended += 100;
      late += lateOf100;
      const now = { ended, late };
      await stage.pass(1_000, { waited: (ms) => (assertEquals(ms, 2_000), now) });
    }
  };
  await run(3_600, 1);
  await run(60, 50);
  assertEquals(stage.news, []);
  await run(900, 50);
  assertEquals(stage.news, ["alertRaised warning latency"]);
  await run(900, 50);
  assertEquals(stage.news.at(-1), "alertEscalated critical latency");
  await run(600, 0);
  assertEquals(stage.news.length, 3);
});

Deno.test("alerts: workers that do nothing, a blind sampler and an open breaker are told", async () => {
  const stage = await new AlertsStage().start();
  const breakers = [{ name: "host:a", because: "The breaker of host:a is open" }];
  await stage.pass(5_000, { breakers });
  assertEquals(stage.news, ["alertRaised warning breakers"]);
  assertEquals(stage.alerts.view.items[0]!.subject, "host:a");
  await stage.pass(5_000, { breakers: [], hostAgeMs: 4_000 });
  assertEquals(stage.news.slice(1), [
    "alertCleared warning breakers",
    "alertRaised warning senses",
  ]);
  await stage.pass(11 * minute, { hostAgeMs: 0, workers: 8, idle: 8 });
  assertEquals(stage.news.slice(3), ["alertCleared warning senses", "alertRaised warning waste"]);
  await stage.pass(5 * minute, { floor: 8 });
  assertEquals(stage.news.slice(5), ["alertCleared warning waste"]);
});

Deno.test("alerts: a strange value is told once", async () => {
  const config = rules({ anomaly: { series: ["queued"], everyMs: 10_000 } });
  const stage = await new AlertsStage({ config }).start();
  for (let at = 0; at < 200; at++) await stage.pass(10_000, { queued: 50 + (at * 7) % 10 });
  assertEquals(stage.news, []);
  await stage.pass(40_000, { queued: 50_000 });
  assertEquals(stage.news[0], "alertRaised warning anomaly");
  assertMatch(stage.alerts.view.items[0]!.message, /^Jobs that wait \(queued\): 50000, \d+ deviat/);
  await stage.pass(20 * minute, { queued: 52 });
  assertEquals(stage.news, ["alertRaised warning anomaly", "alertCleared warning anomaly"]);
});

Deno.test("alerts: an operation that is slower, or dearer, is told by its name, and when it is not", async () => {
  const stage = await new AlertsStage().start();
  const slower = (timesAsLong: number) => ({
    slower: () => [{ operation: "encode", timesAsLong, since: "2026-01-05T12:00:00.000Z" }],
  });
  await stage.pass(2_000, slower(1.3));
  assertEquals(stage.news, []);
  await stage.pass(2_000, slower(1.6));
  assertEquals(stage.alerts.view.items[0]!.subject, "encode");
  assertEquals(
    stage.alerts.view.items[0]!.message,
    "Jobs of encode take 1.6 times as long as they did, since 2026-01-05T12:00:00.000Z",
  );
  await stage.pass(3_000, { slower: () => [] });
  const dear = { operation: "scan", timesAsMuch: 2.5, cost: .0123456, currency: "EUR" };
  await stage.pass(11 * minute, { costs: () => [dear] });
  assertEquals(
    stage.alerts.view.items[0]!.message,
    "A job of scan costs 0.0123 EUR, 2.5 times as much as in the last days",
  );
  await stage.pass(5 * minute, { costs: () => [{ ...dear, timesAsMuch: 1.1 }] });
  assertEquals(stage.news, [
    ...["alertRaised warning slower", "alertCleared warning slower"],
    ...["alertRaised warning costs", "alertCleared warning costs"],
  ]);
});

Deno.test("alerts: files that are nearly all open are one warning, unknown ones none", async () => {
  const stage = await new AlertsStage().start();
  await stage.pass(2_000, { filesOpen: 921 });
  await stage.pass(2_000, { filesOpen: null, filesMax: null });
  assertEquals(stage.news, []);
  await stage.pass(2_000, { filesOpen: 922, filesMax: 1_024 });
  assertEquals(stage.alerts.view.items[0]!.message, "The service has 922 of 1024 files open");
  await stage.pass(40_000, { filesOpen: 100 });
  assertEquals(stage.news, ["alertRaised warning files", "alertCleared warning files"]);
});
