/** What became worse and what better between two periods, and when operations are called slower. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { auditOf } from "../actors/audit/audit.ts";
import { Refusal } from "../actors/refusal.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { auditText } from "../cli/audit.ts";
import { compareMean, compareQuantile, compareShare } from "../policies/audit/compare.ts";
import { costsSchema } from "../policies/business/costs.ts";
import { createHistogram, record } from "../policies/estimators/histogram.ts";
import { used, Works } from "./business_stage.ts";
import { normal } from "./series.ts";
import { failed, Stage } from "./series_stage.ts";

/** Lets an hour pass in which each minute has jobs of `operations`, told by `run`. */
async function hour(stage: Stage, run: (minute: number) => void, minutes = 60): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    run(minute);
    await stage.clock.advance(60_000);
    stage.series.tick();
  }
}

Deno.test("audit: the seeded regression of two stored runs is flagged, and nothing else", async () => {
  const store = memoryStore();
  const chance = normal(7);
  const times = (medianMs: number) => medianMs * Math.exp(.3 * chance());
  const first = new Stage(store);
  await hour(first, (minute) => {
    for (let i = 0; i < 5; i++) {
      first.run({ operation: "encode" }, { durationMs: times(100) });
      first.run({ operation: "scan" }, { durationMs: times(40), waitMs: 3 });
      first.run({ operation: "push" }, minute % 20 === 0 ? failed("exit") : { durationMs: 5 });
    }
  });
  first.series.close();
  // Another start of the service on the same data.
  const second = new Stage(store, first.clock);
  await hour(second, (minute) => {
    for (let i = 0; i < 5; i++) {
      second.run({ operation: "encode" }, { durationMs: times(160) });
      second.run({ operation: "scan" }, { durationMs: times(40), waitMs: 3 });
      second.run({ operation: "push" }, minute % 3 === 0 ? failed("exit") : { durationMs: 5 });
    }
  });
  const audit = await auditOf(second.series, { window: "1h" });
  assertEquals(
    audit.regressions.map(({ operation, measure }) => `${operation} ${measure}`).sort(),
    ["encode durationP50Ms", "encode durationP95Ms", "push errorRatio"],
  );
  assertEquals(audit.improvements, []);
  const encode = audit.operations.find(({ operation }) => operation === "encode")!;
  const slower = encode.trends.find(({ measure }) => measure === "durationP50Ms")!;
  assert(Math.abs(slower.timesAsMuch! - 1.6) < .15, String(slower.timesAsMuch));
  const off = Date.parse(encode.changed!.at) - Date.parse(audit.now.from);
  assert(Math.abs(off) <= 180_000, `the change is told ${off} ms off`);
  assertEquals(audit.operations.find(({ operation }) => operation === "scan")!.changed, null);
});

Deno.test("audit: says it in words, line by line", async () => {
  const stage = new Stage(memoryStore());
  await hour(stage, () => stage.run({ operation: "a\nb" }, { durationMs: 10, waitMs: 2 }));
  await hour(stage, () => stage.run({ operation: "a\nb" }, { durationMs: 30, waitMs: 2 }));
  assertEquals(auditText(await auditOf(stage.series)).split("\n"), [
    "Worse than before: a b: half of its jobs take at most 30 ms, before 10 ms (3 times), and 1 more",
    "now 2026-01-05T13:00:00.000Z to 2026-01-05T14:00:00.000Z, " +
    "before 2026-01-05T12:00:00.000Z to 2026-01-05T13:00:00.000Z",
    "worse  a b: half of its jobs take at most 30 ms, before 10 ms (3 times)",
    "worse  a b: 95 % of its jobs take at most 30 ms, before 10 ms (3 times)",
    "a b · 60 jobs, before 60",
    "  worse    half of its jobs take at most 30 ms, before 10 ms (3 times)",
    "  worse    95 % of its jobs take at most 30 ms, before 10 ms (3 times)",
    "  same     95 % of its jobs wait at most 2 ms, before 2 ms",
    "  same     0 % of its jobs fail, before 0 %",
    "  since 2026-01-05T13:00:00.000Z 30 ms instead of 10 ms",
  ]);
  const none = await auditOf(stage.series, { projectId: "nobody" });
  assertEquals(none.verdict, "Nothing to compare: no operation has 20 jobs in both periods");
  assertEquals(none.operations, []);
});

Deno.test("audit: what a job costs has its part of idle workers", async () => {
  const works = new Works(memoryStore());
  works.series.adopt({}, costsSchema.parse({ workerPerHour: 3_600 }));
  const work = async (count: number) => {
    for (let i = 0; i < 30; i++) {
      for (const hand of works.workers.slice(0, count)) {
        const job = works.begin(hand, { operation: "a" });
        await works.pass(5);
        works.end(hand, job, used(.001, 0, 0));
      }
      await works.pass(5);
    }
  };
  works.hire();
  await work(1);
  works.hire();
  works.hire();
  await work(1);
  const audit = await auditOf(works.series, { window: "5m" });
  const [a] = audit.operations;
  const cost = a!.trends.find(({ measure }) => measure === "costPerJob")!;
  assertEquals([cost.verdict, Math.round(cost.timesAsMuch!)], ["worse", 3]);
});

Deno.test("audit: the same jobs twice are never called worse or better", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: .01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.nat(200),
      (times, bad) => {
        const [one, other] = [createHistogram(), createHistogram()];
        for (const time of times) {
          record(one, time);
          record(other, time);
        }
        const share = { part: Math.min(bad, times.length), all: times.length };
        for (const q of [.5, .95]) {
          assert(["same", "unproven"].includes(compareQuantile(one, other, q).verdict));
        }
        for (const compare of [compareShare, compareMean]) {
          assert(["same", "unproven"].includes(compare(share, share).verdict));
        }
      },
    ),
  );
});

Deno.test("audit: chance is called worse or better in less than one comparison of a hundred", () => {
  const chance = normal(11);
  let [told, all] = [0, 0];
  for (let i = 0; i < 400; i++) {
    const [one, other] = [createHistogram(), createHistogram()];
    for (let j = 0; j < 60; j++) {
      record(one, 20 * Math.exp(.5 * chance()));
      record(other, 20 * Math.exp(.5 * chance()));
    }
    for (const q of [.5, .95]) {
      all++;
      const { verdict } = compareQuantile(one, other, q);
      if (verdict === "worse" || verdict === "better") told++;
    }
  }
  assert(told < all / 100, `${told} of ${all}`);
});

Deno.test("audit: an operation that stays slower is told by ticks of a minute, over a restart", async () => {
  const store = memoryStore();
  const stage = new Stage(store);
  const run = (on: Stage, ms: number) => () => {
    for (let i = 0; i < 4; i++) on.run({ operation: "a" }, { durationMs: ms * (1 + .1 * (i % 3)) });
  };
  await hour(stage, run(stage, 50), 210);
  assertEquals(stage.series.paces.slower, []);
  const since = stage.clock.wallMs();
  await hour(stage, run(stage, 100), 5);
  stage.series.close();
  const snapshots = new Map<string, unknown>();
  for await (const page of store.recover()) {
    if (page.type !== "snapshots") continue;
    for (const { actor, snapshot } of page.snapshots) snapshots.set(actor, snapshot);
  }
  const again = new Stage(store, stage.clock);
  again.series.restore(snapshots, () => false);
  await hour(again, run(again, 100), 15);
  const [slower] = again.series.paces.slower;
  assertEquals(slower!.operation, "a");
  assert(Math.abs(slower!.timesAsLong - 2) < .05, String(slower!.timesAsLong));
  assert(Math.abs(slower!.sinceAt - since) <= 60_000);
  const { regressions } = await auditOf(again.series, { window: "5m" });
  assertMatch(regressions[0]!.says, /^jobs take 2 times as long as when they were learned, since /);
  // What has been so for a day is how it is.
  await hour(again, run(again, 100), 1_441);
  assertEquals(again.series.paces.slower, []);
});

Deno.test("audit: a query that is none is refused with all that is wrong", async () => {
  const { series } = new Stage(memoryStore());
  const query = { window: "2h", operation: "", nonsense: 1 } as never;
  const refusal = await assertRejects(() => auditOf(series, query), Refusal);
  assertEquals(refusal.issues.map(({ pointer }) => pointer), ["", "/window", "/operation"]);
  const short = await assertRejects(
    () => auditOf(series, { window: "1d", against: "1h" }),
    Refusal,
  );
  assertMatch(short.message, /against must be 1d or longer, as the window is, given "1h"/);
});
