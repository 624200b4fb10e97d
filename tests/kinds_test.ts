/** Every kind of job through the HTTP door over real workers: what is taken and what is refused. */
import { assertEquals, assertMatch } from "@std/assert";
import { createRuntime } from "../mod.ts";
import { serve } from "../service/serve.ts";
import { tasks, tempFolder } from "./live.ts";

/** A service with the tasks of the tests and a root for commands, and how to post to it. */
async function open() {
  const folder = await tempFolder();
  const root = `${folder.path}/root`;
  await Deno.mkdir(`${root}/inner`, { recursive: true });
  await Deno.symlink("/etc", `${root}/way-out`);
  const runtime = await createRuntime({
    tasks,
    data: `${folder.path}/data`,
    config: { commands: { shell: true, roots: [root] } },
  });
  const service = await serve(runtime, { port: 0 });
  return {
    root,
    runtime,
    post: async (body: object, query = "") => {
      const response = await fetch(`${service.url}/api/v1/jobs${query}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
    get: async (path: string) => (await fetch(`${service.url}/api/v1/${path}`)).json(),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await runtime.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const picky = { task: "picky", input: { path: "x", depth: 2 } };

Deno.test("kinds: a task, a command, text for the shell and a staged run, end to end", async () => {
  await using opened = await open();
  const { root, post, get } = opened;
  const { status, body } = await post({
    jobs: [
      picky,
      { command: ["pwd"], cwd: `${root}/inner` },
      { shell: 'echo "$1-$KEY"; cat', args: ["a b"], env: { KEY: "$(id)" }, stdin: "fed" },
      {
        projectId: "p",
        stages: [
          { name: "prep", shell: "echo 7 > depth" },
          { name: "check", ...picky },
          { name: "verify", command: ["cat", "depth"] },
        ],
      },
    ],
  }, "?wait=30s");
  assertEquals(status, 200);
  const [task, command, shell, run] = body.jobs.map(({ outcome }: { outcome: object }) => outcome);
  assertEquals([task.type, task.output], ["done", { depth: 2, twice: 4 }]);
  assertEquals(command.stdout, `${await Deno.realPath(`${root}/inner`)}\n`);
  assertEquals(shell.stdout, "a b-$(id)\nfed");
  const stages = run.stages.map(({ name, type }: { name: string; type: string }) => [name, type]);
  assertEquals(stages, [["prep", "done"], ["check", "done"], ["verify", "done"]]);
  assertEquals([run.stages[1].output.twice, run.stages[2].stdout], [4, "7\n"]);
  const view = await get("jobs/j4");
  assertEquals([view.stages, view.projectId, view.state], [
    ["prep", "check", "verify"],
    "p",
    "done",
  ]);

  // What a task returns is checked as well, and counts as its failure.
  const bad = await post({ task: "picky", input: { path: "x", depth: -1 } }, "?wait=30s");
  const [{ outcome }] = bad.body.jobs;
  assertEquals([outcome.type, outcome.category, outcome.code], [
    "failed",
    "validation",
    "invalid_output",
  ]);
  assertMatch(outcome.message, /^output\.depth: /);
});

Deno.test("kinds: what could not run is refused before anything is accepted, with its place", async () => {
  await using opened = await open();
  const { root, post, runtime } = opened;
  const refused = async (spec: object) => {
    const { status, body } = await post({ jobs: [picky, spec] });
    return [status, body.code, body.errors[0].pointer];
  };
  const wrong = { task: "picky", input: { path: "", depth: 10 } };
  const { body: { errors } } = await post(wrong);
  assertEquals(errors.map(({ pointer }: { pointer: string }) => pointer), [
    "/input/path",
    "/input/depth",
  ]);
  assertMatch(errors[1].message, /depth.*<=9, given 10$/);
  assertEquals([errors[1].expected, errors[1].given], ["number to be <=9", "10"]);
  assertEquals(await refused(wrong), [400, "invalid_input", "/jobs/1/input/path"]);
  assertEquals(await refused({ task: "picky" }), [400, "invalid_input", "/jobs/1/input"]);
  assertEquals(await refused({ stages: [{ name: "a", ...wrong }] }), [
    400,
    "invalid_input",
    "/jobs/1/stages/0/input/path",
  ]);
  assertEquals(await refused({ task: "piky" }), [404, "unknown_task", "/jobs/1/task"]);
  for (const [sent, pointer] of [[[{ task: "x" }], "/jobs/0/task"], [null, "/task"]] as const) {
    const { body } = await post(sent ? { jobs: sent } : { task: "x" });
    assertEquals(body.errors[0].pointer, pointer);
    assertMatch(body.errors[0].expected, /^one of .*picky/);
  }
  const at = (cwd: string) => refused({ command: ["pwd"], cwd });
  const outside = [403, "cwd_not_allowed", "/jobs/1/cwd"];
  assertEquals(await at("/root"), outside);
  assertEquals(await at("/no/such/folder"), outside);
  assertEquals(await at(`${root}/../data`), outside);
  assertEquals(await at(`${root}/way-out`), outside);
  assertEquals(await at(`${root}/none`), [400, "invalid_cwd", "/jobs/1/cwd"]);
  assertEquals(await refused({ shell: "ls", env: { BASH_ENV: "x" } }), [
    400,
    "env_not_allowed",
    "/jobs/1/env/BASH_ENV",
  ]);
  const twice = await post({
    jobs: [{ ...picky, idempotencyKey: "k" }, { task: "toy", idempotencyKey: "k" }],
  });
  assertEquals([twice.status, twice.body.errors[0].pointer], [409, "/jobs/1/idempotencyKey"]);
  const { ended, pending } = runtime.status();
  assertEquals([ended, pending], [{}, 0]);
});
