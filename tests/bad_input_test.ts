/** What a program can't ask of a runtime, and what it is told. */
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { createRuntime, Refusal, type RuntimeOptions, taskFile } from "../mod.ts";
import { beside, type Live, live, tasks, tempFolder } from "./live.ts";

/** Code and message of a runtime that can't be made. */
async function unmade(options: RuntimeOptions): Promise<{ code: string; message: string }> {
  const { code, message } = await assertRejects(() => createRuntime(options), Refusal);
  return { code, message };
}

const file = (path: string) => taskFile(beside(path));

Deno.test("bad input: an unknown task is refused with the nearest name", async () => {
  await using runtime = await live();
  const untyped = runtime as unknown as {
    run: (task: string, input?: unknown) => Promise<unknown>;
  };
  const near = await assertRejects(() => untyped.run("tox"), Refusal);
  assertEquals([near.code, near.issues[0]?.pointer], ["unknown_task", "/task"]);
  assertMatch(near.message, /"tox".*did you mean toy\?/);
  const far = await assertRejects(() => untyped.run("something else"), Refusal);
  assertMatch(far.message, /there are: toy, picky/);
  await using bare = await createRuntime();
  const none = await assertRejects(() => (bare as unknown as Live).run("toy"), Refusal);
  assertMatch(none.message, /there are: none/);
});

Deno.test("bad input: a task file that can't be used is refused at the start", async () => {
  const missing = await unmade({ tasks: { gone: file("./tasks/gone.ts") } });
  assertEquals(missing.code, "task_not_found");
  assertMatch(missing.message, /gone.*tests\/tasks\/gone\.ts/);
  const noDefault = await unmade({ tasks: { ...tasks, none: file("./tasks/no_default.ts") } });
  assertEquals(noDefault.code, "no_default_export");
  assertMatch(noDefault.message, /no_default\.ts has no default export/);
  const function_ = await unmade({ tasks: { plain: file("./tasks/not_a_task.ts") } });
  assertEquals(function_.code, "not_a_task");
  assertMatch(function_.message, /defineTask: it is function/);
  const throws = await unmade({ tasks: { throws: file("./tasks/throws.ts") } });
  assertEquals(throws.code, "task_load_failed");
  assertMatch(throws.message, /throws\.ts: .*thrown at import/);
  const remote = await unmade({ tasks: { remote: taskFile("https://localhost/task.ts") } });
  assertEquals(remote.code, "invalid_task");
  const text = await unmade({ tasks: { text: "./tasks/toy.ts" as never } });
  assertEquals(text.code, "invalid_task");
  assertMatch(
    text.message,
    /^\/tasks\/text must be a task file, as taskFile.*given "\.\/tasks\/toy\.ts"$/,
  );
  const name = await unmade({ tasks: { "../up": tasks.toy } });
  assertEquals(name.code, "invalid_task_name");
});

Deno.test("bad input: a module that is no program is refused with its place", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/broken.ts`;
  await Deno.writeTextFile(path, "export const one = 1;\nexport default (;\n");
  const broken = await unmade({ tasks: { broken: taskFile(`file://${path}`) } });
  assertEquals(broken.code, "task_load_failed");
  assertMatch(broken.message, /broken\.ts:2:17/);
  await Deno.writeTextFile(path, `import "./nowhere.ts";\nexport default 1;\n`);
  const lost = await unmade({ tasks: { broken: taskFile(`file://${path}`) } });
  assertEquals(lost.code, "task_load_failed");
  assertMatch(lost.message, /nowhere\.ts/);
  await Deno.writeTextFile(
    path,
    `import text from "/etc/hostname" with { type: "text" };\n` +
      `export default text;\n`,
  );
  const curious = await unmade({ tasks: { broken: taskFile(`file://${path}`) } });
  assertMatch(curious.code, /^(permission_denied|task_load_failed)$/);
  assertMatch(curious.message, /\/etc\/hostname|read access/);
});

Deno.test("bad input: a module that is never loaded is given up after 10 s", async () => {
  const endless = await unmade({ tasks: { endless: file("./tasks/endless.ts") } });
  assertEquals(endless.code, "load_timeout");
  assertMatch(endless.message, /endless\.ts: no answer within 10 s/);
});

Deno.test("bad input: an input must be JSON and fit into a message", async () => {
  await using runtime = await live();
  const run = (input: unknown) =>
    assertRejects(() => runtime.run("toy", { do: "echo", value: input }), Refusal);
  const circle: { self?: unknown } = {};
  circle.self = circle;
  assertEquals((await run(circle)).code, "invalid_input");
  assertEquals((await run(1n)).code, "invalid_input");
  const long = await run("x".repeat(2 ** 20));
  assertEquals(long.code, "input_too_large");
  assertMatch(long.message, /1048\d{3}.*1047552.*file/);
  const bare = (input: unknown) =>
    assertRejects(() => (runtime as unknown as Live).run("toy", input as never), Refusal);
  assertEquals((await bare(() => {})).issues[0]?.given, "function");
  assertEquals((await bare(Symbol("s"))).issues[0]?.given, "symbol");
  assertEquals(await runtime.run("toy", { do: "echo", value: "still well" }), "still well");
});

Deno.test("bad input: a command is checked before it is queued", async () => {
  await using runtime = await createRuntime();
  const code = async (argv: readonly string[], options = {}) =>
    (await assertRejects(() => runtime.command(argv, options), Refusal)).code;
  assertEquals(await code([]), "argv_empty");
  assertEquals(await code([""]), "argv_empty");
  assertEquals(await code(["echo", "a\0b"]), "argv_nul");
  assertEquals(await code(["echo", 1 as never]), "argv_not_string");
  assertEquals(await code(["echo", "x".repeat(131_072)]), "argv_too_long");
  assertEquals(await code(["echo", "\ud800"]), "not_well_formed");
  assertEquals(await code(["true"], { env: { "A=B": "c" } }), "env_not_allowed");
  assertEquals(await code(["true"], { env: { LD_PRELOAD: "x" } }), "env_not_allowed");
  assertEquals(await code(["true"], { timeoutMs: 0 }), "invalid_timeout");
  assertEquals(await code(["true"], { timeoutMs: 2 ** 31 }), "invalid_timeout");
  assertEquals(await code(["true"], { retries: 101 }), "invalid_retries");
  assertEquals(await code(["true"], { priority: "urgent" }), "invalid_priority");
  assertEquals(await code(["true"], { wait: 1 }), "unrecognized_key");
  assertEquals(runtime.status().pending, 0);
});

Deno.test("bad input: options of a run are checked like those of a job", async () => {
  await using runtime = await live();
  const code = async (options: object) =>
    (await assertRejects(() => runtime.run("toy", { do: "echo" }, options), Refusal)).code;
  assertEquals(await code({ timeoutMs: -1 }), "invalid_timeout");
  assertEquals(await code({ timeoutMs: Infinity }), "invalid_timeout");
  assertEquals(await code({ queueTimeoutMs: 0.5 }), "invalid_queue_timeout");
  assertEquals(await code({ backoff: { baseMs: -1 } }), "invalid_backoff");
  assertEquals(await code({ onLoss: "ignore" }), "invalid_on_loss");
  assertEquals(await code({ pool: "other" }), "unknown_pool");
  assertEquals(await code({ key: "project" }), "invalid_key");
  assertEquals(await code({ key: `a:${"b".repeat(256)}` }), "invalid_key");
  assertEquals(await code({ key: "a:\0" }), "invalid_key");
  assertEquals(await code({ key: "a:\ud800" }), "not_well_formed");
  assertEquals(await code({ keys: ["a:b", 7] }), "invalid_keys");
  assertEquals(await code({ keys: ["a:b", "A:c"] }), "invalid_keys");
  assertEquals(await code({ keys: ["a:b", "c:\0"] }), "invalid_keys");
  assertEquals(await code({ key: "a:b", keys: ["a:c"] }), "invalid_keys");
});

Deno.test("bad input: an option that there is not is refused", async () => {
  const wrong = await unmade({ task: tasks } as never);
  assertEquals(wrong.code, "invalid_options");
  assertMatch(
    wrong.message,
    /^\/task is not an option.* expected one of tasks, data, store, config, hooks$/,
  );
});

Deno.test("bad input: what is submitted must be jobs", async () => {
  await using runtime = await createRuntime();
  const refusal = async (specs: unknown) => {
    const { code, message } = await assertRejects(
      () => runtime.submitAll(specs as never),
      Refusal,
    );
    return `${code} ${message}`;
  };
  assertMatch(await refusal({}), /^invalid_jobs \/jobs must be an array of jobs, given an object/);
  assertMatch(await refusal([null]), /^invalid_job \/jobs\/0 must be an object, given null/);
  const one = await assertRejects(() => runtime.submit(5 as never), Refusal);
  assertEquals(one.message, "The job must be an object, given 5");
});

Deno.test("bad input: a job that is submitted is checked like any other", async () => {
  await using runtime = await live();
  const code = async (spec: object) =>
    (await assertRejects(() => runtime.submit(spec), Refusal)).code;
  assertEquals(await code({}), "no_command");
  assertEquals(await code({ task: "toy", command: ["true"] }), "invalid_job");
  assertEquals(await code({ task: "tox" }), "unknown_task");
  assertEquals(await code({ task: "toy", pool: "other" }), "unknown_pool");
  assertEquals(await code({ task: "toy", extra: 1 }), "unrecognized_key");
  assertEquals(await code({ command: ["true"], cwd: "/" }), "cwd_not_allowed");
  assertEquals(await code({ command: ["true"], cwd: "nowhere" }), "invalid_cwd");
  await using tasksOnly = await live({ commands: { allow: false } });
  const refused = await assertRejects(() => tasksOnly.submit({ command: ["true"] }), Refusal);
  assertEquals(refused.code, "commands_not_allowed");
});

Deno.test("bad input: a window of map must have room", async () => {
  await using runtime = await live();
  for (const inFlight of [0, -1, 0.5, NaN]) {
    const { code } = assertThrows(() => runtime.map("toy", [], { inFlight }), Refusal);
    assertEquals(code, "invalid_in_flight");
  }
});

Deno.test("bad input: a configuration is refused as a whole, with every problem", async () => {
  const order = await unmade({ config: { pools: { default: { workers: { min: 8, max: 4 } } } } });
  assertEquals(order.code, "invalid_config");
  assertMatch(
    order.message,
    /pools\.default\.workers\.min \(8\) must be <= pools\.default\.workers\.max \(4\)/,
  );
  const option = await unmade({
    config: { pools: { default: { policy: { name: "fixed", wrokers: 2 } } } },
  });
  assertEquals(option.code, "invalid_config");
  assertMatch(option.message, /pools\.default\.policy.*wrokers/);
  const name = await unmade({ config: { pools: { default: { policy: { name: "guess" } } } } });
  assertEquals(name.code, "invalid_config");
  assertMatch(name.message, /pools\.default\.policy.*governor/);
  const many = await assertRejects(
    () => createRuntime({ config: { queue: { jobsMax: 0 }, jobs: { retries: -1 } } }),
    Refusal,
  );
  assertEquals(many.issues.map(({ pointer }) => pointer), ["/queue/jobsMax", "/jobs/retries"]);
});

Deno.test("bad input: a data directory that can't be used is refused", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  const isFile = await unmade({ data: `${folder.path}/file` });
  assertMatch(isFile.message, new RegExp(`${folder.path}/file`));
  const first = await createRuntime({ data: `${folder.path}/data` });
  const second = await unmade({ data: `${folder.path}/data` });
  assertEquals(second.code, "already_running");
  assertMatch(second.message, new RegExp(`${Deno.pid}`));
  await first.close();
  await (await createRuntime({ data: `${folder.path}/data` })).close();
});
