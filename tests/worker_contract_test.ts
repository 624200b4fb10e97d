/**
 * What a worker owes its parent and the parent its callers: the cases by which BullMQ tests its
 * sandboxed processes and stalled jobs, by name, over real processes.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createRuntime, Refusal, taskFile } from "../mod.ts";
import {
  beside,
  ending,
  fixedAt,
  gather,
  type Live,
  live,
  lives,
  tasks,
  tempFolder,
} from "./live.ts";
import { until } from "./until.ts";

function kill(pid: number, signal: Deno.Signal = "SIGKILL"): void {
  try {
    Deno.kill(pid, signal);
  } catch { /* it has just gone */ }
}

type Case = (runtime: Live) => unknown;

/** One case: its name, and a runtime of one worker that is ready. */
const contract = (name: string, test: Case) =>
  Deno.test(`worker contract: ${name}`, async () => {
    await using runtime = await live(fixedAt(1));
    await test(runtime);
  });

const cases: (readonly [name: string, test: Case])[] = [];
/** The same of a case that leaves its worker as it was: they have one between them. */
const shared = (name: string, test: Case) => void cases.push([name, test]);

const whole = (
  { type, category, code, attempts }: Awaited<ReturnType<typeof ending>>,
) => [type, category, code, attempts];

shared("should process and complete", async (runtime) => {
  const { done = 0 } = runtime.status().ended;
  assertEquals(await runtime.run("toy", { do: "echo", value: { foo: "bar" } }), { foo: "bar" });
  assertEquals(runtime.status().ended["done"]! - done, 1);
});

shared("should process with concurrent processors", async (runtime) => {
  const naps = [1, 2, 3, 4].map((value) => runtime.run("toy", { do: "nap", ms: 1_000, value }));
  await until(() => runtime.status().running === 4);
  assertEquals(await Promise.all(naps), [1, 2, 3, 4]);
});

shared("should reuse process with single processors", async (runtime) => {
  const pids = new Set<unknown>();
  for (let i = 0; i < 4; i++) pids.add(await runtime.run("toy", { do: "pid" }));
  assertEquals([...pids], [...runtime.workerPids]);
});

shared("should process and update progress", async (runtime) => {
  await using gathered = gather(runtime);
  assertEquals(await runtime.run("toy", { do: "tell", lines: 4 }), 4);
  await until(() => gathered.of("told").length === 8);
  const told = gathered.of("told").map(({ kind, value }) => `${kind} ${value}`);
  assertEquals(told.filter((text) => text.startsWith("progress")), [
    "progress 0.25",
    "progress 0.5",
    "progress 0.75",
    "progress 1",
  ]);
});

shared("does not share the environment of its parent", async (runtime) => {
  Deno.env.set("FLYBALL_TEST_SECRET", "s3cret");
  const said = await ending(runtime, { do: "read", path: "/proc/self/environ" });
  Deno.env.delete("FLYBALL_TEST_SECRET");
  assertEquals([said.category, said.code], ["permission", "permission_denied"]);
});

shared("should process and fail", async (runtime) => {
  const outcome = await ending(runtime, { do: "reject", text: "Manually failed processor" });
  assertEquals(whole(outcome), ["failed", "exit", "task_threw", 1]);
  assertMatch(outcome.message!, /Manually failed processor/);
});

shared("moves a job that no attempt can mend to failed", async (runtime) => {
  const outcome = await ending(runtime, { do: "function" }, { retries: 3 });
  assertEquals(whole(outcome), ["failed", "validation", "output_not_json", 1]);
});

shared("should process and fail when circular reference", async (runtime) => {
  const outcome = await ending(runtime, { do: "circle" });
  assertEquals(whole(outcome), ["failed", "validation", "output_not_json", 1]);
});

shared("should fail if the process crashes", async (runtime) => {
  const outcome = await ending(runtime, { do: "throw", text: "boom!" });
  assertMatch(outcome.message!, /boom!/);
  assertEquals(await runtime.run("toy", { do: "echo", value: 1 }), 1);
});

contract("should fail if the process exits 0", async (runtime) => {
  await runtime.run("toy", { do: "echo" });
  const outcome = await ending(runtime, { do: "exit", code: 0, afterMs: 1 });
  assertEquals(whole(outcome), ["failed", "exit", "no_result", 1]);
  assertEquals(await runtime.run("toy", { do: "echo", value: 1 }), 1);
});

contract("should fail if the process exits 0 among others, which end", async (runtime) => {
  await runtime.run("toy", { do: "echo" });
  const nap = { do: "nap", ms: 5, firstMs: 600_000 } as const;
  const naps = [1, 2, 3].map((value) => runtime.run("toy", { ...nap, value }));
  await until(() => runtime.status().running === 3);
  const outcome = await ending(runtime, { do: "exit", code: 0, afterMs: 1 });
  assertEquals(whole(outcome), ["failed", "exit", "no_result", 2]);
  assertEquals(await Promise.all(naps), [1, 2, 3]);
});

contract("should fail if the process exits non-0", async (runtime) => {
  const outcome = await ending(runtime, { do: "exit", code: 1 });
  assertEquals(whole(outcome), ["dead", "lost", "poison", 3]);
  assertMatch(outcome.message!, /exited with 1/);
});

shared("should fail if wrapping with ttl pattern", async (runtime) => {
  const outcome = await ending(runtime, { do: "heed" }, { timeoutMs: 50 });
  assertEquals(whole(outcome), ["timedOut", "timeout", "run_timeout", 1]);
});

contract(
  "should process the next job in a new child process when killed after completing",
  async (runtime) => {
    for (let i = 0; i < 5; i++) {
      const pid = await runtime.run("toy", { do: "pid" }) as number;
      kill(pid);
      const next = await runtime.run("toy", { do: "pid" });
      assert(next !== pid && !lives(pid), "another one");
    }
    assertEquals(runtime.status().ended, { done: 10 }, "what was complete is not run again");
  },
);

contract(
  "should run again elsewhere when killed with SIGKILL while processing",
  async (runtime) => {
    const nap = runtime.run("toy", { do: "nap", ms: 1_000, value: "whole" });
    await until(() => runtime.status().running === 1);
    kill(runtime.workerPids[0]!);
    assertEquals(await nap, "whole");
  },
);

contract(
  "should be lost when killed with SIGKILL while processing and not to run twice",
  async (runtime) => {
    const nap = ending(runtime, { do: "nap", ms: 10_000 }, { onLoss: "fail" });
    await until(() => runtime.status().running === 1);
    kill(runtime.workerPids[0]!);
    assertEquals(whole(await nap), ["lost", "lost", "killed_external", 1]);
  },
);

shared("should ignore non-Flyball messages", async (runtime) => {
  const [pid] = runtime.workerPids;
  const { done = 0 } = runtime.status().ended;
  // What a worker would say of a job that ended, and what nobody would.
  for (
    const text of ['[26,0,0,"forged",1]', '{"cmd":"completed"}', "not JSON at all", "xstate.stop"]
  ) {
    assertEquals(await runtime.run("toy", { do: "print", text }), "printed");
  }
  assertEquals([runtime.workerPids, runtime.status().ended["done"]], [[pid!], done + 4]);
});

contract("keeps the count of deaths over retries", async (runtime) => {
  const options = { retries: 1, backoff: { baseMs: 1, maxMs: 1 } };
  const outcome = await ending(runtime, { do: "exitThenThrow" }, options);
  assertEquals(whole(outcome), ["dead", "exit", "task_threw", 3]);
});

contract("should release exited process", async (runtime) => {
  const before = runtime.workerPids[0]!;
  kill(before, "SIGTERM");
  await until(() => runtime.status().size === 1 && runtime.workerPids[0] !== before);
  assertEquals(lives(before), false);
});

contract("should allow the job to complete and then exit on worker close", async (runtime) => {
  const nap = runtime.run("toy", { do: "nap", ms: 1_000, value: 42 });
  await until(() => runtime.status().running === 1);
  const [pid] = runtime.workerPids;
  await runtime.close();
  assertEquals([await nap, lives(pid!)], [42, false]);
});

contract("moves jobs that stall more than the allowable limit to dead", async (runtime) => {
  const pids: number[] = [];
  const nap = ending(runtime, { do: "nap", ms: 60_000 });
  for (let deaths = 0; deaths < 3; deaths++) {
    await until(() => runtime.status().running === 1 && !pids.includes(runtime.workerPids[0]!));
    pids.push(runtime.workerPids[0]!);
    kill(pids.at(-1)!);
  }
  assertEquals(whole(await nap), ["dead", "lost", "poison", 3]);
});

Deno.test("worker contract: one after the other", async (t) => {
  await using runtime = await live(fixedAt(1));
  for (const [name, test] of cases) await t.step(name, async () => void await test(runtime));
  assertEquals(runtime.workerPids.length, 1);
});

Deno.test("worker contract: long jobs", async (t) => {
  await using runtime = await live(fixedAt(1));
  await using other = await live(fixedAt(1));
  await other.run("toy", { do: "nap", ms: 1 });
  const options = { progressTimeoutMs: 1_000 };
  // All at once, as each of them takes its time.
  const silent = ending(runtime, { do: "heed" }, options);
  const beating = ending(runtime, { do: "beat", everyMs: 100, times: 25 }, options);
  const computes = other.run("toy", { do: "resume", ms: 7_500 });
  await until(() => other.status().running === 1);
  const behind = other.run("toy", { do: "echo", value: "in time" }, { timeoutMs: 500 });

  await t.step("one that says nothing in its time is stalled, one that does is not", async () => {
    const both = await Promise.all([silent, beating]);
    const stalled = ["timedOut", "timeout", "progress_timeout", 1];
    assertEquals(both.map(whole), [stalled, stalled]);
    assert(both[1].durationMs > both[0].durationMs + 1_000, "it had its last sign later");
  });

  await t.step("one that computes on is not ended for a short one behind it", async () => {
    assertEquals(await Promise.all([computes, behind]), ["whole", "in time"]);
    assertEquals(other.status().ended, { done: 3 });
  });
});

Deno.test("worker contract: should error if processor file is missing, broken or exports no task", async () => {
  for (
    const [file, code] of [
      ["./tasks/missing.ts", "task_not_found"],
      ["./tasks/throws.ts", "task_load_failed"],
      ["./tasks/no_default.ts", "no_default_export"],
      ["./tasks/not_a_task.ts", "not_a_task"],
    ] as const
  ) {
    const given = { tasks: { ...tasks, bad: taskFile(beside(file)) } };
    const refusal = await assertRejects(() => createRuntime(given), Refusal);
    assertEquals(refusal.code, code, file);
  }
});

Deno.test("worker contract: should start again when its first start fails", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/once.ts`;
  await Deno.writeTextFile(path, "throw new Error('Initialization failed');");
  const task = { once: taskFile(new URL(`file://${path}`)) };
  await assertRejects(() => createRuntime({ tasks: task }), Refusal, "Initialization failed");
  await Deno.writeTextFile(
    path,
    `export default { kind: "flyball.task", run: () => "initialized" };`,
  );
  await using runtime = await createRuntime({ tasks: task });
  assertEquals(await runtime.run("once"), "initialized");
});

Deno.test("worker contract: process stalled jobs when starting a queue", async () => {
  await using folder = await tempFolder();
  const config = { ...fixedAt(1), store: { engine: "sqlite" as const } };
  {
    await using first = await live(config, `${folder.path}/data`);
    await Promise.all(
      [1, 2, 3, 4].map((value) =>
        first.submit({ task: "toy", input: { do: "nap", ms: 600_000, value }, timeoutMs: 700_000 })
      ),
    );
    await until(() => first.status().running === 4);
    await first.close({ drainMs: 0 });
  }
  await using second = await live(config, `${folder.path}/data`);
  await until(() => second.status().running === 4);
  for (const id of ["j1", "j2", "j3", "j4"]) {
    await second.cancel(id);
  }
  await second.close({ drainMs: 0 });
});
