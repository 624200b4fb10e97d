/** Staged runs over real workers: how they go on, stop, clean up and use their workspace. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { ConfigInput } from "../actors/config.ts";
import type { JobSpec, Stage } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";
import { createRuntime, Refusal, taskFile } from "../mod.ts";
import { inFolder } from "./command_line.ts";
import { beside, gather, tempFolder } from "./live.ts";
import { serve } from "./serving.ts";
import { until } from "./until.ts";

const tasks = { folder: taskFile<typeof import("./tasks/folder.ts")>(beside("tasks/folder.ts")) };
const open = (config: ConfigInput = {}, data?: string) =>
  createRuntime({
    tasks,
    config: { commands: { shell: true }, ...config },
    ...(data === undefined ? {} : { data }),
  });
type Opened = Awaited<ReturnType<typeof open>>;

const stage = (name: string, shell: string, more: Partial<Stage> = {}): Stage => ({
  name,
  shell,
  ...more,
});

async function outcomeOf(runtime: Opened, spec: JobSpec): Promise<Outcome> {
  const { id } = await runtime.submit(spec);
  return (await runtime.wait(id, 30_000))!.outcome!;
}

/** Stages as `prep done, verify skipped`. */
const shown = ({ stages }: Outcome) =>
  stages!.map(({ name, type }) => `${name} ${type}`).join(", ");

Deno.test("runs: stages go one after another in one workspace, each with its numbers", async () => {
  await using runtime = await open();
  await using facts = gather(runtime);
  const outcome = await outcomeOf(runtime, {
    stages: [
      stage("prep", 'mkdir sub; echo "$1" > sub/made; pwd', { args: ["by prep"] }),
      { name: "write", task: "folder", input: { do: "write", name: "note", text: "by a task" } },
      { name: "verify", command: ["cat", "made", "../note"], cwd: "sub", timeoutMs: 20_000 },
    ],
  });
  assertEquals([outcome.type, shown(outcome)], ["done", "prep done, write done, verify done"]);
  const [prep, write, verify] = outcome.stages!;
  assertEquals(verify!.stdout, "by prep\nby a task");
  const path = prep!.stdout!.trim();
  assertEquals(write!.output, path);
  assertEquals([prep!.exitCode, prep!.attempts, prep!.droppedBytes], [0, 1, 0]);
  assertMatch(String(verify!.worker), /^\d+\.\d+$/);
  for (const { tookMs, waitMs, durationMs } of outcome.stages!) {
    assert(tookMs >= durationMs && waitMs >= 0, `${tookMs} ${durationMs} ${waitMs}`);
  }
  // The spans of its parts make up the run.
  const sum = outcome.stages!.reduce((total, { tookMs }) => total + tookMs, 0);
  assert(Math.abs(sum + outcome.workspace!.tookMs - outcome.durationMs) <= 1);
  assertEquals([outcome.attempts, outcome.workspace!.warm], [1, false]);
  // Without a project it was a new workspace, gone with the run.
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  const told = facts.of("told").filter(({ id }) => id === "j1").map(({ value }) => value);
  assertEquals(told, [
    { stage: "prep", at: 1, of: 3 },
    { stage: "write", at: 2, of: 3 },
    { stage: "verify", at: 3, of: 3 },
  ]);
});

Deno.test("runs: the first failure ends them, what must always run still does", async () => {
  await using runtime = await open();
  const spec: JobSpec = {
    stages: [
      stage("prep", "echo prepared"),
      stage("verify", "echo half; exit 3"),
      stage("deploy", "echo never"),
      stage("clean", "echo cleaned", { always: true }),
    ],
  };
  const outcome = await outcomeOf(runtime, spec);
  assertEquals(shown(outcome), "prep done, verify failed, deploy skipped, clean done");
  assertEquals(
    [outcome.type, outcome.category, outcome.code, outcome.message],
    ["failed", "exit", "exit_nonzero", "Stage verify: the shell exited with 3"],
  );
  const [, verify, deploy, clean] = outcome.stages!;
  assertEquals([verify!.exitCode, verify!.stdout, clean!.stdout], [3, "half\n", "cleaned\n"]);
  assertEquals([deploy!.attempts, deploy!.durationMs, deploy!.worker], [0, 0, null]);
  const again = await outcomeOf(runtime, { ...spec, retries: 1, backoff: { baseMs: 1 } });
  assertEquals([again.type, again.attempts], ["dead", 2]);
  const view = await runtime.job("j1");
  assertEquals([view!.stages, view!.operation], [["prep", "verify", "deploy", "clean"], "run"]);
});

Deno.test("runs: a stage has its time, and so has the whole", async () => {
  await using runtime = await open();
  const clean = stage("clean", "echo cleaned", { always: true });
  const one = await outcomeOf(runtime, {
    stages: [stage("a", "exec sleep 300", { timeoutMs: 200 }), stage("b", ":"), clean],
  });
  assertEquals(shown(one), "a timedOut, b skipped, clean done");
  assertEquals([one.type, one.category, one.code], ["timedOut", "timeout", "run_timeout"]);
  assertEquals(one.message, "Stage a: Ran longer than timeoutMs (200)");
  const all = await outcomeOf(runtime, {
    timeoutMs: 500,
    stages: [stage("a", ":"), stage("b", "exec sleep 300"), clean],
  });
  assertEquals(shown(all), "a done, b cancelled, clean done");
  assertEquals([all.type, all.message], ["timedOut", "Ran longer than timeoutMs (500)"]);
  assertEquals(all.stages![1]!.message, "The time of the whole run is over");
});

Deno.test("runs: a cancel ends the stage that runs, then what must always run", async () => {
  await using folder = await tempFolder();
  await using runtime = await open();
  const { id } = await runtime.submit({
    stages: [
      stage("a", ': > "$1/ready"; exec sleep 300', { args: [folder.path] }),
      stage("b", ":"),
      stage("clean", ":", { always: true }),
    ],
  });
  await until(() => [...Deno.readDirSync(folder.path)].length > 0);
  assertEquals([(await runtime.job(id))!.state, (await runtime.why(id))!.gate], [
    "running",
    "running",
  ]);
  assertEquals(await runtime.cancel(id, "enough"), true);
  const { outcome } = (await runtime.wait(id, 30_000))!;
  assertEquals(shown(outcome!), "a cancelled, b skipped, clean done");
  assertEquals([outcome!.type, outcome!.message], ["cancelled", "enough"]);
});

Deno.test("runs: those of one project take turns, in order of class, never two at once", async () => {
  await using folder = await tempFolder();
  await using runtime = await open();
  const turn = (name: string): JobSpec => ({
    projectId: "one",
    stages: [
      stage("in", 'mkdir "$1/lock" && echo "$2" >> "$1/order"', { args: [folder.path, name] }),
      stage("out", 'rmdir "$1/lock"', { args: [folder.path], always: true }),
    ],
  });
  const names = ["first", ...Array.from({ length: 8 }, (_, n) => `then ${n}`)];
  const accepted = await runtime.submitAll(names.map(turn));
  const { id: urgent } = await runtime.submit({ ...turn("urgent"), priority: "high" });
  const { id: dropped } = await runtime.submit(turn("dropped"));
  const { id: late } = await runtime.submit({ ...turn("late"), queueTimeoutMs: 1 });
  assertEquals((await runtime.job(dropped))!.state, "blocked");
  assertEquals((await runtime.why(dropped))!.gate, "key");
  assert(runtime.status().pending > 0);
  await runtime.cancel(dropped);
  for (const { id } of [...accepted, { id: urgent }]) {
    assertEquals((await runtime.wait(id, 30_000))!.state, "done");
  }
  assertEquals((await runtime.wait(late, 30_000))!.state, "expired");
  const order = (await Deno.readTextFile(`${folder.path}/order`)).trim().split("\n");
  assertEquals(order, ["first", "urgent", ...names.slice(1)]);
  assertEquals((await runtime.job(dropped))!.state, "cancelled");
});

Deno.test("runs: a project's workspace is emptied for its next run, but for what it keeps", async () => {
  await using data = await tempFolder();
  const prep = stage(
    "prep",
    'ls -A | tr "\\n" " "; mkdir -p deps/deep trash .cache; touch deps/a deps/deep/b trash/c .cache/d',
  );
  const run = (runtime: Opened, keep: readonly string[], more: Stage[] = []) =>
    outcomeOf(runtime, { projectId: "a/../b ü", workspace: { keep }, stages: [prep, ...more] });
  {
    await using runtime = await open({}, data.path);
    const found = async (keep: readonly string[], more?: Stage[]) => {
      const { stages, workspace } = await run(runtime, keep, more);
      return [stages![0]!.stdout, workspace!.warm];
    };
    assertEquals(await found(["deps"]), ["", false]);
    assertEquals(await found(["deps", ".cache/d"]), [".cache deps ", true]);
    assertEquals(await found([]), ["", false]);
    assertEquals(await found(["nothing"]), ["", false]);
    // A later stage's failure leaves what the first one made as good as it was.
    assertEquals(await found(["deps"], [stage("verify", "exit 1")]), ["deps ", true]);
    assertEquals(await found(["deps"]), ["deps ", true]);
    const broken = stage("prep", "touch deps/half; exit 1");
    await outcomeOf(runtime, { projectId: "a/../b ü", stages: [broken] });
  }
  // It is found again by the next start; as its first stage had failed, nothing of it is trusted.
  await using runtime = await open({}, data.path);
  const { stages, workspace } = await run(runtime, ["deps"]);
  assertEquals([stages![0]!.stdout, workspace!.warm], ["", false]);
  assertMatch(
    [...Deno.readDirSync(`${data.path}/workspaces`)].map(({ name }) => name).join(),
    /^a-b-\.\w{24}$/,
  );
});

Deno.test("runs: a reset makes the workspace ready, and is no reason to fail", async () => {
  await using runtime = await open();
  const run = async (reset: readonly string[]) => {
    const { stages, workspace } = await outcomeOf(runtime, {
      projectId: "p",
      workspace: { reset },
      stages: [stage("prep", 'ls -A | tr "\\n" " "; touch a b')],
    });
    return [stages![0]!.stdout, workspace!.warm];
  };
  assertEquals(await run(["rm", "b"]), ["", false]);
  assertEquals(await run(["rm", "b"]), ["a ", true]);
  assertEquals(await run(["false"]), ["", false]);
  assertEquals(await run(["true"]), ["a b ", true]);
});

Deno.test("runs: a task may touch its project's workspace and no other", async () => {
  await using data = await tempFolder();
  await using runtime = await open({}, data.path);
  const write = { name: "w", task: "folder", input: { do: "write", name: "s", text: "of a" } };
  const a = await outcomeOf(runtime, { projectId: "a", stages: [write] });
  const path = String(a.stages![0]!.output);
  const read = { name: "r", task: "folder", input: { do: "read", path: `${path}/s` } };
  const [other, none, own] = await Promise.all([
    outcomeOf(runtime, { projectId: "b", stages: [read] }),
    outcomeOf(runtime, { stages: [read] }),
    outcomeOf(runtime, { projectId: "a", workspace: { keep: ["s"] }, stages: [read] }),
  ]);
  assertEquals([own.type, own.stages![0]!.output], ["done", "of a"]);
  for (const { type, category, code } of [other, none]) {
    assertEquals([type, category, code], ["failed", "permission", "permission_denied"]);
  }
});

Deno.test("runs: workspaces have a number, the longest unused one makes room", async () => {
  await using data = await tempFolder();
  await using runtime = await open({ workspaces: { max: 5 } }, data.path);
  for (let n = 0; n < 7; n++) {
    const run = { projectId: `p${n}`, stages: [stage("a", ": > x")] };
    assertEquals((await outcomeOf(runtime, run)).type, "done");
  }
  const names = [...Deno.readDirSync(`${data.path}/workspaces`)].map(({ name }) => name);
  assertEquals(names.map((name) => name.split(".")[0]).sort(), ["p2", "p3", "p4", "p5", "p6"]);
});

Deno.test("runs: are refused for what would fail one of their stages", async () => {
  await using runtime = await createRuntime({ tasks });
  const refusal = async (spec: JobSpec) => {
    const { code, issues } = await assertRejects(() => runtime.submit(spec), Refusal);
    return [code, issues[0]?.pointer];
  };
  const ok: Stage = { name: "ok", command: ["true"] };
  assertEquals(await refusal({ stages: [ok, stage("b", "ls")] }), [
    "shell_not_allowed",
    "/stages/1/shell",
  ]);
  assertEquals(await refusal({ stages: [ok, { name: "b", task: "nothing" }] }), [
    "unknown_task",
    "/stages/1/task",
  ]);
  const { issues } = await assertRejects(
    () => runtime.submitAll([{ task: "folder" }, { stages: [stage("b", "ls")] }]),
    Refusal,
  );
  assertEquals(issues[0]!.pointer, "/jobs/1/stages/0/shell");
});

Deno.test("runs: one that was cut off by kill -9 runs again from the start, in an empty workspace", async () => {
  await inFolder({}, async (cwd) => {
    const lines = async () => {
      const text = await Deno.readTextFile(`${cwd}/lines`).catch(() => "");
      return text.trim().split("\n");
    };
    const say = `echo "$(ls -A | wc -l)" >> ${cwd}/lines; touch left`;
    const wait = `echo in >> ${cwd}/lines; [ -e ${cwd}/go ] || exec sleep 300`;
    const stages = [
      { name: "prep", command: ["sh", "-c", say] },
      { name: "work", command: ["sh", "-c", wait] },
    ];
    {
      await using first = await serve(cwd);
      await first.submit({ projectId: "p", stages });
      await until(async () => (await lines()).length === 2);
      first.started.kill("SIGKILL");
      await first.started.ended;
    }
    await Deno.writeTextFile(`${cwd}/go`, "");
    await using second = await serve(cwd);
    await until(async () => (await second.job("j1")).state === "done");
    assertEquals(await lines(), ["0", "in", "0", "in"]);
  });
});

Deno.test("runs: a runtime that closes lets those under way end, all of their stages", async () => {
  const runtime = await open();
  const nap = (name: string) => stage(name, "sleep 0.1");
  const { id } = await runtime.submit({ stages: [nap("a"), nap("b"), nap("c")] });
  const ended = runtime.wait(id, 30_000);
  await runtime.close();
  assertEquals((await ended)!.outcome!.type, "done");
});
