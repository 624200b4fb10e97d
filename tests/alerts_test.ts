/** Who is told of an incident and how often, in virtual time, over failures and restarts. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { delivered, failed } from "../actors/alerts/sinks/sink.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { AlertsStage, configOf, oneSink, quiet } from "./alerts_stage.ts";
import { ManualClock } from "./manual_clock.ts";

const minute = 60_000;
const rules = (rules: object) => ({ ...oneSink, rules });

const bad = { cpuRatio: .99 };

Deno.test("alerts: a restart neither forgets an incident nor tells it again", async () => {
  const store = memoryStore();
  const clock = new ManualClock();
  const first = await new AlertsStage({ store, clock }).start();
  await first.pass(minute, bad);
  assertEquals(first.told, ["raised cpu"]);
  const [incident] = first.alerts.view.items;
  await first.supervisor.stop();

  const second = await new AlertsStage({ store, clock }).start();
  await second.pass(10 * minute, bad);
  assertEquals([second.news, second.told], [[], []]);
  assertEquals(second.alerts.view.items, [incident!]);
  await second.pass(minute, quiet);
  assertEquals(second.told, ["cleared cpu"]);
  assertEquals(second.alerts.view.items[0]!.id, incident!.id);
  await second.supervisor.stop();

  const third = await new AlertsStage({ store, clock }).start();
  await third.pass(minute);
  assertEquals([third.told, third.alerts.view.items.length], [[], 1]);
});

Deno.test("alerts: a message that was not delivered is delivered by the next start", async () => {
  const store = memoryStore();
  const clock = new ManualClock();
  const down = () => failed("can't be reached");
  const first = await new AlertsStage({ store, clock, deliver: down }).start();
  await first.pass(minute, bad);
  await first.pass(minute, quiet);
  await first.supervisor.stop();
  const second = await new AlertsStage({ store, clock }).start();
  await second.pass(5_000);
  assertEquals(second.told, ["raised cpu", "cleared cpu"]);
  assertEquals(second.notes[0]!.id, first.notes[0]!.id);
});

Deno.test("alerts: an incident whose rule is off after a restart is over", async () => {
  const store = memoryStore();
  const clock = new ManualClock();
  const first = await new AlertsStage({ store, clock }).start();
  await first.pass(minute, bad);
  await first.supervisor.stop();
  const config = rules({ cpu: { enabled: false } });
  const second = await new AlertsStage({ store, clock, config }).start();
  await second.pass(minute, bad);
  assertEquals(second.told, ["cleared cpu"]);
});

Deno.test("alerts: what an earlier start kept and nobody understands is left out", async () => {
  const store = memoryStore();
  const incident = {
    id: "a1",
    rule: "moon",
    subject: null,
    message: "full",
    raisedAt: "2026-01-01",
  };
  const snapshot = {
    open: [{ incident, machine: 7 }, 4, null],
    recent: "x",
    waiting: { ops: [{}] },
  };
  store.append([{ type: "snapshot", actor: "alerts", snapshot }]);
  const stage = await new AlertsStage({ store }).start();
  await stage.pass(minute);
  assertEquals(stage.told, ["cleared moon"]);
});

Deno.test("alerts: a sink that fails is tried again with longer waits, in order, then given up", async () => {
  const atMs: number[] = [];
  const stage: AlertsStage = await new AlertsStage({
    deliver: () => (atMs.push(stage.clock.nowMs()), failed("answered 503")),
  }).start();
  await stage.pass(minute, bad);
  await stage.pass(minute, quiet);
  assertEquals(stage.alerts.view.sinks[0]!.queued, 2);
  assertEquals(stage.alerts.view.sinks[0]!.because, "answered 503");
  await stage.pass(120 * minute);
  assertEquals(new Set(stage.notes.slice(0, 12).map(({ news }) => news)), new Set(["raised"]));
  assertEquals(stage.notes.length, 24);
  const waits = atMs.slice(1, 12).map((ms, i) => Math.round((ms - atMs[i]!) / 1_000));
  assertEquals(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  assertEquals(stage.alerts.view.sinks[0]!.dropped, 2);
  const last = stage.facts.at(-1)!;
  assert(last.type === "alert" && last.code === "alert_undelivered");
  assertMatch(last.message, /^The sink ops was not told of a\S+\.cleared: answered 503$/);
});

Deno.test("alerts: an answer that is final is not asked for again", async () => {
  const stage = await new AlertsStage({ deliver: () => failed("answered 404", true) }).start();
  await stage.pass(10 * minute, bad);
  assertEquals(stage.notes.length, 1);
});

Deno.test("alerts: a sink that hangs holds nobody up and nothing grows without bound", async () => {
  const config = {
    sinks: { slow: oneSink.sinks.ops, good: { ...oneSink.sinks.ops, everyMs: 0 } },
    rules: { breakers: {} },
  };
  const stage = await new AlertsStage({
    config,
    deliver: (_note, sink) => sink === 0 ? new Promise(() => {}) : delivered,
  }).start();
  for (let i = 0; i < 600; i++) {
    await stage.pass(2_000, { breakers: [{ name: `host:${i}`, because: "open" }] });
  }
  const [slow, good] = stage.alerts.view.sinks;
  assertEquals([slow!.queued, slow!.delivered], [1_000, 0]);
  assert(slow!.dropped > 0);
  assertEquals(good!.dropped, 0);
  assert(good!.delivered > 590, JSON.stringify(good));
  assertEquals(stage.alerts.view.items.filter(({ state }) => state === "cleared").length, 50);
});

Deno.test("alerts: a sink is told no more than its rate allows, and later the rest", async () => {
  const config = { sinks: { ops: { ...oneSink.sinks.ops, burst: 3, everyMs: 10_000 } } };
  const stage = await new AlertsStage({ config }).start();
  const breakers = Array.from({ length: 10 }, (_, i) => ({ name: `host:${i}`, because: "open" }));
  await stage.pass(8_000, { breakers });
  assertEquals(stage.told.length, 3);
  await stage.pass(30_000);
  assertEquals(stage.told.length, 6);
  await stage.pass(10 * minute);
  assertEquals(stage.told.length, 10);
});

Deno.test("alerts: who wants to know of critical ones alone is told when one gets so", async () => {
  const { ops } = oneSink.sinks;
  const sinks = {
    pager: { ...ops, level: "critical" },
    chat: { ...ops, escalations: true },
  };
  const seen: string[] = [];
  const stage = await new AlertsStage({
    config: { sinks },
    deliver: ({ news }, sink) => (seen.push(`${["pager", "chat"][sink]} ${news}`), delivered),
  }).start();
  await stage.pass(minute, { cpuRatio: .85 });
  assertEquals(seen, ["chat raised"]);
  await stage.pass(minute, { cpuRatio: .96 });
  await stage.pass(minute, quiet);
  assertEquals(seen.slice(1), ["pager raised", "chat escalated", "pager cleared", "chat cleared"]);
});

Deno.test("alerts: a disk that is full does not keep them from being told", async () => {
  const store = memoryStore();
  const stage = new AlertsStage({
    store: {
      ...store,
      append: () => 7,
      committedLsn: 0,
      recover: store.recover.bind(store),
    } as never,
  });
  await stage.start();
  await stage.pass(34_000, bad);
  assertEquals(stage.told, []);
  await stage.pass(10_000);
  assertEquals(stage.told, ["raised cpu"]);
});

Deno.test("alerts: another configuration holds from then on, and what waits goes on waiting", async () => {
  const stage = await new AlertsStage({ deliver: () => failed("down") }).start();
  await stage.pass(minute, bad);
  await stage.alerts.adopt(
    configOf(rules({ cpu: { enabled: false }, memory: { warningRatio: .3 } })),
  );
  await stage.pass(minute);
  assertEquals(stage.news.toSorted(), [
    "alertCleared critical cpu",
    "alertRaised critical cpu",
    "alertRaised warning memory",
  ]);
  const other = { sinks: { ops: { ...oneSink.sinks.ops, level: "critical" } } };
  await stage.alerts.adopt(configOf(other));
  assertEquals(stage.alerts.view.sinks.map(({ name, queued }) => [name, queued]), [["ops", 3]]);
});

Deno.test("alerts: a rule that fails is left out and the others go on", async () => {
  const stage = await new AlertsStage().start();
  await stage.pass(minute, { ...bad, breakers: null as never });
  assertEquals(stage.news, ["alert_rule_failed", "alertRaised critical cpu"]);
});
