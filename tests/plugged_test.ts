/** Metrics of others: what they must be, and how they reach policies and exports. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Plugged } from "../actors/exports/plugged.ts";
import { Refusal } from "../actors/refusal.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { MetricSpec } from "../messages/metric.ts";
import { bind } from "../policies/scaling/mod.ts";
import { live } from "./live.ts";
import { ManualClock } from "./manual_clock.ts";
import { readingOf } from "./readings.ts";
import { exported, parsed } from "./scraped.ts";
import { SystemStage } from "./system_stage.ts";
import { until } from "./until.ts";

const lag = {
  name: "kafka_lag",
  help: "Messages that wait.",
  unit: "messages",
  staleMs: 10_000,
} as const satisfies MetricSpec;

function stage() {
  const clock = new ManualClock();
  const facts: ControlFact[] = [];
  const plugged = new Plugged(clock, (fact) => facts.push(fact));
  const told = () => facts.map((fact) => fact.type === "alert" && fact.code);
  return { clock, plugged, told, facts };
}

Deno.test("plugged: a gauge is read by its name and unit, and with its labels", () => {
  const { plugged } = stage();
  assertEquals(plugged.reading(), undefined);
  const gauge = plugged.register(lag);
  assertEquals([gauge.key, plugged.reading()], ["kafka_lag_messages", {
    kafka_lag_messages: null,
  }]);
  gauge.set(7);
  gauge.set(5);
  plugged.register({ ...lag, name: "heap_bytes", unit: "bytes" }).set(1);
  plugged.register({ ...lag, name: "room", unit: "ratio", labels: { z: "1", at: 'a"b' } }).set(0);
  assertEquals(plugged.reading(), {
    kafka_lag_messages: 5,
    heap_bytes: 1,
    'room_ratio{at="a\\"b",z="1"}': 0,
  });
  gauge.remove();
  gauge.remove();
  assertEquals(Object.keys(plugged.reading()!).length, 2);
});

Deno.test("plugged: a sum adds up and only grows", () => {
  const { plugged } = stage();
  const counter = plugged.register({ ...lag, type: "counter" });
  counter.add(2);
  counter.add(.5);
  assertEquals(plugged.reading(), { kafka_lag_messages_total: 2.5 });
  for (const wrong of [-1, NaN, Infinity, "1"]) {
    const error = assertThrows(() => counter.add(wrong as number), Refusal);
    assertEquals(error.code, "invalid_value");
  }
  assertEquals(plugged.reading(), { kafka_lag_messages_total: 2.5 });
});

Deno.test("plugged: what is stale is unknown, told once, and back with its next value", async () => {
  const { plugged, clock, told, facts } = stage();
  const gauge = plugged.register(lag);
  gauge.set(7);
  await clock.advance(10_000);
  assertEquals(plugged.reading(), { kafka_lag_messages: 7 });
  await clock.advance(1);
  for (let i = 0; i < 3; i++) assertEquals(plugged.reading(), { kafka_lag_messages: null });
  assertEquals(told(), ["metric_stale"]);
  const [fact] = facts;
  assert(fact?.type === "alert" && fact.message.includes("kafka_lag_messages"));
  gauge.set(8);
  assertEquals([plugged.reading(), told()], [{ kafka_lag_messages: 8 }, [
    "metric_stale",
    "metric_back",
  ]]);
});

Deno.test("plugged: refuses what is no metric, and names the field", () => {
  const { plugged } = stage();
  plugged.register({ ...lag, labels: { topic: "a" } });
  const wrong: readonly [Partial<Record<keyof MetricSpec, unknown>>, string, string?][] = [
    [{ name: "Lag" }, "/name"],
    [{ name: "" }, "/name"],
    [{ name: "flyball_jobs" }, "/name"],
    [{ name: "cpu_usage" }, "/name"],
    [{ name: "throughput_mine" }, "/name"],
    [{ name: 5 }, "/name"],
    [{ unit: "ms " }, "/unit"],
    [{ help: "" }, "/help"],
    [{ help: "x".repeat(201) }, "/help"],
    [{ type: "summary" }, "/type"],
    [{ staleMs: 999 }, "/staleMs"],
    [{ staleMs: Infinity }, "/staleMs"],
    [{ staleMs: undefined }, "/staleMs"],
    [{ labels: { a: "1", b: "1", c: "1", d: "1", e: "1" } }, "/labels"],
    [{ labels: { le: "1" } }, "/labels/le"],
    [{ labels: { a: 1 } }, "/labels/a"],
    [{ labels: { other: "1" } }, "/labels"],
    [{}, "/labels"],
  ];
  for (const [part, pointer] of wrong) {
    const error = assertThrows(() => plugged.register({ ...lag, ...part } as typeof lag), Refusal);
    const [issue] = error.issues;
    assertEquals([error.code, issue?.pointer], ["invalid_metric", pointer], error.message);
  }
  const twice = () => plugged.register({ ...lag, labels: { topic: "a" } });
  assertEquals(assertThrows(twice, Refusal).code, "metric_exists");
  for (let i = 1; i < 256; i++) plugged.register({ ...lag, labels: { topic: `t${i}` } });
  const more = () => plugged.register({ ...lag, labels: { topic: "more" } });
  assertEquals(assertThrows(more, Refusal).code, "too_many_metrics");
});

Deno.test("external: follows its metric up at once and down to the most of a while", () => {
  const stepper = bind("external", { metric: "lag", perWorkerUnits: 10, shrinkAfterMs: 1_000 });
  const ask = (nowMs: number, lag: number | null) => {
    const { floor, cap } = stepper.step(readingOf({ nowMs, workers: 4, plugged: { lag } }));
    assertEquals(floor, cap);
    return floor;
  };
  assertEquals(ask(0, null), 4);
  assertEquals(ask(100, 55), 6);
  assertEquals(ask(200, 20), 6);
  assertEquals(ask(700, 30), 6);
  assertEquals(ask(1_200, 10), 3);
  assertEquals(ask(1_300, null), 3);
  assertEquals(ask(9_000, 10), 3);
  assertEquals(ask(10_000, 10), 1);
  assertEquals(ask(10_001, 1e6), 100_000);
});

Deno.test("external: never less than was asked for within the while", () => {
  const values = fc.array(fc.tuple(fc.nat(500), fc.option(fc.nat(200), { freq: 5 })), {
    minLength: 1,
  });
  fc.assert(fc.property(values, (values) => {
    const stepper = bind("external", { metric: "lag", shrinkAfterMs: 1_000 });
    let nowMs = 0;
    const seen: { nowMs: number; lag: number | null; size: number }[] = [];
    for (const [laterMs, lag] of values) {
      nowMs += laterMs;
      const size = stepper.step(readingOf({ nowMs, plugged: { lag } })).floor;
      const before = seen.at(-1)?.size ?? 4;
      if (lag === null) assertEquals(size, before);
      else {
        assert(size >= lag);
        if (size < before) {
          for (const one of seen.filter((one) => one.nowMs > nowMs - 1_000)) {
            assert(one.lag === null || one.lag <= size);
          }
        }
      }
      seen.push({ nowMs, lag, size });
    }
  }));
});

Deno.test("plugged: reaches decisions and exports of a whole system, and leaves both when stale", async () => {
  const stage = new SystemStage({ max: 4 });
  const { plugged } = stage.system;
  const gauge = plugged.register(lag);
  gauge.set(42);
  await stage.clock.advance(1_100);
  const reading = stage.system.controller.decisions().at(-1)?.reading;
  const scraped = async () => parsed(await exported(stage.system));
  assertEquals(reading?.plugged, { kafka_lag_messages: 42 });
  assertEquals((await scraped()).of("kafka_lag_messages"), 42);
  assertEquals((await scraped()).of("flyball_metric_stale", { metric: gauge.key }), 0);
  await stage.clock.advance(11_000);
  assertEquals((await scraped()).of("kafka_lag_messages"), undefined);
  assertEquals((await scraped()).of("flyball_metric_stale", { metric: gauge.key }), 1);
  await stage.system.stop();
});

Deno.test("plugged: sizes a real pool, and is scraped over HTTP", async () => {
  const policy = { name: "external", metric: "kafka_lag_messages", perWorkerUnits: 10 };
  await using runtime = await live({
    pools: { default: { workers: { min: 1, max: 4 }, policy } },
  });
  const gauge = runtime.metrics.register(lag);
  gauge.set(25);
  await until(() => runtime.status().size === 3);
  const decision = runtime.decisions().at(-1)!;
  assertEquals(decision.reading.plugged, { kafka_lag_messages: 25 });
  const answer = await runtime.fetch(new Request("http://localhost/metrics"));
  assertEquals(parsed(await answer.text()).of("kafka_lag_messages"), 25);
});
