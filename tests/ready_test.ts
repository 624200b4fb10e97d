/** What a service says of itself when its workers fail it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { poolHandle } from "../actors/pool_handle.ts";
import type { Runtime } from "../actors/runtime.ts";
import { statusOf } from "../actors/status.ts";
import { statusText } from "../cli/status.ts";
import { createApp } from "../service/app.ts";
import { orderOf } from "./orders.ts";
import { type StageOptions, SystemStage } from "./system_stage.ts";

/** A stage with the doors' view of it. */
function opened(options: StageOptions) {
  const stage = new SystemStage(options);
  const status = () => statusOf(stage.system, { version: "0", startedAt: 0, tasks: ["t"] });
  const runtime = {
    accepting: true,
    status,
    pool: () => poolHandle(stage.system, "default"),
    inspect: () => () => {},
  } as unknown as Runtime;
  const app = createApp(runtime);
  const ready = async () => {
    const response = await app.fetch(new Request("http://localhost/readyz"));
    const { code, detail } = await response.json();
    return { status: response.status, code, detail, headers: response.headers };
  };
  return { stage, status, ready, runtime };
}

Deno.test("readyz: RF12: no worker can be started: 503 no_workers until one can", async () => {
  const { stage, status, ready, runtime } = opened({ min: 2, part: { startMs: null } });
  await stage.clock.advance(5_000);
  const { status: code, headers, ...said } = await ready();
  assertEquals([code, said.code], [503, "no_workers"]);
  assertMatch(said.detail, /the breaker is open/);
  assert(Number(headers.get("retry-after")) >= 1);
  assertMatch(status().verdict, /^down: /);
  stage.part = {};
  await stage.clock.advance(40_000);
  assertEquals([(await ready()).status, status().pools[0]!.workers.ready], [200, 2]);
  runtime.pool().pause();
  assertEquals((await ready()).status, 200, "a pause is no failure");
});

Deno.test("readyz: all seats in quarantine: 503, and the operator's word ends it", async () => {
  const { stage, status, ready, runtime } = opened({ min: 1, max: 1 });
  await stage.clock.advance(1_000);
  for (let death = 0; death < 6; death++) {
    stage.processes.at(-1)!.exit(1);
    await stage.clock.advance(2_000);
  }
  assertEquals((await ready()).code, "no_workers");
  const [pool] = status().pools;
  const { workersLost, quarantined } = pool!.restarts;
  assertEquals([workersLost, quarantined.map(({ seat }) => seat)], [6, [1]]);
  assert(Date.parse(quarantined[0]!.until) > stage.clock.wallMs());
  assertMatch(statusText(status()), / · 6 workers lost · seat 1 in quarantine until 2023-/);
  assertMatch(status().verdict, /in quarantine/);
  runtime.pool().resume();
  await stage.clock.advance(1_000);
  assertEquals([(await ready()).status, status().pools[0]!.restarts.quarantined], [200, []]);
});

Deno.test("readyz: a pool that has shrunk to nothing is ready", async () => {
  const { stage, ready } = opened({ min: 0 });
  await stage.clock.advance(5_000);
  assertEquals([stage.ready, (await ready()).status], [0, 200]);
});

Deno.test("status: tells what starts take, by grant, and so do decisions", async () => {
  const { stage, status } = opened({ min: 3, max: 8, part: { startMs: 40 } });
  await stage.clock.advance(5_000);
  const [row, ...others] = status().pools[0]!.starts;
  assertEquals([row!.grant, row!.kind, others], ["nothing", "task", []]);
  assertEquals(row!.startMs.count, 3);
  const near = (ms: number | null) => ms !== null && Math.abs(ms - 40) < 4;
  assert(near(row!.startMs.p50) && near(row!.startMs.p95), JSON.stringify(row));
  assertMatch(statusText(status()), /a start takes tasks \d+ ms \(p95 \d+ ms\)/);
  stage.system.control({ type: "pin", workers: 4 });
  for (let n = 0; n < 40; n++) stage.system.queue.submitOne(orderOf());
  await stage.clock.advance(5_000);
  const { starts, reading } = stage.system.controller.decisions().at(-1)!;
  assertEquals(starts.map(({ grant }) => grant), ["nothing"]);
  assert(near(starts[0]!.p50Ms) && near(starts[0]!.p95Ms) && near(reading.startP95Ms));
});

Deno.test("spares: idle workers are kept ready beside those that have jobs", async () => {
  const { stage, status } = opened({ min: 1, max: 5, spares: 2, part: { jobMs: 30_000 } });
  await stage.clock.advance(1_000);
  assertEquals(stage.ready, 2);
  stage.system.queue.submitOne(orderOf());
  await stage.clock.advance(200);
  assertEquals([stage.ready, status().pools[0]!.workers.idle], [3, 2]);
  for (let n = 0; n < 100; n++) {
    stage.system.queue.submitOne(orderOf());
    await stage.clock.advance(20);
  }
  assertEquals(stage.ready, 5, "no more than the largest size");
  await stage.clock.advance(120_000);
  assertEquals([stage.ready, status().pools[0]!.workers.idle], [2, 2]);
  assertEquals(stage.spawnsMs.length, 5);
});
