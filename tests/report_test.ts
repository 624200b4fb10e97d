/** How a service did, in words. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Refusal } from "../actors/refusal.ts";
import { reportOf } from "../actors/report/report.ts";
import { auditText } from "../cli/audit.ts";
import { reportText } from "../cli/report.ts";
import type { Incident } from "../messages/alert.ts";
import type { JobSpec } from "../messages/job.ts";
import { judge, type ReportSight } from "../policies/report/report.ts";
import { live } from "./live.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

const calm: ReportSight = {
  regrets: [],
  ...{ window: "1d", ended: 1_000, done: 998, errorRatio: .002, resolved: 3, busyRatio: .8 },
  ...{ objectives: [], incidents: [], causes: [], regressions: [], improvements: [] },
  ...{ saturation: [], recommended: [] },
};

const incident: Incident = {
  ...{ id: "a1", rule: "errors", subject: null, state: "cleared", level: "critical" },
  ...{ message: "30 of 100 jobs failed", value: .3, clearedAt: "2026-01-05T12:10:00.000Z" },
  raisedAt: "2026-01-05T12:00:00.000Z",
};

Deno.test("report: what is well is told with its numbers, and then there is nothing to do", () => {
  assertEquals(judge(calm), {
    state: "good",
    verdict: "Good: 1000 jobs in the last day, 998 done, and nothing is in the way",
    well: [
      "998 of 1000 jobs were done, 0.2 % failed",
      "3 jobs failed at first and were done by retries",
      "No alert was raised",
    ],
    badly: [],
    advice: ["Nothing to do"],
  });
});

Deno.test("report: what is bad comes first, and each has what helps", () => {
  const objective = {
    ...{
      name: "payments",
      operation: "pay-*",
      projectId: null,
      latencyMs: 2_000,
      durationMs: null,
      goodRatio: .99,
    },
    ...{ good: 90, total: 100, complianceRatio: .9, met: false },
    burnRates: { "5m": 10, "1h": 10 },
  };
  const { state, verdict, badly, advice } = judge({
    ...calm,
    errorRatio: .03,
    incidents: [incident],
    objectives: [objective],
    regressions: [{ operation: "a", measure: "errorRatio", timesAsMuch: 2, says: "twice" }],
    busyRatio: .2,
  });
  assertEquals(state, "bad");
  assertEquals(badly, [
    "Objective payments is missed: 90 of 100 jobs were good, 99 % are promised",
    "Alert errors (cleared): 30 of 100 jobs failed",
    "3 % of the jobs failed",
    "a is worse: twice",
    "Workers had jobs for 20 % of their time",
  ]);
  assertEquals(verdict, `Bad: ${badly[0]}, and 4 more; 1000 jobs in the last day`);
  assertEquals(advice.length, 5);
  assertEquals(judge({ ...calm, incidents: [incident] }).state, "fair");
  assertEquals(judge({ ...calm, incidents: [{ ...incident, state: "open" }] }).state, "bad");
});

Deno.test("report: every flaw has advice, and nothing is praised that is not known", () => {
  const ratio = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(ratio, ratio, fc.nat(10), fc.boolean(), (errorRatio, busyRatio, ended, isOpen) => {
      const incidents: Incident[] = isOpen ? [{ ...incident, state: "open" }] : [];
      const sight = { ...calm, errorRatio, busyRatio, ended, done: ended, incidents };
      const { state, well, badly, advice } = judge(sight);
      assert(advice.length > 0 && (badly.length === 0) === (state === "good" || state === "idle"));
      if (ended === 0) assertEquals(well, []);
      if (errorRatio === null) assert(!well.some((line) => line.includes("were done,")));
    }),
  );
});

Deno.test("report: a system under a virtual clock is reported on, of one project alone too", async () => {
  const stage = new SystemStage({ part: { jobMs: (payload) => payload as number } });
  await stage.clock.advance(1_100);
  const submit = (spec: JobSpec) => stage.system.queue.submit([orderOf(spec, { payload: "100" })]);
  for (let i = 0; i < 30; i++) submit({ task: "a", projectId: i < 10 ? "p" : "q" });
  await stage.clock.advance(20_000);
  const none = () => ({ items: [], sinks: [] });
  const all = await reportOf(stage.system, none, { window: "1h" });
  assertEquals([all.projectId, all.numbers[0]], [null, {
    ...{ name: "ended", value: 30, says: "30 jobs ended" },
  }]);
  assert(["good", "fair"].includes(all.state), all.verdict);
  const own = await reportOf(stage.system, none, { window: "1h", projectId: "p" });
  assertEquals(own.verdict, "Good: 10 jobs in the last hour, 10 done, and nothing is in the way");
  const open = () => ({
    items: [{ ...incident, state: "open" as const, clearedAt: null }],
    sinks: [],
  });
  const bad = await reportOf(stage.system, open, { window: "1h" });
  assertMatch(bad.verdict, /^Bad: Alert errors \(open\): 30 of 100 jobs failed/);
  const refusal = await assertRejects(
    () => reportOf(stage.system, none, { window: "1y" as never }),
    Refusal,
  );
  assertMatch(refusal.message, /window must be one of 5m, 1h, 1d, 7d, 30d, given "1y"/);
  await stage.system.stop();
});

Deno.test("report: is one page of text, and no name can break a line of it", () => {
  const text = reportText({
    ...{ window: "1d", from: "2026-01-05T00:00:00.000Z", to: "2026-01-06T00:00:00.000Z" },
    ...{ projectId: "p\n", state: "fair", verdict: "Fair: a\nb" },
    well: ["No alert was raised"],
    badly: ["x\x1b[31m is worse"],
    numbers: [
      { name: "ended", value: 1, says: "1 job ended" },
      { name: "completionRatio", value: null, says: "unknown were done" },
    ],
    advice: ["look"],
  });
  assertEquals(text.split("\n"), [
    "Fair: a b",
    "2026-01-05T00:00:00.000Z to 2026-01-06T00:00:00.000Z · project p",
    ...["", "What went well", "- No alert was raised"],
    ...["", "What did not", "- x\\x1b[31m is worse"],
    ...["", "Numbers", "- 1 job ended"],
    ...["", "What to do", "- look"],
  ]);
});

Deno.test("report: report and audit answer by HTTP, and refuse what they do not know", async () => {
  await using runtime = await live();
  const { id } = await runtime.submit({ task: "toy", input: { type: "echo", value: 1 } });
  await runtime.wait(id, 30_000);
  const ask = async (path: string) => {
    const response = await runtime.fetch(new Request(`http://localhost/api/v1/${path}`));
    return { status: response.status, body: await response.json() };
  };
  const report = await ask("report?window=5m");
  assertEquals(report.status, 200);
  assertMatch(reportText(report.body), /^(Good|Fair): .*1 job in the last 5 minutes/);
  const audit = await ask("audit?window=5m&against=1h&operation=toy");
  assertEquals(audit.status, 200);
  assertMatch(auditText(audit.body), /^toy · 1 job, before 0$/m);
  assertEquals((await ask("audit?window=2h")).status, 400);
  assertEquals((await ask("report?against=1h")).status, 400);
  assertEquals((await runtime.insight.audit()).window, "1h");
});

Deno.test("report: a pool that costs more than a fixed size is told where that is worth a word", () => {
  const at = (regretPercent: number, lossWorkers: number) =>
    judge({ ...calm, regrets: [{ pool: "io", regretPercent, lossWorkers, workers: 7 }] });
  assertEquals(at(12, 1.4).badly, [
    "Pool io cost 12 % more than 7 workers all the time would have, by the latest estimate",
  ]);
  assertEquals(at(12, 1.4).state, "fair");
  assertEquals([at(12, .8).state, at(4, 3).state, at(-30, -4).state], ["good", "good", "good"]);
});
