/** The folder of a job: its own, and gone when it has ended, however it did. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Quarters } from "../actors/host/quarters.ts";
import type { Outcome } from "../messages/outcome.ts";
import { createRuntime, JobError, taskFile } from "../mod.ts";
import { inFolder } from "./command_line.ts";
import { beside, fixedAt, tempFolder } from "./live.ts";
import { serve } from "./serving.ts";
import { until } from "./until.ts";

const tasks = { folder: taskFile<typeof import("./tasks/folder.ts")>(beside("tasks/folder.ts")) };

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Names of what lies in a folder, none where it is not there. */
function entries(path: string): string[] {
  return exists(path) ? [...Deno.readDirSync(path)].map(({ name }) => name) : [];
}

/** Jobs that say where they are, leave something there and end in their own way. */
const where = "pwd -P; mkdir -p deep/down; echo left > deep/down/file";
const endings = {
  done: { command: ["sh", "-c", where] },
  failed: { command: ["sh", "-c", `${where}; exit 3`] },
  // As a package manager leaves its cache: folders without the right to write.
  locked: { command: ["sh", "-c", `${where}; chmod 500 deep/down deep`] },
  timedOut: { command: ["sh", "-c", `${where}; exec sleep 300`], timeoutMs: 300 },
  missing: { command: ["no-such-program"] },
} as const;

Deno.test("folders: a command has one of its own, gone after every ending", async () => {
  await using data = await tempFolder();
  await using runtime = await createRuntime({ data: data.path, config: fixedAt(1) });
  const accepted = await runtime.submitAll(Object.values(endings));
  const outcomes: Outcome[] = [];
  for (const { id } of accepted) outcomes.push((await runtime.wait(id, 30_000))!.outcome!);
  assertEquals(outcomes.map(({ type, code }) => code ?? type), [
    "done",
    "exit_nonzero",
    "done",
    "run_timeout",
    "command_not_found",
  ]);
  const paths = outcomes.slice(0, 4).map(({ stdout }) => stdout!.trim());
  assertEquals(new Set(paths).size, 4);
  for (const path of paths) assert(path.startsWith(`${await Deno.realPath(data.path)}/run/jobs/`));
  for (const worker of entries(`${data.path}/run/jobs`)) {
    assertEquals(entries(`${data.path}/run/jobs/${worker}`), []);
  }
});

Deno.test("folders: HOME and TMPDIR of a command are its own, unless it is given others", async () => {
  await using data = await tempFolder();
  await using runtime = await createRuntime({
    data: data.path,
    config: { commands: { roots: [data.path] } },
  });
  const say = 'pwd; echo "$HOME $TMPDIR"; mktemp; env | cut -d= -f1 | sort | tr "\\n" " "';
  const [own, placed, given] = await runtime.submitAll([
    { command: ["sh", "-c", say] },
    { command: ["sh", "-c", say], cwd: data.path },
    { command: ["sh", "-c", "echo $HOME"], env: { HOME: "/nowhere" } },
  ]);
  const lines = async (id: string) =>
    (await runtime.wait(id, 30_000))!.outcome!.stdout!.trimEnd().split("\n");
  const [cwd, homes, made, names] = await lines(own!.id);
  assertEquals(homes, `${cwd} ${cwd}`);
  assert(made!.startsWith(`${cwd}/`), made);
  assertMatch(names!, /^FLYBALL_MARK HOME (LANG )?PATH PWD TMPDIR( TZ)?$/);
  const [elsewhere, home] = await lines(placed!.id);
  assertEquals(elsewhere, await Deno.realPath(data.path));
  assertMatch(home!, /\/run\/jobs\//);
  assertEquals(await lines(given!.id), ["/nowhere"]);
});

Deno.test("folders: those of a worker that is killed go with it", async () => {
  await using data = await tempFolder();
  await using runtime = await createRuntime({ data: data.path, config: fixedAt(1) });
  const { id } = await runtime.submit({
    command: ["sh", "-c", `pwd > ${data.path}/where; exec sleep 300`],
    onLoss: "fail",
  });
  const said = () => exists(`${data.path}/where`) && Deno.readTextFileSync(`${data.path}/where`);
  await until(() => said() !== false && said() !== "");
  const path = said().toString().trim();
  assert(exists(path));
  for (const pid of runtime.workerPids) Deno.kill(pid, "SIGKILL");
  assertEquals((await runtime.wait(id, 30_000))!.state, "lost");
  await until(() => !exists(path.slice(0, path.lastIndexOf("/"))));
});

Deno.test("folders: the next start sweeps up after a service that was killed", async () => {
  await inFolder({}, async (cwd) => {
    const run = `${cwd}/.flyball/run`;
    {
      await using first = await serve(cwd);
      const command = ["sh", "-c", `pwd > ${cwd}/where; exec sleep 300`];
      assertEquals((await first.submit({ command })).map(({ id }) => id), ["j1"]);
      await until(() => exists(`${cwd}/where`) && Deno.statSync(`${cwd}/where`).size > 0);
      first.started.kill("SIGKILL");
      await first.started.ended;
    }
    assertEquals(entries(`${run}/jobs`).length, 1);
    await Deno.remove(`${cwd}/where`);
    await using second = await serve(cwd);
    // The job runs again, in a folder of the new life; of the old one nothing is left.
    await until(() => exists(`${cwd}/where`));
    await until(() => entries(`${cwd}/.flyball/trash`).length === 0);
    await second.ask("DELETE", "/api/v1/jobs/j1");
    second.started.kill("SIGTERM");
    await second.started.ended;
    await until(() => !exists(run));
  });
});

Deno.test("folders: a task has one where it asks for it, and can't see another's", async () => {
  await using data = await tempFolder();
  await using runtime = await createRuntime({ tasks, data: data.path, config: fixedAt(2) });
  const write = { do: "write", name: "a", text: "mine" } as const;
  const first = await runtime.run("folder", write);
  // It knows its folder by a way of its own, as the data directory is shut to it.
  assertMatch(String(first), /\/flyball-\w+\/jobs-\d+\.\d+\/1$/);
  assert(!exists(String(first)));
  const second = await runtime.run("folder", write);
  assertNotEquals(first, second);
  const failed = await runtime.run("folder", { ...write, then: "throw" })
    .then(() => null, (error) => error as JobError);
  const path = /\/\S*\/flyball-\S*/.exec(failed!.message)![0];
  assert(!exists(path));
  // What a command of the same runtime holds lies out of reach.
  const other = runtime.submit({ command: ["sh", "-c", "echo secret > s; pwd; exec sleep 300"] });
  const { id } = await other;
  const secret = () =>
    entries(`${data.path}/run/jobs`).map((worker) => `${data.path}/run/jobs/${worker}/1/s`)
      .find(exists);
  await until(() => secret() !== undefined);
  const denied = await runtime.run("folder", { do: "read", path: secret()! })
    .then(() => null, (error) => error as JobError);
  assertEquals(denied?.outcome.code, "permission_denied");
  await runtime.cancel(id);
});

Deno.test("folders: nothing is left of a runtime without a data directory", async () => {
  const runtime = await createRuntime();
  const { id } = await runtime.submit({ command: ["pwd"] });
  const path = (await runtime.wait(id, 30_000))!.outcome!.stdout!.trim();
  await runtime.close();
  const own = path.slice(0, path.indexOf("/jobs/"));
  assertMatch(own, /\/flyball-[^/]+$/);
  assert(!exists(own));
});

Deno.test("quarters: a socket's folder is elsewhere when its path would be too long, and swept too", async () => {
  await using folder = await tempFolder();
  const owner = `${folder.path}/${"long".repeat(30)}`;
  await Deno.mkdir(owner);
  const killed = await Quarters.open(owner);
  assert(killed.socket.length < 90 && exists(killed.socket));
  await Deno.writeTextFile(`${killed.directory}/left`, "");
  const next = await Quarters.open(owner);
  assert(!exists(killed.socket) && exists(next.socket));
  assertEquals(entries(next.directory), ["socket"]);
  assertEquals(entries(`${owner}/trash`).length, 1);
  next.tidy();
  await next.close();
  assertEquals([entries(owner), exists(next.socket)], [[], false]);
});
