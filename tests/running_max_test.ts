/** All limits together: how many jobs a pool may have, and how many of them of a key. */
import { assert, assertEquals } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { viewJob } from "../actors/job.ts";
import { changes } from "../actors/reload.ts";
import { keysOf } from "../actors/turns/keys_of.ts";
import { whyWaits } from "../actors/why.ts";
import type { JobSpec } from "../messages/job.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

Deno.test("running limit: of 3,000 jobs exactly 1,000 run at once, 50 of an agent and 20 to a host", async () => {
  const stage = new SystemStage({ min: 160, max: 160, runningMax: 1_000, part: { jobMs: 1_000 } });
  const { clock, system } = stage;
  await clock.advance(10_000);
  system.queue.gates.turns.adopt(composeConfig([]).limits);
  const specs: JobSpec[] = Array.from(
    { length: 3_000 },
    (_, n) => n < 600 ? { key: `agent:a${n % 5}` } : n < 1_200 ? { key: `host:h${n % 10}` } : {},
  );
  const jobs = system.queue.submit(specs.map((spec) => orderOf(spec, { keys: keysOf(spec) })));
  const { dispatcher } = system.pool;
  const most = new Map<string, number>();
  let whys = 0;
  for (let i = 0; i < 2_000 && system.queue.open.size > 0; i++) {
    await clock.advance(10);
    const now = new Map([["all", dispatcher.sent]]);
    for (const { slot, spec: { key } } of jobs) {
      if (slot >= 0 && key) now.set(key, (now.get(key) ?? 0) + 1);
    }
    for (const [key, count] of now) most.set(key, Math.max(most.get(key) ?? 0, count));
    const waits = jobs.find(({ state, slot, spec }) =>
      state === "waiting" && slot < 0 && !spec.key
    );
    if (i !== 50 || !waits) continue;
    const { gate, because } = whyWaits(system, viewJob(waits, 0));
    assertEquals([gate, because], ["running limit", "At most 1000 jobs may run, 1000 do"]);
    whys++;
  }
  assertEquals([system.queue.open.size, whys], [0, 1]);
  assert(jobs.every(({ state }) => state === "done"));
  const named = (scope: string, count: number) =>
    Array.from({ length: count }, (_, n) => most.get(`${scope}${n}`));
  assertEquals(most.get("all"), 1_000);
  assertEquals(named("agent:a", 5), Array(5).fill(50));
  assertEquals(named("host:h", 10), Array(10).fill(20));
  await system.stop();
});

Deno.test("running limit: is none but in the preset async, and changes while the service runs", () => {
  const of = (values: object) => composeConfig([{ name: "test", values }]);
  assertEquals(of({}).pools.default.runningMax, null);
  assertEquals(of({ preset: "async" }).pools.default.runningMax, 1_000);
  const after = of({ pools: { default: { runningMax: 3 } } });
  const [changed, ...others] = changes(of({}), after);
  assertEquals([changed?.key, changed?.live, others.length], [
    "pools.default.runningMax",
    true,
    0,
  ]);
});

Deno.test("keys: of 60 requests to 6 hosts 50 are under way, at most 10 to a host", async () => {
  const stage = new SystemStage({ min: 10, max: 10, part: { jobMs: 1_000 } });
  const { clock, system } = stage;
  await clock.advance(1_000);
  system.queue.gates.turns.adopt({
    "net:connections": { each: 50, keys: null },
    "host:*": { each: 10, keys: null },
  });
  const order = (n: number) => {
    const spec: JobSpec = { keys: ["net:connections", `host:h${n % 6}`] };
    return orderOf(spec, { keys: keysOf(spec) });
  };
  const jobs = system.queue.submit(Array.from({ length: 60 }, (_, n) => order(n)));
  await clock.advance(100);
  const sent = jobs.filter(({ slot }) => slot >= 0);
  const perHost = Map.groupBy(sent, ({ keys }) => keys!.find((key) => key.startsWith("host:"))!);
  assertEquals(sent.length, 50);
  assertEquals(perHost.size, 6);
  assert([...perHost.values()].every(({ length }) => length <= 10));
  await clock.advance(3_000);
  assert(jobs.every(({ state }) => state === "done"));
  await system.stop();
});
