/** What of a configuration is heeded while the runtime runs, and what is told of the rest. */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { composeConfig, type Config, type ConfigInput } from "../actors/config.ts";
import { Refusal } from "../actors/refusal.ts";
import { ConfigDesk, type Heeder } from "../actors/config_desk.ts";
import { applicable, changes, describeChanges, liveKeys } from "../actors/reload.ts";
import type { ControlFact } from "../messages/facts.ts";
import { live } from "./live.ts";
import { ManualClock } from "./manual_clock.ts";
import { until } from "./until.ts";

const configOf = (values: ConfigInput = {}) => composeConfig([{ name: "test", values }]);
const usual = configOf();

Deno.test("reload: what can change at once is told from what needs a restart", () => {
  const next = configOf({
    pools: { default: { workers: { min: 2, max: 9 }, spares: 1, slots: { max: 7 } } },
    store: { engine: "memory" },
    commands: { roots: ["/srv"] },
  });
  assertEquals(changes(usual, usual), []);
  assertEquals(
    changes(usual, next).map(({ key, words, live }) => [key, words, live]).sort(),
    [
      ["commands.roots", '["."] -> ["/srv"]', true],
      ["pools.default.slots.max", "1024 -> 7", true],
      ["pools.default.spares", "0 -> 1", true],
      ["pools.default.workers.max", "null -> 9", true],
      ["pools.default.workers.min", "1 -> 2", true],
      ["store.engine", '"sqlite" -> "memory"', false],
    ],
  );
  const config = applicable(usual, next);
  assertEquals(changes(usual, config).every(({ live }) => live), true);
  assertEquals(changes(config, next).every(({ live }) => !live), true);
  assertEquals(describeChanges([]), "nothing has changed");
});

Deno.test("reload: a policy's options are heeded at once", () => {
  const governed = (keepAliveMs: number) =>
    configOf({ pools: { default: { policy: { name: "governor", keepAliveMs } } } });
  const change = { key: "pools.default.policy.keepAliveMs", words: "1000 -> 2000", live: true };
  assertEquals(changes(governed(1_000), governed(2_000)), [change]);
});

/** A desk whose words are noted; `heeders` come before one that notes what it takes. */
function watched(heeders: readonly Heeder[] = []) {
  const facts: ControlFact[] = [];
  const applied: Config[] = [];
  const everything: Heeder = {
    name: "everything",
    keys: liveKeys,
    heed: (config) => void applied.push(config),
  };
  const desk = new ConfigDesk(usual, {
    clock: new ManualClock(Date.UTC(2026, 0, 1)),
    epoch: 7,
    heeders: [...heeders, everything],
    note: (fact) => void facts.push(fact),
  });
  return { desk, facts, applied };
}

Deno.test("reload: one after another; what can't be loaded changes nothing", async () => {
  const { desk, facts, applied } = watched();
  const slow = Promise.withResolvers<Config>();
  const first = desk.reload(() => slow.promise);
  const second = desk.reload(() => {
    throw new Refusal("invalid_config", "two things", [
      { pointer: "", message: "one" },
      { pointer: "", message: "two" },
    ]);
  });
  const third = desk.reload(() => configOf({ jobs: { retries: 3 } }));
  assertEquals([facts, applied], [[], []]);
  slow.resolve(configOf({ jobs: { retries: 2 } }));
  assertEquals((await first).version, 2);
  await assertRejects(() => second, Refusal, "two things");
  assertEquals((await third).version, 3);
  assertEquals(applied.map(({ jobs }) => jobs.retries), [2, 3]);
  const message = "The configuration stays as it is: one; two";
  assertEquals(facts, [
    { type: "config", version: 2, change: "jobs.retries 0 -> 2", by: "program" },
    { type: "alert", level: "warning", code: "config_rejected", message },
    { type: "config", version: 3, change: "jobs.retries 2 -> 3", by: "program" },
  ]);
});

Deno.test("reload: what only a restart can change touches nothing that runs", async () => {
  const { desk, facts, applied } = watched();
  const memory = configOf({ store: { engine: "memory" } });
  await desk.reload(() => memory);
  await desk.reload(() => memory);
  assertEquals(applied, []);
  const change = 'store.engine "sqlite" -> "memory" (needs a restart)';
  assertEquals(facts.map((fact) => fact.type === "config" && fact.change), [change, change]);
});

Deno.test("reload: bounds, limits and defaults of a running runtime; its workers stay", async () => {
  const sized = (min: number, more: ConfigInput = {}) =>
    configOf({ ...more, pools: { default: { workers: { min, max: 4 } } } });
  await using runtime = await live(sized(1));
  await until(() => runtime.status().size === 1);
  const [pid] = runtime.workerPids;
  const more = { queue: { jobsMax: 1 }, commands: { allow: false } } as const;
  const { version, changes } = await runtime.reload(() => sized(3, more));
  assertEquals([version, changes.length], [2, 3]);
  await until(() => runtime.status().size === 3);
  assertStrictEquals(runtime.workerPids[0], pid);
  await assertRejects(
    () => runtime.submit({ command: ["true"] }),
    Refusal,
    "Commands are not allowed",
  );
  const naps = [1, 2].map(() => ({ task: "toy", input: { do: "nap", ms: 1 } }));
  await assertRejects(() => runtime.submitAll(naps), Refusal, "queue is full");
});
