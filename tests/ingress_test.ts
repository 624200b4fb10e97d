/** Who is let into a queue, and what those are told who are not. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import type { IngressOptions } from "../actors/ingress.ts";
import type { Job } from "../actors/job.ts";
import { applicable, changes } from "../actors/reload.ts";
import { Refusal } from "../actors/runtime.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { Priority } from "../messages/job.ts";
import { Inflow } from "../policies/admission/inflow.ts";
import { Outflow } from "../policies/admission/outflow.ts";
import { mulberry } from "./chance.ts";
import { orderOf } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";

const opened = (options: Partial<IngressOptions> = {}, jobsMax = 1_000) => {
  const stage = new QueueStage(memoryStore(), { jobsMax, bytesMax: 1e9 });
  stage.queue.ingress.adopt({
    ratePerS: null,
    burst: 100,
    normalRatio: 1,
    lowRatio: 1,
    ...options,
  });
  stage.unit = 0.5;
  return stage;
};

const refused = (fn: () => unknown): Refusal => assertThrows(fn, Refusal);

Deno.test("ingress: 2,000 a second for 10 s at 1,000 a second and 100 at once: 10,100 are taken", async () => {
  const stage = opened({ ratePerS: 1_000 }, 100_000);
  let taken = 0;
  for (let i = 0; i < 20_000; i++) {
    try {
      stage.add();
      taken++;
    } catch (error) {
      assertEquals((error as Refusal).code, "rate_limited");
    }
    if (i % 2 === 1) await stage.clock.advance(1);
  }
  assertAlmostEquals(taken, 10_100, 101);
});

Deno.test("ingress: who comes too fast is told when to come again, up to 20 % more or less", async () => {
  const stage = opened({ ratePerS: 10, burst: 5 });
  for (let i = 0; i < 5; i++) stage.add();
  const waits = [0, 0.5, 1].map((unit) => {
    stage.unit = unit;
    return refused(() => stage.add()).retryAfterMs!;
  });
  assertEquals(waits.map(Math.round), [80, 100, 120]);
  await stage.clock.advance(100);
  stage.add();
  const { code, message } = refused(() => stage.add());
  assertEquals(code, "rate_limited");
  assertEquals(message, "Cannot take 1 jobs now: 10 a second may come, 5 at once");
  stage.queue.submitOne(orderOf());
  stage.queue.ingress.adopt({ ratePerS: null, burst: 1, normalRatio: 1, lowRatio: 1 });
  for (let i = 0; i < 100; i++) stage.add();
});

Deno.test("ingress: a tenant that submits too much is refused alone, and told when to come", async () => {
  const keys = {
    "tenant:*": { ratePerS: 10, burst: 5 },
    "tenant:big": { ratePerS: 100, burst: 50 },
  };
  const stage = opened({ keys }, 100_000);
  const add = (...names: readonly string[]) =>
    stage.queue.submit(names.map((name) => orderOf({ key: name }, { keys: [name] })));
  const taken = { "tenant:a": 0, "tenant:big": 0, "host:x": 0 };
  for (let i = 0; i < 1_000; i++) {
    for (const key of ["tenant:a", "tenant:big", "host:x"] as const) {
      try {
        add(key);
        taken[key]++;
      } catch (error) {
        assertEquals((error as Refusal).code, "rate_limited");
      }
    }
    await stage.clock.advance(1);
  }
  assertAlmostEquals(taken["tenant:a"], 15, 1);
  assertAlmostEquals(taken["tenant:big"], 150, 1);
  assertEquals(taken["host:x"], 1_000, "what no pattern fits is not limited");
  // Who is refused with others takes nothing of theirs.
  await stage.clock.advance(10_000);
  const { message, retryAfterMs } = refused(() => {
    add("tenant:b", ...Array(5).fill("tenant:a"));
    add("tenant:b", "tenant:a");
  });
  assertEquals(
    message,
    "Cannot take 1 jobs with the key tenant:a now: 10 a second may come, 5 at once",
  );
  assertEquals(Math.round(retryAfterMs!), 100);
  add("tenant:b", "tenant:b", "tenant:b", "tenant:b");
  assertEquals(refused(() => add("tenant:b")).code, "rate_limited");
  // Other limits hold at once, for whom there are some.
  stage.queue.ingress.adopt({
    ...{ ratePerS: null, burst: 1, normalRatio: 1, lowRatio: 1 },
    keys: { "tenant:a": { ratePerS: 1, burst: 1 } },
  });
  add("tenant:b", "tenant:b");
  assertEquals(Math.round(refused(() => add("tenant:a")).retryAfterMs!), 1_000);
});

Deno.test("ingress: keys of the configuration are read by pattern, and change while it runs", () => {
  const of = (keys: unknown) => composeConfig([{ name: "test", values: { admission: { keys } } }]);
  const [before, after] = [of({}), of({ "tenant:*": { ratePerS: 5 } })];
  assertEquals(after.admission.keys, { "tenant:*": { ratePerS: 5, burst: 100 } });
  assert(changes(before, after).every(({ live }) => live));
  assertEquals(applicable(before, after).admission, after.admission);
  assertThrows(() => of({ tenant: { ratePerS: 5 } }), Error, "admission.keys");
  assertThrows(() => of({ "tenant:*": {} }), Error, "ratePerS");
});

Deno.test("inflow: more than the burst come when the bucket is full, and are paid for by others", () => {
  const inflow = new Inflow({ ratePerS: 10, burst: 5 }, 0);
  assertEquals(inflow.waitMs(50, 0), 0);
  inflow.take(50);
  assertEquals([inflow.waitMs(1, 0), inflow.waitMs(50, 0)], [4_600, 5_000]);
  assertEquals([inflow.waitMs(1, 4_600), inflow.waitMs(50, 4_600)], [0, 400]);
  inflow.adopt({ ratePerS: 100, burst: 1 }, 5_000);
  assertEquals([inflow.waitMs(1, 5_000), inflow.waitMs(1, 6_000)], [0, 0]);
});

Deno.test("outflow: knows the pace of the last seconds, and nothing before it has seen one", () => {
  const outflow = new Outflow();
  assertEquals(outflow.waitMs(10, 0, 0), null);
  outflow.look(0, 0);
  assertEquals(outflow.waitMs(10, 50, 500), null);
  assertEquals(outflow.waitMs(10, 100, 1_000), 100);
  outflow.look(100, 1_000);
  outflow.look(2_100, 2_000);
  assertEquals(outflow.waitMs(10, 2_100, 2_000), 5, "2,000 in the last second");
  assertEquals(outflow.waitMs(1e9, 2_100, 2_000), 300_000);
  assertEquals(new Outflow().waitMs(1, 0, 5_000), null);
});

Deno.test("ingress: a full queue tells when a tenth of it will have been worked off", async () => {
  const stage = opened({}, 1_000);
  for (let i = 0; i < 1_000; i++) stage.add();
  assertEquals(refused(() => stage.add()).retryAfterMs, 1_000, "nobody knows yet");
  for (let s = 0; s < 5; s++) {
    for (let i = 0; i < 50; i++) {
      await stage.clock.advance(20);
      stage.end(stage.begin()!);
      stage.add();
    }
  }
  const { code, retryAfterMs } = refused(() => stage.add());
  assertEquals(code, "queue_full");
  assertAlmostEquals(retryAfterMs!, 2_000, 100);
});

Deno.test("ingress: under pressure only the better classes are let in", () => {
  const stage = opened();
  const add = (priority: Priority) => () => stage.add({ priority });
  stage.queue.ingress.shedBelow = "normal";
  add("high")();
  add("normal")();
  const { code, message, retryAfterMs } = refused(add("low"));
  assertEquals([code, retryAfterMs], ["overloaded", 1_000]);
  assertEquals(
    message,
    "Cannot take jobs of class low under pressure: those of class normal and better are taken",
  );
  stage.queue.ingress.shedBelow = "high";
  assertEquals(refused(add("normal")).code, "overloaded");
  assertEquals(
    refused(() => stage.queue.submitOne(orderOf({ priority: "low" }))).code,
    "overloaded",
  );
  stage.queue.submitOne(orderOf({ priority: "low" }), true);
  add("high")();
  stage.queue.ingress.shedBelow = null;
  add("low")();
  assertEquals(stage.queue.open.size, 5);
});

Deno.test("ingress: a submit of many counts by its worst class, whole or not at all", () => {
  const stage = opened({ lowRatio: 0.5 }, 10);
  const orders = (count: number, priority: Priority) =>
    Array.from({ length: count }, () => orderOf({ priority }));
  const many = [...orders(5, "high"), ...orders(1, "low")];
  const { message } = refused(() => stage.queue.submit(many));
  assertEquals(
    message,
    "Cannot take 6 jobs as the queue is full: 0 of 10 jobs, 0 of 1000000000 bytes; " +
      "class low may fill 50 %",
  );
  stage.queue.submit(orders(5, "low"));
  stage.queue.submit(orders(5, "high"));
  assertEquals(refused(() => stage.add({ priority: "high" })).code, "queue_full");
});

Deno.test("ingress: 60 s of ten times what can be done: bounded, and the best class notices nothing", async () => {
  const stage = opened({ normalRatio: 0.8, lowRatio: 0.5 }, 500);
  const random = mulberry(1);
  const tally = { high: [0, 0], normal: [0, 0], low: [0, 0] };
  const waitsMs: number[] = [];
  let most = 0;
  // Two jobs end each 10 ms; twenty come, every tenth of which is a better one than `low`.
  const running: Job[] = [];
  for (let step = 0; step < 6_000; step++) {
    for (let i = 0; i < 20; i++) {
      const chance = random();
      const priority = chance < 0.05 ? "high" : chance < 0.1 ? "normal" : "low";
      tally[priority][0]!++;
      try {
        stage.add({ priority });
        tally[priority][1]!++;
      } catch (error) {
        const { code, retryAfterMs } = error as Refusal;
        assertEquals(code, "queue_full");
        assert(retryAfterMs! > 100 && retryAfterMs! <= 1_200, `${retryAfterMs}`);
      }
    }
    most = Math.max(most, stage.queue.open.size);
    for (const job of running.splice(0)) stage.end(job);
    for (let i = 0; i < 2; i++) {
      const job = stage.begin();
      if (job?.rank === 0) waitsMs.push(stage.clock.nowMs() - job.dueMs);
      if (job) running.push(job);
    }
    await stage.clock.advance(10);
  }
  assert(most <= 500, `${most} at once`);
  assertEquals(tally.high[0], tally.high[1], "all of the best class were taken");
  waitsMs.sort((a, b) => a - b);
  assert(waitsMs[Math.floor(waitsMs.length * 0.95)]! <= 50, "and begun at once");
  assert(tally.low[1]! > 0 && tally.low[1]! < tally.low[0]! / 5, `${tally.low}`);
  assertEquals(
    stage.ended.length + stage.queue.open.size,
    Object.values(tally).reduce((sum, [, n]) => sum + n!, 0),
  );
});

Deno.test("ingress: off by default; the preset plan has its rates and waits", () => {
  const of = (preset: string) => composeConfig([{ name: "test", values: { preset } }]);
  assertEquals(of("default").admission, {
    ratePerS: null,
    burst: 100,
    normalRatio: 1,
    lowRatio: 1,
    keys: {},
  });
  assertEquals([of("plan").admission.ratePerS, of("plan").admission.burst], [1_000, 100]);
  assertEquals(of("plan").jobs.queueTimeouts, { highMs: 10_000, normalMs: 30_000, lowMs: 60_000 });
  const changed = changes(of("default"), of("plan"))
    .filter(({ key }) => /^(admission|jobs)\./.test(key));
  assertEquals(changed.map(({ live }) => live), [true, true, true, true], "by a reload too");
  const { admission, jobs } = applicable(of("default"), of("plan"));
  assertEquals([admission, jobs], [of("plan").admission, of("plan").jobs]);
});
