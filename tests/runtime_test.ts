/** How tasks end, over real workers. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { JobError } from "../mod.ts";
import { beside, ending, gather, type Live, live, lives, tasks } from "./live.ts";
import { until } from "./until.ts";

const cases: (readonly [name: string, test: (runtime: Live) => unknown])[] = [];
/** A case that leaves its runtime as it was: they have one between them. */
const shared = (name: string, test: (runtime: Live) => unknown) => void cases.push([name, test]);

Deno.test("runtime: runs tasks and returns what they return", async () => {
  await using runtime = await live();
  const values = [0, -1.5, "ä \u2028 \n", null, true, [], { a: [{ b: "c" }] }, ""];
  for (const value of values) {
    assertEquals(await runtime.run("toy", { do: "echo", value }), value);
  }
  assertEquals(await runtime.run("toy", { do: "nap", ms: 1, value: "rested" }), "rested");
  assertEquals(await runtime.run("toy", { do: "nothing" }), null);
  assertEquals(await runtime.run("toy", { do: "attempt" }), 1);
  const many = Array.from({ length: 200 }, (_, value) => value);
  const echoes = many.map((value) => runtime.run("toy", { do: "echo", value }));
  assertEquals(await Promise.all(echoes), many);
  assertEquals(runtime.status().ended, { done: 211 });
});

shared("tells a throw and a rejection as outcomes", async (runtime) => {
  const thrown = await ending(runtime, { do: "throw", text: "no such luck" });
  assertEquals(
    [thrown.type, thrown.category, thrown.code, thrown.message, thrown.attempts],
    ["failed", "exit", "task_threw", "Error: no such luck", 1],
  );
  const { cpuSeconds, source } = thrown.resources;
  assertEquals([source, cpuSeconds! < thrown.durationMs], ["thread", true]);
  assertMatch(thrown.worker!, /^\d+\.\d+$/);
  const rejected = await ending(runtime, { do: "reject" });
  assertEquals([rejected.type, rejected.message], ["failed", "TypeError: rejected"]);
  // One failure more does not harm the next.
  assertEquals(await runtime.run("toy", { do: "echo", value: 7 }), 7);
});

shared("a JobError carries id, outcome and a sentence", async (runtime) => {
  const error = await runtime.run("toy", { do: "throw" }).catch((error) => error);
  assert(error instanceof JobError);
  assertEquals([error.name, error.message], ["JobError", "Error: thrown"]);
  assertMatch(error.id, /^r\d+$/);
});

shared("an output that is no JSON, or too much of it, fails", async (runtime) => {
  for (const what of ["circle", "function", "bigint"] as const) {
    const outcome = await ending(runtime, { do: what });
    assertEquals(
      [what, outcome.type, outcome.category, outcome.code],
      [what, "failed", "validation", "output_not_json"],
    );
  }
  const long = await ending(runtime, { do: "long", length: 2 ** 20 });
  assertEquals([long.type, long.category, long.code], ["failed", "validation", "output_too_large"]);
  const whole = await runtime.run("toy", { do: "long", length: 1_000_000 });
  assertEquals((whole as string).length, 1_000_000);
});

shared("a schema checks input and output, and fills in defaults", async (runtime) => {
  assertEquals(await runtime.run("picky", { path: "a", depth: 3 }), { depth: 3, twice: 6 });
  assertEquals(await runtime.run("picky", { path: "a" } as never), { depth: 1, twice: 2 });
  const wrong = async (input: unknown) => {
    const error = await runtime.run("picky", input as never).catch((error) => error);
    assert(error instanceof JobError);
    const { type, category, code, message } = error.outcome;
    return { type, category, code, message };
  };
  const input = await wrong({ path: "", depth: "deep" });
  assertEquals([input.type, input.category, input.code], ["failed", "validation", "invalid_input"]);
  assertMatch(input.message!, /input\.path: .*; input\.depth: /);
  assertMatch((await wrong({ path: "a", more: 1 })).message!, /more/);
  assertEquals((await wrong(undefined)).code, "invalid_input");
  const output = await wrong({ path: "a", depth: -1 });
  assertEquals([output.category, output.code], ["validation", "invalid_output"]);
  assertMatch(output.message!, /^output\.depth: .*; output\.twice: /);
});

shared("a task can't read beyond what it declared", async (runtime) => {
  const outcome = await ending(runtime, { do: "read", path: "/etc/passwd" });
  assertEquals(
    [outcome.type, outcome.category, outcome.code],
    ["failed", "permission", "permission_denied"],
  );
  assertMatch(outcome.message!, /NotCapable.*\/etc\/passwd/);
  const own = await runtime.run("toy", { do: "read", path: beside("./live.ts").pathname });
  assertEquals(own, await Deno.readTextFile(beside("./live.ts")));
});

Deno.test("runtime: a forgotten rejection or timer does not take neighbours down", async () => {
  await using runtime = await live();
  const neighbour = runtime.run("toy", { do: "nap", ms: 50, value: "whole" });
  assertEquals(await runtime.run("toy", { do: "forget" }), "still here");
  assertEquals(await runtime.run("toy", { do: "late" }), "still here");
  assertEquals(await neighbour, "whole");
  assertEquals(runtime.status().ended, { done: 3 });
});

Deno.test("runtime: a task that logs without end is heard at a bounded rate", async () => {
  await using runtime = await live();
  await using gathered = gather(runtime);
  await runtime.run("toy", { do: "tell", lines: 5_000 });
  const lines = () => gathered.of("told").filter(({ kind }) => kind === "log");
  await until(() => lines().some(({ value }) => String(value).includes("left out")));
  assert(lines().length > 1_000 && lines().length <= 3_003, `${lines().length}`);
});

Deno.test("runtime: a task that ends its process gets three strikes", async () => {
  await using runtime = await live();
  const outcome = await ending(runtime, { do: "exit" });
  assertEquals(
    [outcome.type, outcome.category, outcome.code, outcome.attempts],
    ["dead", "lost", "poison", 3],
  );
  assertMatch(outcome.message!, /exited with 3/);
  const lost = await ending(runtime, { do: "exit" }, { onLoss: "fail" });
  assertEquals(
    [lost.type, lost.category, lost.code, lost.attempts],
    ["lost", "lost", "worker_crashed", 1],
  );
  assertEquals(await runtime.run("toy", { do: "echo", value: 1 }), 1);
});

shared("tries again what failed, and says so when it was in vain", async (runtime) => {
  const backoff = { baseMs: 1, maxMs: 2 };
  const outcome = await ending(runtime, { do: "throw" }, { retries: 2, backoff });
  assertEquals([outcome.type, outcome.code, outcome.attempts], ["dead", "task_threw", 3]);
  // A wrong input stays wrong.
  const refused = await runtime.run("picky", {} as never, { retries: 2, backoff })
    .catch((error) => error.outcome);
  assertEquals([refused.type, refused.code, refused.attempts], ["failed", "invalid_input", 1]);
});

Deno.test("runtime: the death of a worker is not a retry", async () => {
  await using runtime = await live();
  const backoff = { baseMs: 1 };
  const outcome = await ending(runtime, { do: "exitThenThrow" }, { retries: 1, backoff });
  assertEquals([outcome.type, outcome.attempts, outcome.message], ["dead", 3, "Error: attempt 3"]);
});

shared("a time limit and a signal end a task that heeds them", async (runtime) => {
  const late = await ending(runtime, { do: "heed" }, { timeoutMs: 30 });
  assertEquals([late.type, late.category, late.code], ["timedOut", "timeout", "run_timeout"]);
  assert(late.durationMs >= 29, `${late.durationMs}`);
  const stop = new AbortController();
  const running = ending(runtime, { do: "heed" }, { signal: stop.signal });
  await until(() => runtime.status().running === 1);
  stop.abort("no longer wanted");
  const cancelled = await running;
  assertEquals(
    [cancelled.type, cancelled.category, cancelled.message],
    ["cancelled", "cancelled", "no longer wanted"],
  );
  const before = await ending(runtime, { do: "heed" }, { signal: AbortSignal.abort("too late") });
  assertEquals([before.type, before.message], ["cancelled", "too late"]);
});

Deno.test("runtime: a job that is not begun in time expires", async () => {
  await using runtime = await live({ pools: { default: { slots: { max: 1 } } } });
  runtime.pool().pin(1);
  const stop = new AbortController();
  const first = ending(runtime, { do: "heed" }, { signal: stop.signal });
  await until(() => runtime.status().running === 1);
  const late = await ending(runtime, { do: "echo" }, { queueTimeoutMs: 20 });
  assertEquals([late.type, late.category, late.code], ["expired", "timeout", "queue_timeout"]);
  assertEquals(late.worker, null);
  stop.abort();
  await first;
});

shared("what a task says while it runs does no harm", async (runtime) => {
  assertEquals(await runtime.run("toy", { do: "tell", lines: 2_000 }), 2_000);
});

Deno.test("runtime: a high priority goes first, among equals the older one", async () => {
  const pool = { slots: { max: 1 }, workers: { min: 1, max: 1 } };
  await using runtime = await live({ pools: { default: pool } });
  const order: number[] = [];
  runtime.pool().pause();
  const run = (n: number, priority: "high" | "normal" | "low") =>
    runtime.run("toy", { do: "nap", ms: 1 }, { priority }).then(() => order.push(n));
  const all = [
    run(5, "low"),
    run(3, "normal"),
    run(1, "high"),
    run(4, "normal"),
    run(2, "high"),
  ];
  await until(() => runtime.status().pending === 5);
  runtime.pool().resume();
  await Promise.all(all);
  assertEquals(order, [1, 2, 3, 4, 5]);
});

Deno.test("runtime: leaves no process and no folder behind", async () => {
  const runtime = await live();
  await runtime.run("toy", { do: "echo" });
  await runtime.run("picky", { path: "a", depth: 1 });
  const pids = runtime.workerPids;
  assert(pids.length > 0 && pids.every(lives));
  const folder = folderOf(pids[0]!);
  assert(Deno.statSync(folder).isDirectory);
  const running = runtime.run("toy", { do: "nap", ms: 100, value: "drained" });
  await runtime.close();
  assertEquals(await running, "drained");
  assertEquals(pids.filter(lives), []);
  assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
  assertEquals(runtime.accepting, false);
  const refused = await runtime.run("toy", { do: "echo" }).catch((error) => error.code);
  assertEquals(refused, "draining");
  await runtime.close(); // Once more does nothing.
});

Deno.test("runtime: what does not end while it drains is cancelled", async () => {
  const runtime = await live();
  const running = ending(runtime, { do: "hang" });
  await until(() => runtime.status().running === 1);
  const [pid] = runtime.workerPids;
  await runtime.close({ drainMs: 50 });
  const { type } = await running;
  assertEquals(type, "cancelled");
  assertEquals(lives(pid!), false);
});

shared("knows the names of its tasks", (runtime) => {
  assertEquals(runtime.status().tasks, Object.keys(tasks));
});

Deno.test("runtime: one after the other", async (t) => {
  await using runtime = await live();
  for (const [name, test] of cases) await t.step(name, async () => void await test(runtime));
});

/** Where the runtime of a worker keeps its socket and large outputs. */
function folderOf(pid: number): string {
  const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
  return words.find((word) => word.startsWith("/") && word.endsWith("/workers.sock"))!
    .replace(/\/[^/]+$/, "");
}
