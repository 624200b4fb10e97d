import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Refusal } from "../actors/refusal.ts";
import { Cells } from "../actors/series/cells.ts";
import { jsonBytes, textBytes } from "../actors/series/json_bytes.ts";
import { parseRowKey, rowKey } from "../actors/series/row.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { SeriesQuery } from "../messages/series.ts";
import { jobOf } from "./orders.ts";
import { noon, Stage } from "./series_stage.ts";

Deno.test("series: ten thousand operations and projects are some and the others", async () => {
  const stage = new Stage(memoryStore());
  for (let i = 0; i < 10_000; i++) stage.run({ operation: `o${i}`, projectId: `p${i % 100}` });
  for (const by of ["operation", "projectId"] as const) {
    const { items } = await stage.operations({ by });
    assert(items.length <= 257, `${items.length} items`);
    assertEquals(items[0]?.labels[by], "other");
    assertEquals(items.reduce((sum, { done }) => sum + done, 0), 10_000);
  }
  const cells = new Cells(() => noon);
  for (let i = 0; i < 1_000; i++) cells.of(jobOf(i, { projectId: `p${i}` }));
  cells.of(jobOf(1, { operation: "late" }));
  assert(cells.all.length <= 34, "one operation with many projects leaves room for the next");
  assert(cells.all.some(({ operation }) => operation === "late"));
});

Deno.test("series: kinds of jobs that nobody has seen for a day make room", async () => {
  const stage = new Stage(memoryStore());
  stage.run({ operation: "old" });
  await stage.pass(60);
  for (let day = 0; day < 2; day++) {
    stage.clock.skip(86_400_000);
    stage.run({ operation: "new" });
    await stage.pass(11);
    stage.clock.skip(3_600_000);
  }
  assertEquals(stage.series.cells.all.map(({ operation }) => operation), ["new"]);
  const { series } = await stage.ask({
    names: ["done"],
    step: "1d",
    rangeMs: 9e8,
    by: "operation",
  });
  assertEquals(series.map(({ labels }) => labels.operation), ["new", "old"]);
});

Deno.test("series: resources and bytes are summed up, and are null where nobody looked", async () => {
  const stage = new Stage(memoryStore());
  stage.run({ task: "a" }, { output: null });
  const resources = { cpuSeconds: 0.5, peakBytes: 2e8, ioBytes: 10, source: "cgroup" } as const;
  stage.run({ task: "b" }, { resources, output: { ü: [1, "x\n"] } }, '{"ü":1}');
  stage.run({ task: "b" }, { resources: { ...resources, peakBytes: 1e8 }, stdout: "äb" });
  const { items } = await stage.operations();
  const [b, a] = ["b", "a"].map((name) => items.find(({ labels }) => labels.operation === name)!);
  assertEquals([a!.cpuSeconds, a!.peakBytes, a!.ioBytes], [null, null, null]);
  assertEquals([b!.cpuSeconds, b!.peakBytes, b!.ioBytes], [1, 2e8, 20]);
  assertEquals([a!.inBytes, a!.outBytes], [4, 4]);
  assertEquals([b!.inBytes, b!.outBytes], [8 + 4, 16 + 3]);
});

Deno.test("jsonBytes: is as long as what JSON.stringify writes", () => {
  fc.assert(fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
    const clean = JSON.parse(JSON.stringify(value));
    assertEquals(jsonBytes(clean), textBytes(JSON.stringify(clean)));
  }));
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  assertEquals(jsonBytes(deep), 200_001);
});

Deno.test("rowKey: is read back, in the order of time", () => {
  const part = { step: "1m", kind: "jobs", epoch: 12 } as const;
  fc.assert(fc.property(fc.nat(), fc.nat(), fc.string(), (one, other, label) => {
    const key = rowKey({ ...part, at: one, label });
    assertEquals(parseRowKey(key), { at: one, label });
    if (one < other) assert(key < rowKey({ ...part, at: other, label }));
  }));
});

Deno.test("series: refuses what is no query, with the field and what was expected", async () => {
  const stage = new Stage(memoryStore());
  const rows: [unknown, string, string][] = [
    [null, "invalid_query", "an object"],
    [{}, "invalid_names", "1..20 names"],
    [{ names: [] }, "invalid_names", "1..20 names"],
    [{ names: ["duration"] }, "invalid_names", "durationMs, waitMs"],
    [{ names: ["done"], step: "1s" }, "invalid_step", "10s, 1m, 1h, 1d"],
    [{ names: ["done"], rangeMs: 0 }, "invalid_range", "730 d"],
    [{ names: ["done"], rangeMs: 864e5, step: "10s" }, "invalid_step", "1m or more"],
    [{ names: ["done"], by: "worker" }, "invalid_by", "operation, priority, projectId"],
    [{ names: ["done"], priority: "urgent" }, "invalid_priority", "high, normal, low"],
    [{ names: ["done"], operation: "" }, "invalid_operation", "1..512"],
    [{ names: ["done"], colour: "red" }, "unrecognized_key", "names, rangeMs, step"],
    [{ names: ["cpuRatio"], by: "operation" }, "invalid_names", "cpuRatio"],
  ];
  for (const [query, code, says] of rows) {
    const refused = await assertRejects(() => stage.ask(query as SeriesQuery), Refusal);
    assertEquals([refused.code, refused.message.includes(says)], [code, true], refused.message);
  }
  const refused = await assertRejects(() => stage.operations({ window: "2m" as never }), Refusal);
  assertEquals(refused.code, "invalid_window");
});
