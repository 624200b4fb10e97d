/** Runs a task over many items, over real workers. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { JobError, Refusal } from "../mod.ts";
import { live, lives } from "./live.ts";
import type { Toy } from "./tasks/toy.ts";
import { until } from "./until.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Later items rest shorter, so that they end first. */
const naps = (count: number): Toy[] =>
  numbers(count).map((value) => ({ do: "nap", ms: (count - value) * 5, value }));

Deno.test("map: yields in the order of the items", async () => {
  await using runtime = await live();
  assertEquals(await Array.fromAsync(runtime.map("toy", naps(20))), numbers(20));
  assertEquals(await Array.fromAsync(runtime.map("toy", [])), []);
});

Deno.test("map: yields in the order of the endings when asked to", async () => {
  await using runtime = await live();
  await runtime.run("toy", { do: "echo" });
  const items: Toy[] = [{ do: "nap", ms: 400, value: "slow" }, { do: "echo", value: "quick" }];
  const results = await Array.fromAsync(runtime.map("toy", items, { ordered: false }));
  assertEquals(results, ["quick", "slow"]);
  const all = await Array.fromAsync(runtime.map("toy", naps(20), { ordered: false }));
  assertEquals(all.map(Number).sort((a, b) => a - b), numbers(20));
});

Deno.test("map: settles every item with an outcome", async () => {
  await using runtime = await live();
  const items: Toy[] = [{ do: "echo", value: 1 }, { do: "throw" }, { do: "echo", value: 2 }];
  const outcomes = await Array.fromAsync(runtime.map("toy", items, { settle: true }));
  assertEquals(outcomes.map(({ type, output, code }) => [type, output, code]), [
    ["done", 1, undefined],
    ["failed", undefined, "task_threw"],
    ["done", 2, undefined],
  ]);
  for (const { attempts, worker } of outcomes) {
    assertEquals(attempts, 1);
    assertMatch(worker!, /^\d+\.1$/);
  }
});

Deno.test("map: takes items no faster than they are read", async () => {
  await using runtime = await live();
  let taken = 0;
  let returned = false;
  const items = (function* (): Generator<Toy> {
    try {
      for (;;) yield { do: "echo", value: taken++ };
    } finally {
      returned = true;
    }
  })();
  const results = runtime.map("toy", items, { inFlight: 8 });
  assertEquals(await results.next(), { value: 0, done: false });
  await until(() => runtime.status().pending === 0 && runtime.status().running === 0);
  assert(taken <= 10, `${taken} items were taken while one result was read`);
  for (let n = 1; n < 100; n++) assertEquals((await results.next()).value, n);
  assert(taken <= 110, `${taken} items were taken while 100 results were read`);
  await results.return!();
  assertEquals(returned, true);
});

Deno.test("map: never has more than inFlight items under way", async () => {
  await using runtime = await live();
  let most = 0;
  let under = 0;
  const items = (async function* (): AsyncGenerator<Toy> {
    for (let value = 0; value < 60; value++) {
      most = Math.max(most, ++under);
      await Promise.resolve();
      yield { do: "nap", ms: 2, value };
    }
  })();
  for await (const _ of runtime.map("toy", items, { inFlight: 5, ordered: false })) under--;
  assert(most > 1 && most <= 6, `${most}`); // One more may be read ahead.
});

Deno.test("map: stops at the first failure and cancels the rest", async () => {
  await using runtime = await live();
  let taken = 0;
  let returned = false;
  const items = (function* (): Generator<Toy> {
    try {
      for (;;) yield taken++ === 3 ? { do: "throw", text: "the fourth" } : { do: "heed" };
    } finally {
      returned = true;
    }
  })();
  const results = runtime.map("toy", items, { inFlight: 10, ordered: false });
  const error = await assertRejects(() => results.next(), JobError);
  assertEquals([error.outcome.type, error.message], ["failed", "Error: the fourth"]);
  assertEquals(returned, true);
  assert(taken <= 11, `${taken}`);
  await until(() => runtime.status().running === 0 && runtime.status().pending === 0);
  const { ended } = runtime.status();
  assertEquals(ended["failed"], 1);
  assert(ended["cancelled"]! >= 2 && ended["done"] === undefined, JSON.stringify(ended));
});

Deno.test("map: tells what was wrong with the items themselves", async () => {
  await using runtime = await live();
  const items = (function* (): Generator<Toy> {
    yield { do: "echo", value: 1 };
    throw new Error("no more");
  })();
  const results = runtime.map("toy", items);
  assertEquals((await results.next()).value, 1);
  await assertRejects(() => results.next(), Error, "no more");
});

Deno.test("map: refuses an unknown task and an item that is no JSON", async () => {
  await using runtime = await live();
  const unknown = runtime.map("toi" as "toy", naps(1));
  const error = await assertRejects(() => unknown.next(), Refusal);
  assertEquals(error.code, "unknown_task");
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const wrong = runtime.map("toy", [circle as unknown as Toy]);
  assertEquals((await assertRejects(() => wrong.next(), Refusal)).code, "invalid_input");
});

Deno.test("map: a signal ends it", async () => {
  await using runtime = await live();
  const stop = new AbortController();
  const results = runtime.map("toy", [{ do: "heed" }, { do: "heed" }], { signal: stop.signal });
  const next = assertRejects(() => results.next(), JobError);
  await until(() => runtime.status().running === 2);
  stop.abort("enough");
  const error = await next;
  assertEquals([error.outcome.type, error.outcome.message], ["cancelled", "enough"]);
  await until(() => runtime.status().running === 0);
  assert(runtime.workerPids.every(lives));
});
