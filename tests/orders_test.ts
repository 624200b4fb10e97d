import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import { intakeOptions } from "../actors/heeders.ts";
import { inputText, Orders } from "../actors/orders.ts";
import { Refusal } from "../actors/runtime.ts";
import { stageOrders } from "../actors/stage_order.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { JobSpec } from "../messages/job.ts";
import { messageCharsMax } from "../messages/wire.ts";
import { jobOf, task } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";

const orders = new Orders([task, { ...task, number: 2, name: "resize-image" }], 16, 5_000);
const defaults = { timeoutMs: 60_000, retries: 2 };
const place = { env: { PATH: "/bin", A: "1" }, cwd: "/w", folder: false, spill: null };

Deno.test("inputText: is JSON that reads as the same value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const same = JSON.parse(JSON.stringify(value));
    assertEquals(JSON.parse(inputText(value)), same);
  }));
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(fc.property(finite, (number) => {
    assertEquals(JSON.parse(inputText(number)), number + 0);
  }));
  assertEquals([inputText(undefined), inputText(null), inputText("\ud800")], [
    "null",
    "null",
    '"\\ud800"',
  ]);
});

Deno.test("inputText: what is not JSON is refused and says so", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  for (const input of [() => {}, Symbol("x"), 1n, cycle, { n: 1n }]) {
    const refusal = assertThrows(() => inputText(input), Refusal);
    assertEquals([refusal.code, refusal.issues[0]?.pointer], ["invalid_input", "/input"]);
  }
});

Deno.test("inputText: an input has a largest size, of characters of JSON", () => {
  const most = messageCharsMax - 1024;
  assertEquals(inputText("a".repeat(most - 2)).length, most);
  const refusal = assertThrows(() => inputText("a".repeat(most - 1)), Refusal);
  assertEquals(refusal.code, "input_too_large");
  assertThrows(() => inputText("\0".repeat(most / 6)), Refusal);
});

Deno.test("orders: a task's order carries its input, what was asked for, and defaults", () => {
  const order = orders.forTask({ task: "t", input: [1, "x"] }, defaults, null);
  assertEquals([order.operation, order.payload], [task, '[1,"x"]']);
  assertEquals([order.timeoutMs, order.retries], [60_000, 2]);
  const own = orders.forTask({ task: "t", timeoutMs: 5, retries: 0 }, defaults, null);
  assertEquals([own.payload, own.timeoutMs, own.retries], ["null", 5, 0]);
});

Deno.test("orders: a stage has the time limit that holds when it is begun", () => {
  let timeoutMs = 60_000;
  const of = stageOrders(orders, () => ({ timeoutMs, retries: 2 }));
  const place = { run: jobOf(1), folder: "/w", ended: () => {} };
  const limits = () =>
    [of({ name: "a", task: "t" }, place), of({ name: "b", shell: "x" }, place)]
      .map((order) => [order.timeoutMs, order.retries]);
  assertEquals(limits(), [[60_000, 0], [60_000, 0]]);
  timeoutMs = 5;
  assertEquals(limits(), [[5, 0], [5, 0]]);
});

Deno.test("orders: jobs of the preset plan are not begun after 10, 30 or 60 s, by their class", async () => {
  const { defaults } = intakeOptions(composeConfig([{ name: "test", values: { preset: "plan" } }]));
  const stage = new QueueStage(memoryStore());
  const order = (spec: JobSpec) => orders.forTask({ task: "t", ...spec }, defaults, null);
  const own = { priority: "low" as const, queueTimeoutMs: 5 };
  const jobs = stage.queue.submit(
    [{ priority: "high" as const }, {}, { priority: "low" as const }, own].map(order),
  );
  const ended = () => jobs.map(({ outcome }) => outcome?.type ?? null);
  for (
    const [untilMs, states] of [
      [9_999, [null, null, null, "expired"]],
      [10_000, ["expired", null, null, "expired"]],
      [29_999, ["expired", null, null, "expired"]],
      [30_000, ["expired", "expired", null, "expired"]],
      [59_999, ["expired", "expired", null, "expired"]],
      [60_000, ["expired", "expired", "expired", "expired"]],
    ] as const
  ) {
    await stage.clock.advance(untilMs - stage.clock.nowMs());
    assertEquals(ended(), [...states], `${untilMs} ms`);
  }
});

Deno.test("orders: an unknown task is refused with the nearest name, or with all", () => {
  assertThrows(() => orders.task("resize-imag"), Refusal, "did you mean resize-image?");
  assertThrows(() => orders.task("zzzzzzzz"), Refusal, "there are: t, resize-image");
  const none = new Orders([], 16, 5_000);
  const refusal = assertThrows(() => none.task("t"), Refusal, "there are: none");
  assertEquals([refusal.code, refusal.issues[0]?.pointer], ["unknown_task", "/task"]);
  for (const name of ["__proto__", "constructor", ""]) {
    assertThrows(() => orders.task(name), Refusal);
  }
});

Deno.test("orders: a command's payload is its place, but for the environment that many share", () => {
  const plain = orders.forCommand({ command: ["echo", "a b"] }, place, defaults, null);
  assertEquals(plain.operation, orders.commands);
  assertEquals(JSON.parse(plain.payload), {
    argv: ["echo", "a b"],
    env: {},
    cwd: "/w",
    folder: false,
    stdin: null,
    spill: null,
    keepBytes: 65_536,
    graceMs: 5_000,
  });
  const spec = { command: ["x"], env: { A: "2", B: "3" }, stdin: "in" };
  const order = orders.forCommand(spec, { ...place, env: { ...place.env } }, defaults, null);
  const own = JSON.parse(order.payload);
  assertEquals(own.env, { A: "2", B: "3" });
  assertEquals(plain.environment, { PATH: "/bin", A: "1" });
  assert(order.environment === plain.environment, "told once");
  const other = { ...place, env: { PATH: "/bin" } };
  assertEquals(orders.forCommand(spec, other, defaults, null).environment, { PATH: "/bin" });
  assertEquals([own.cwd, own.stdin], ["/w", "in"]);
  const large = { command: ["x"], stdin: "a".repeat(messageCharsMax) };
  assert(assertThrows(() => orders.forCommand(large, place, defaults, null)) instanceof Refusal);
});
