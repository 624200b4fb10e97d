/** What is exported to Prometheus, read by a parser of its format. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { gauge, histogram } from "../actors/exports/family.ts";
import { prometheusText } from "../actors/exports/prometheus.ts";
import { place } from "../actors/series/tally.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { countAbove, countTo, createHistogram, record } from "../policies/estimators/histogram.ts";
import { serve } from "../service/serve.ts";
import { orderOf } from "./orders.ts";
import { exported, parsed } from "./scraped.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";
import { Stage } from "./series_stage.ts";
import { SystemStage } from "./system_stage.ts";

Deno.test("prometheus: labels of any text come back from a parser as they were", () => {
  const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,9}$/);
  const labels = fc.dictionary(name, fc.string({ unit: "binary" }).map((text) => text.trim()), {
    noNullPrototype: true,
  });
  const value = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(fc.property(name, labels, value, (name, labels, value) => {
    const text = prometheusText([gauge(name, "Help\nwith \\ signs.", [[labels, value]])]);
    const { families, of } = parsed(text);
    assertEquals(families.map(({ name, help, type }) => [name, help, type]), [
      [name, "Help\nwith \\ signs.", "GAUGE"],
    ]);
    assertEquals(of(name, labels), value === 0 ? 0 : value);
  }));
});

Deno.test("prometheus: what is unknown is left out, and what has no sample has no line", () => {
  assertEquals(prometheusText([gauge("a", "A.", [[{}, null]]), histogram("b", "B.", [])]), "");
});

Deno.test("prometheus: buckets count up to all values, within a bucket's width", () => {
  const times = fc.array(fc.double({ min: 0, max: 5e6, noNaN: true }), { maxLength: 60 });
  fc.assert(fc.property(times, (values) => {
    const all = createHistogram();
    for (const value of values) record(all, value);
    const { samples, of } = parsed(prometheusText([histogram("t_seconds", "T.", [[{}, all]])]));
    const counts = [...samples].filter(([name]) => name.startsWith("t_seconds_bucket"));
    let before = 0;
    for (const [name, count] of counts) {
      const { le } = JSON.parse(name.slice("t_seconds_bucket".length)) as { le: string };
      const limit = le === "+Inf" ? Infinity : Number(le) * 1_000;
      assert(count >= before);
      assert(count >= values.filter((value) => value <= limit).length);
      assert(count <= values.filter((value) => value <= limit * 33 / 32).length);
      before = count;
    }
    assertEquals(before, values.length);
    assertEquals(of("t_seconds_count"), values.length);
    const sum = values.reduce((sum, value) => sum + value, 0) / 1_000;
    assert(Math.abs(of("t_seconds_sum")! - sum) <= 1e-9 * sum + 1e-9);
  }));
});

Deno.test("countTo: has all values at its ends", () => {
  const all = createHistogram();
  assertEquals([countTo(all, -1), countTo(all, 0), countTo(all, Infinity)], [0, 0, 0]);
  for (const value of [0, 1e-9, .5, 3, 1e12]) record(all, value);
  assertEquals([-1, 0, .5, 2.9, 3, 1e9, Infinity].map((limit) => countTo(all, limit)), [
    ...[0, 2, 3, 3, 4, 5, 5],
  ]);
});

Deno.test("countAbove: has those that are larger, whatever the smallest is", () => {
  const all = createHistogram();
  for (const value of [800, 900, 1_000, 9_000]) record(all, value);
  assertEquals([0, 850, 2_000, 10_000].map((value) => countAbove(all, value)), [4, 3, 1, 0]);
});

/** The names that monitoring commonly has. */
const seeds = [
  ...["cpu_usage", "memory_usage", "network_io", "disk_io"],
  ...["request_latency", "queue_length", "error_rate", "throughput"],
];

Deno.test("prometheus: a parser finds what a system did, under the common names too", async () => {
  const stage = new SystemStage({
    ...{ min: 2, max: 2 },
    part: { jobMs: 40, failsAt: (payload) => payload === "bad" },
  });
  await stage.clock.advance(1_100);
  for (const input of ["good", "good", "bad"]) {
    stage.system.queue.submit([orderOf({ task: "a" }, { payload: JSON.stringify(input) })]);
  }
  await stage.clock.advance(1_000);
  const { families, of } = parsed(await exported(stage.system));
  const names = families.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assert(families.every(({ help, type }) => help.endsWith(".") && type !== "UNTYPED"));
  // Disks and networks have no rate where they can't be seen, as here.
  const here = seeds.filter((name) => !name.endsWith("_io"));
  assertEquals(here.filter((name) => !names.includes(name)), []);
  const worker = { component: "worker", operation: "a" };
  assertEquals(of("request_latency_count", worker), 3);
  assertEquals(of("request_latency_bucket", { ...worker, le: "0.025" }), 0);
  assertEquals(of("request_latency_bucket", { ...worker, le: "0.05" }), 3);
  assertEquals(of("error_rate", worker)?.toFixed(4), "0.3333");
  assert(of("throughput", { ...worker, status: "failed" })! > 0);
  assertEquals(of("queue_length", { component: "queue", status: "queued" }), 0);
  assertEquals(of("flyball_jobs_accepted_total", { operation: "a" }), 3);
  assertEquals(of("flyball_jobs_ended_total", { operation: "a", status: "done" }), 2);
  assertEquals(of("flyball_jobs_ended_total", { operation: "a", status: "failed" }), 1);
  assertEquals(of("flyball_job_duration_seconds_count", { operation: "a" }), 3);
  assertEquals(of("flyball_workers", { pool: "default", state: "ready" }), 2);
  assertEquals(of("flyball_workers_cap", { pool: "default" }), 2);
  assert(of("flyball_decisions_total", { pool: "default" })! >= 1);
  assertEquals(of("flyball_worker_start_seconds_count", { kind: "task" }), 2);
  const seeing = { pool: "default", region: "senses", state: "seeing" };
  assertEquals(of("flyball_scaling_state", seeing), 1);
  assertEquals(of("flyball_breakers", { state: "open" }), 0);
  await stage.system.stop();
});

Deno.test("prometheus: of 10,000 operations 64 are told apart, and none of their jobs is lost", async () => {
  const stage = new Stage(memoryStore());
  for (let i = 0; i < 10_000; i++) {
    stage.run({ operation: `o${i}` });
    if (i % 1_000 === 0) await stage.pass(10);
  }
  const totals = stage.series.totals.with(stage.series.cells.all);
  assertEquals([totals.size, totals.has("other")], [65, true]);
  const sum = [...totals.values()].reduce((sum, { sums }) => sum + sums[place.enqueued]!, 0);
  assertEquals(sum, 10_000);
});

Deno.test("prometheus: totals go on where operations are forgotten, and never fall", async () => {
  const stage = new Stage(memoryStore());
  const done = (operation: string) =>
    stage.series.totals.with(stage.series.cells.all).get(operation)?.sums[place.enqueued] ?? 0;
  stage.run({ operation: "a" });
  assertEquals(done("a"), 1);
  await stage.pass(11);
  assertEquals(done("a"), 1);
  for (let day = 0; day < 3; day++) {
    await stage.clock.advance(86_400_000);
    stage.series.tick();
  }
  assertEquals([stage.series.cells.all.length, done("a")], [0, 1]);
  stage.run({ operation: "a", priority: "high" });
  assertEquals(done("a"), 2);
});

Deno.test("GET /metrics: is text for Prometheus, behind the token, without parameters", async () => {
  const token = "correct-horse";
  await using service = await serve(scriptedRuntime(), { port: 0, token });
  const ask = (path: string, headers = {}) => fetch(`${service.url}${path}`, { headers });
  const refused = await ask("/metrics");
  assertEquals([refused.status, (await refused.json()).code], [401, "missing_token"]);
  const headers = { authorization: `Bearer ${token}` };
  const odd = await ask("/metrics?a=1", headers);
  assertEquals([odd.status, (await odd.json()).code], [400, "unknown_parameter"]);
  const answer = await ask("/metrics", headers);
  assertEquals(answer.status, 200);
  assertStringIncludes(answer.headers.get("content-type")!, "text/plain; version=0.0.4");
  assertEquals(parsed(await answer.text()).of("flyball_build_info", { version: "0.0.0" }), 1);
});
