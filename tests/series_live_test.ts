/** What a whole runtime says of its jobs: exact under a virtual clock, and over real workers. */
import { assert, assertEquals } from "@std/assert";
import { summarise } from "../actors/series/operations.ts";
import { querySeries } from "../actors/series/query.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { MeasuredPoint, OperationMetrics, OperationsPage } from "../messages/series.ts";
import type { Priority } from "../messages/job.ts";
import { fixedAt, live, tempFolder } from "./live.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

Deno.test("series: waits of known arrivals are what the outcomes say, by class", async () => {
  const stage = new SystemStage({ max: 2, part: { jobMs: (payload) => payload as number } });
  const { queue, series } = stage.system;
  const waits: Record<string, number[]> = { high: [], normal: [], low: [] };
  const ended = (priority: Priority) => (_: unknown, { waitMs }: Outcome) =>
    void waits[priority]!.push(waitMs);
  for (let i = 0; i < 60; i++) {
    const priority = (["high", "normal", "low"] as const)[i % 3]!;
    const part = { payload: String(1 + i % 20), ended: ended(priority) };
    queue.submit([orderOf({ priority }, part)]);
    if (i % 7 === 0) await stage.clock.advance(3);
  }
  await stage.clock.advance(5_000);
  const { items, bootMs } = await summarise(series, { by: "priority" });
  assertEquals(items.length, 3);
  for (const { labels, waitMs, durationMs, enqueued, started, done } of items) {
    const own = waits[labels.priority!]!.sort((one, other) => one - other);
    assertEquals([enqueued, started, done, durationMs.count], [20, 20, 20, 20]);
    assertEquals([waitMs.count, waitMs.max], [20, own.at(-1)!]);
    for (const [q, found] of [[.5, waitMs.p50], [.9, waitMs.p90]] as const) {
      const truth = own[Math.ceil(q * 20) - 1]!;
      assert(Math.abs(found! - truth) <= 0.02 * truth, `${found} for ${truth}`);
    }
  }
  assertEquals([bootMs.p50, bootMs.p95, bootMs.max], [20, 20, 20]);
  await stage.system.stop();
});

Deno.test("series: the age of the oldest job is known, of all and by class", async () => {
  const stage = new SystemStage({ min: 1, max: 1 });
  const { queue, series } = stage.system;
  await stage.clock.advance(1_100);
  stage.system.control({ type: "pause" });
  await stage.clock.advance(100);
  queue.submit([orderOf({ priority: "low" })]);
  await stage.clock.advance(400);
  queue.submit([orderOf({ priority: "high" })]);
  await stage.clock.advance(1_400); // At 3.0 s they have waited 1.8 s and 1.4 s.
  const at = async (by?: "priority") => {
    const query = { names: ["oldestWaitMs"], step: "10s" as const };
    const { series: found } = await querySeries(series, { ...query, ...(by && { by }) });
    return found.map(({ labels, points }) => [labels.priority, (points[0] as MeasuredPoint).max]);
  };
  assertEquals(await at(), [[undefined, 1_800]]);
  assertEquals(await at("priority"), [["high", 1_400], ["normal", 0], ["low", 1_800]]);
  await stage.system.stop();
});

Deno.test("series: over real workers, by HTTP, at once after the end and after a restart", async () => {
  await using folder = await tempFolder();
  const data = folder.path;
  const ask = async (runtime: Awaited<ReturnType<typeof live>>, path: string) => {
    const url = `http://localhost/api/v1/metrics/${path}`;
    return await (await runtime.fetch(new Request(url))).json();
  };
  const operations = async (runtime: Awaited<ReturnType<typeof live>>) => {
    const { items }: OperationsPage = await ask(runtime, "operations?window=5m");
    return new Map(items.map((item) => [item.labels.operation, item]));
  };
  let before: ReadonlyMap<unknown, OperationMetrics>;
  {
    await using runtime = await live(fixedAt(1), data);
    const picky = { task: "picky", input: { path: "a", depth: 2 } };
    const echo = { task: "toy", input: { do: "echo", value: "é" } };
    const jobs = await runtime.submitAll([
      ...[picky, picky, echo],
      { command: ["sh", "-c", "printf abc"] },
      { command: ["false"] },
      { task: "toy", input: { do: "echo", value: 1 }, operation: "mine", projectId: "p" },
    ]);
    for (const { id } of jobs) {
      assert((await runtime.wait(id, 30_000))?.outcome, `${id} has not ended in 30 s`);
    }
    before = await operations(runtime);
    const of = (name: string) => before.get(name)!;
    assertEquals([of("picky").done, of("picky").validationMs.count], [2, 2]);
    assert(of("picky").validationMs.max! > 0);
    assertEquals([of("toy").outBytes, of("mine").outBytes], [4, 1]);
    assertEquals([of("sh").outBytes, of("sh").successRatio], [3, 1]);
    assertEquals([of("false").categories, of("false").successRatio], [{ exit: 1 }, 0]);
    assert(of("sh").durationMs.p50! > 0 && of("sh").waitMs.p50! > 0);
    const page = await ask(runtime, "query?names=done,durationMs&step=1m&by=projectId");
    const labels = page.series.map(({ name, labels }: { name: string; labels: object }) => [
      name,
      labels,
    ]);
    assertEquals(labels, [
      ["done", { projectId: null }],
      ["done", { projectId: "p" }],
      ["durationMs", { projectId: null }],
      ["durationMs", { projectId: "p" }],
    ]);
    const boots = await ask(runtime, "query?names=bootMs&step=1h");
    assert(boots.series[0].points[0].min > 0);
  }
  await using runtime = await live(fixedAt(1), data);
  assertEquals(await operations(runtime), before);
});
