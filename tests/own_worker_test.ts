/** Worker programs in other languages: Python in lines, JavaScript in frames, by the protocol's page. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { ConfigInput } from "../actors/config.ts";
import { createRuntime, JobError, Refusal } from "../mod.ts";
import { fixedAt, gather, lives, tasks, tempFolder } from "./live.ts";
import { inPython } from "./python.ts";
import { until } from "./until.ts";
import { WorkerParent } from "./worker_parent.ts";

const root = new URL("..", import.meta.url).pathname;
const fixtures = `${root}tests/fixtures/workers`;
const env = {
  PYTHONPATH: `${root}examples/python-worker`,
  PYTHONDONTWRITEBYTECODE: "1",
  TOY: "given",
};

const python = { command: ["python3", `${fixtures}/toy.py`], env };
const script = (how: string) => ({
  command: [Deno.execPath(), "run", "-A", "--no-config", `${fixtures}/toy.mjs`, how],
});

/** One worker, with these programs. */
const withPrograms = (programs: ConfigInput["programs"]) =>
  createRuntime({ config: { ...fixedAt(1), programs } });

type WithPrograms = Awaited<ReturnType<typeof withPrograms>>;

async function ending(runtime: WithPrograms, task: string, input: unknown, options = {}) {
  const error = await assertRejects(() => runtime.run(task, input, options), JobError);
  return error.outcome;
}

for (
  const [name, { command }, options] of [
    ["in Python", python, inPython],
    ["in JavaScript", script("no"), {}],
  ] as const
) {
  Deno.test({
    name: `own worker ${name}: greets, tells its tasks, runs jobs in order and stops`,
    ...options,
    async fn() {
      await using parent = await WorkerParent.of(command, env, 7, "a nonce");
      const [hello] = await parent.hears("hello");
      assertEquals(hello, [1, parent.pid, 7, "a nonce"]);
      await parent.hears("ready");
      await parent.send(["describe", 3, ""]);
      const [[request, said]] = await parent.hears("described") as [[number, { tasks: object }]];
      assertEquals([request, "double" in said.tasks], [3, true]);
      const start = (id: number) => ["start", id, 1, 4, id, 0, ""] as const;
      await parent.send(["define", 4, "double", "double"], start(0), start(1), start(2));
      const finished = await parent.hears("finished", 3);
      assertEquals(finished.map((said) => said.slice(0, 3)), [[0, 0, 0], [1, 0, 2], [2, 0, 4]]);
      await parent.send(["ping", 9]);
      assertEquals(await parent.hears("pong"), [[9]]);
      await parent.send(["stop"]);
      assertEquals((await parent.status).code, 0);
      const order = parent.heard.map(([said]) => said);
      assert(order.indexOf("finished") > order.indexOf("began"), "it began before it ended");
    },
  });
}

Deno.test("own worker in Python: ends with the connection", inPython, async () => {
  await using parent = await WorkerParent.of(python.command, env);
  await parent.hears("ready");
  parent.hangUp();
  assertEquals((await parent.status).code, 0);
});

Deno.test("own worker in Python: what waits is returned, what runs hears that it is to end", {
  ...inPython,
}, async () => {
  await using parent = await WorkerParent.of(python.command, env);
  await parent.hears("ready");
  const start = (id: number) => ["start", id, 1, 1, null, 0, ""] as const;
  await parent.send(["define", 1, "wait", "wait"], start(0), start(1), start(2), start(3));
  await parent.hears("progress");
  await parent.send(["cancel", 1, "not wanted"], ["giveBack", 1], ["ping", 5]);
  await parent.hears("pong");
  assertEquals(await parent.hears("returned", 2), [[[1]], [[3]]]);
  await parent.send(["giveBack", 9], ["cancel", 0, "not wanted"], ["stop"]);
  const [ended] = await parent.hears("finished");
  assertEquals(ended!.slice(0, 3), [0, 2, null]);
  assertEquals(await parent.hears("returned", 4), [[[1]], [[3]], [[2]], [[]]]);
  assertEquals((await parent.status).code, 0);
});

Deno.test("own workers: run the jobs of their tasks, beside those of Deno", inPython, async () => {
  await using folder = await tempFolder();
  Deno.env.set("FLYBALL_TEST_SECRET", "s3cret");
  const path = await Deno.realPath(folder.path);
  const programs = { snake: { ...python, cwd: path } };
  await using runtime = await createRuntime({ tasks, config: { ...fixedAt(2), programs } });
  Deno.env.delete("FLYBALL_TEST_SECRET");
  // Whoever has tasks of its own knows the others by no type.
  const all = runtime as unknown as WithPrograms;
  await using gathered = gather(runtime);
  const inputs = [1, 2, 3, 4, 5, 6, 7, 8];
  const doubled = Array.fromAsync(all.map("double", inputs));
  assertEquals(await runtime.run("toy", { do: "echo", value: "Deno" }), "Deno");
  assertEquals(await doubled, inputs.map((input) => 2 * input));
  const { pid, ...about } = await all.run("about", null) as { pid: number };
  const expected = { attempt: 1, trace: "", variable: "given", secret: null, folder: path };
  assertEquals(about as unknown, expected);
  assert(lives(pid), "it stays for the next");
  await until(() => gathered.of("told").some(({ value }) => value === "a line"));
  const refusal = await assertRejects(
    () => runtime.submit({ task: "double", input: "two" }),
    Refusal,
  );
  assertEquals([refusal.code, refusal.issues[0]!.pointer], ["invalid_input", "/input"]);
});

Deno.test("own workers: endings are those of any task", inPython, async () => {
  await using runtime = await withPrograms({ snake: python });
  assertEquals(await runtime.run("double", 1), 2);
  const pids = runtime.workerPids;
  const told = async (task: string, input: unknown = null, options = {}) => {
    const { type, category, code, message } = await ending(runtime, task, input, options);
    return [type, category, code, message];
  };
  assertEquals(await told("throw"), ["failed", "dependency", "asked_too_often", "too early"]);
  const bug = "TypeError: 'NoneType' object is not subscriptable";
  assertEquals(await told("bug"), ["failed", "exit", "task_threw", bug]);
  const invalid = ["failed", "validation", "output_not_json"];
  assertEquals((await told("unlike", "nan")).slice(0, 3), invalid);
  assertEquals((await told("unlike", "object")).slice(0, 3), invalid);
  assertEquals((await told("unlike", "large"))[2], "output_too_large");
  const late = ["timedOut", "timeout", "run_timeout"];
  assertEquals((await told("wait", null, { timeoutMs: 50 })).slice(0, 3), late);
  assertEquals(await runtime.run("double", 21), 42, "the worker goes on");
  assertEquals(runtime.workerPids, pids);
});

Deno.test("own workers: who dies is replaced, and only its job is to blame", inPython, async () => {
  await using runtime = await withPrograms({ snake: python });
  const { pid } = await runtime.run("about", null) as { pid: number };
  const wait = runtime.submit({ task: "wait", input: null });
  await until(() => runtime.status().running === 1);
  Deno.kill(pid, "SIGKILL");
  const { id } = await wait;
  await until(() => runtime.status().running === 1 && runtime.workerPids[0] !== pid);
  await runtime.cancel(id);
  const crash = await ending(runtime, "leave", 3, { onLoss: "fail" });
  assertEquals([crash.type, crash.category, crash.code], ["lost", "lost", "worker_crashed"]);
  assertMatch(crash.message!, /^exited with 3/);
  const silent = await ending(runtime, "leave", 0);
  assertEquals([silent.type, silent.category, silent.code], ["failed", "exit", "no_result"]);
  assertEquals(await runtime.run("double", 21), 42);
});

Deno.test("own workers: who breaks the protocol is replaced, who makes things up is not heard", async () => {
  await using runtime = await withPrograms({ other: script("no") });
  await using gathered = gather(runtime);
  // It says what it has no right to, and then nothing more of the job.
  const forged = runtime.submit({ task: "forge", input: null });
  await until(() => runtime.status().running === 1);
  await runtime.cancel((await forged).id);
  for (
    const [input, because] of [["kind", "unknown kind 99 at 0"], ["bytes", "frame of "]] as const
  ) {
    const { type, message } = await ending(runtime, "garble", input, { onLoss: "fail" });
    assertEquals(type, "lost");
    assert(message!.startsWith(`protocol_error: ${because}`), message!);
  }
  await until(() =>
    gathered.of("worker").some(({ because }) => because.startsWith("protocol_error: "))
  );
  assertEquals(await runtime.run("double", 21), 42);
});

Deno.test("own workers: a program that can't be used is refused at the start, with the reason", async () => {
  const programs: readonly [{ readonly command: string[] }, RegExp][] = [
    [script("version"), /it speaks protocol 2, we speak 1/],
    [{ command: ["flyball-no-such-program"] }, /flyball-no-such-program/],
    [{ command: ["sh", "-c", "echo no such model >&2; exit 3"] }, /exited with 3: no such model/],
  ];
  for (const [program, reason] of programs) {
    const refusal = await assertRejects(() => withPrograms({ mine: program }), Refusal);
    assertEquals(refusal.code, "bad_program", refusal.message);
    assertMatch(refusal.message, reason);
    assert(refusal.message.startsWith("Cannot use program mine ("), refusal.message);
    assertEquals(refusal.issues[0]!.pointer, "/programs/mine");
  }
  const twice = { one: script("no"), two: script("no") };
  const refusal = await assertRejects(() => withPrograms(twice), Refusal);
  assertMatch(refusal.message, /program two .*: another task is called double too/);
});

Deno.test(
  "examples/python-worker: runs as its README says, and says how far it is",
  inPython,
  async () => {
    const config = "examples/python-worker/flyball.yaml";
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "main.ts",
        "run",
        "primes",
        "--config",
        config,
        "--input",
        '{"below": 1000}',
      ],
      cwd: root,
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "168\n", new TextDecoder().decode(stderr));
  },
);

Deno.test("own workers: what is configured wrongly is told by its key", async () => {
  const refusal = await assertRejects(() =>
    withPrograms({
      "No Name": { command: ["x"] },
      none: { command: [] },
      odd: { command: ["x"], env: { "A=B": "x" } },
    }), Refusal);
  const pointers = refusal.issues.map(({ pointer }) => pointer).sort();
  assertEquals([refusal.code, pointers], [
    "invalid_config",
    ["/programs/No Name", "/programs/none/command", "/programs/odd/env/A=B"],
  ]);
});
