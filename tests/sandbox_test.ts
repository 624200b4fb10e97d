/** Real workers from the inside: every way out that we know is shut, and told. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createRuntime, JobError, Refusal, taskFile } from "../mod.ts";
import type { Attempt, Outside, Way } from "./tasks/escapee.ts";
import { beside, fixedAt, gather, tempFolder } from "./live.ts";
import { until } from "./until.ts";

/** Which permission each way asks for first, and for what of it. */
const denied: Readonly<Record<Way, readonly [permission: string, asked: RegExp]>> = {
  readSystem: ["read", /^\/etc\/passwd$/],
  readThroughNode: ["read", /^\/etc\/passwd$/],
  readLater: ["read", /^\/etc\/passwd$/],
  readEnvironmentOfService: ["read", /^\/proc\/\d+\/environ$/],
  readOwnProcess: ["read", /^\/proc\/self\/environ$/],
  readThroughDevice: ["read", /^\/dev\/fd\/0$/],
  readOtherJob: ["read", /secret\.json$/],
  readServiceData: ["read", /\/data\/flyball\.db$/],
  readFolderOfJob: ["read", /\/data\/run\/jobs\/1\.1\/1\/secret$/],
  listFoldersOfJobs: ["read", /\/data\/run\/jobs$/],
  importFolderOfJob: ["read", /\/data\/run\/jobs\/1\.1\/1\/secret$/],
  readWorkspace: ["read", /\/data\/workspaces$/],
  readThroughLink: ["read", /\/out\/passwd$/],
  fetchFile: ["read", /^\/etc\/passwd$/],
  importText: ["read", /^\/etc\/passwd$/],
  importJson: ["read", /secret\.json$/],
  importModule: ["read", /^\/etc\/passwd\.js$/],
  importOfImport: ["read", /^\/etc\/shadow$/],
  importThroughLink: ["read", /\/out\/passwd$/],
  importFromNet: ["import", /^deno\.land:443$/],
  requireJson: ["read", /secret\.json$/],
  write: ["write", /flyball-escaped$/],
  writeTemporary: ["write", /^<TMP>$/],
  writeOtherJob: ["write", /secret\.json$/],
  makeLink: ["read", /symlinkSync/],
  openDatabase: ["read", /\/data\/flyball\.db$/],
  connect: ["net", /^127\.0\.0\.1:\d+$/],
  connectUnspecified: ["net", /^0\.0\.0\.0:\d+$/],
  connectParent: ["read", /workers\.sock$/],
  connectThroughNode: ["net", /^127\.0\.0\.1/],
  fetchService: ["net", /^127\.0\.0\.1:\d+$/],
  listen: ["net", /^0\.0\.0\.0:0$/],
  resolveName: ["net", /:53$/],
  spawn: ["run", /^id$/],
  spawnThroughNode: ["env", /NODE_V8_COVERAGE/],
  killService: ["run", /^$/],
  readVariable: ["env", /^HOME$/],
  readVariables: ["env", /^$/],
  nativeCode: ["ffi", /^libc\.so\.6$/],
  nameOfMachine: ["sys", /^hostname$/],
  coresThroughNode: ["sys", /^cpus$/],
  inspector: ["sys", /^inspector$/],
  localStorage: ["storage", /^localStorage\.setItem$/],
  caches: ["storage", /^caches\.open$/],
  webWorker: ["worker", /^data:/],
  internals: ["internals", /internal/],
  revokeNeighbours: ["permissions", /^revokeSync$/],
  replaceStringify: ["intrinsics", /^JSON\.stringify$/],
  replaceThen: ["intrinsics", /^Promise\.prototype\.then$/],
  replacePush: ["intrinsics", /^Array\.prototype\.push$/],
  replaceExit: ["intrinsics", /^Deno\.exit$/],
};
const ways = Object.keys(denied) as Way[];

/** A project of the escapee alone, with a link out of it and the service's own data within. */
async function prison() {
  const folder = await tempFolder();
  const path = await Deno.realPath(folder.path);
  const project = `${path}/project`;
  await Deno.mkdir(`${project}/data`, { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(`${project}/deno.json`, "{}");
  await Deno.copyFile(beside("./tasks/escapee.ts"), `${project}/escapee.ts`);
  await Deno.symlink("/etc", `${project}/out`);
  await Deno.writeTextFile(`${path}/secret.json`, '"secret"');
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const outside: Outside = {
    other: `${path}/secret.json`,
    data: `${project}/data`,
    link: `${project}/out`,
    port: (listener.addr as Deno.NetAddr).port,
  };
  return {
    outside,
    task: taskFile<{ readonly default: Task }>(`file://${project}/escapee.ts`),
    async [Symbol.asyncDispose]() {
      listener.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

type Task = typeof import("./tasks/escapee.ts").default;

Deno.test("sandbox: every way out is shut, and told even when the task keeps it to itself", async () => {
  await using it = await prison();
  const { task, outside } = it;
  await using runtime = await createRuntime({
    tasks: { escapee: task },
    config: fixedAt(1),
    data: outside.data,
  });
  await using gathered = gather(runtime);
  const attempt = (way: Attempt["way"], quiet: boolean) =>
    runtime.run("escapee", { way, quiet, ...outside } as never);
  assertEquals(await attempt("list", false), ways, "the table has them all");

  const told = () => gathered.of("violation");
  const untold = () =>
    ways.filter((way) => {
      const [permission, asked] = denied[way];
      return !told().some((fact) => fact.permission === permission && asked.test(fact.asked));
    });
  for (const way of ways) assertEquals(await attempt(way, true), "denied", way);
  await until(() => untold().length === 0).catch(() => assertEquals(untold(), []));
  for (const way of ways) {
    const error = await attempt(way, false).catch((error) => error);
    assert(error instanceof JobError, `${way}: ${error}`);
    const { category, code, message } = error.outcome;
    assertEquals([category, code], ["permission", "permission_denied"], `${way}: ${message}`);
  }
  for (const { task, worker, times } of told()) {
    assertEquals([worker, times >= 1], ["1.1", true]);
    assert(task === "escapee", "its name is on the stack, or it runs alone");
  }
  assertEquals(await attempt("pollute", false), []);
  assertEquals(await attempt("work", false), { text: "xxx", list: [2, 4] });
  assertEquals(gathered.of("worker").filter(({ state }) => state === "gone"), []);
});

Deno.test("sandbox: where the data directory is in the project, a task has its folder and no other", async () => {
  await using it = await prison();
  const { outside: { data }, task: { url } } = it;
  const reader = new URL("./reader.ts", url);
  await Deno.writeTextFile(
    reader,
    `export default {
      kind: "flyball.task",
      permissions: { folder: true },
      run: (path, { folder }) => {
        Deno.writeTextFileSync(folder + "/own", "mine");
        return Deno.readTextFileSync(path ?? folder + "/own");
      },
    };`,
  );
  const tasks = { reader: taskFile(reader) };
  await using runtime = await createRuntime({ tasks, data, config: fixedAt(2) });
  const command = ["sh", "-c", 'echo secret > "$HOME/secret"; echo $HOME; exec sleep 600'];
  const { id } = await runtime.submit({ command });
  const secret = () =>
    [...Deno.readDirSync(`${data}/run/jobs`)].map(({ name }) => `${data}/run/jobs/${name}/1/secret`)
      .find(isThere);
  await until(() => secret() !== undefined);
  const denied = await runtime.run("reader", secret()).catch((error) => error);
  assert(denied instanceof JobError, String(denied));
  assertEquals(denied.outcome.code, "permission_denied");
  assertEquals(await runtime.run("reader", null), "mine");
  await runtime.cancel(id);
});

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("sandbox: a data directory that tasks can't be shut out of is refused", async () => {
  await using it = await prison();
  const data = `${it.outside.data}/a,b`;
  await Deno.mkdir(data);
  const { outside, task } = it;
  const refusal = await assertRejects(
    () => createRuntime({ tasks: { escapee: task }, data }),
    Refusal,
    "as its path must be without a comma: it is /",
  );
  assertEquals(refusal.code, "unsafe_data_directory");
  // Those who are let in anyway, and commands, may have it.
  const trusted = taskFile(task.url, { trusted: true });
  await using runtime = await createRuntime({ tasks: { escapee: trusted }, data });
  assertEquals(await runtime.run("escapee", { ...outside, way: "work", quiet: false }), {
    text: "xxx",
    list: [2, 4],
  });
  assertEquals((await runtime.command(["echo", "well"])).stdout, "well\n");
});

Deno.test("sandbox: threads of node:worker_threads may do what their task may, and are told", async () => {
  await using it = await prison();
  const task = new URL("./threaded.ts", it.task.url);
  await Deno.writeTextFile(
    task,
    `import { Worker } from "node:worker_threads";
    const code = "const { parentPort } = require('node:worker_threads');" +
      "try { require('node:fs').readFileSync('/etc/passwd'); parentPort.postMessage('read'); }" +
      "catch (error) { parentPort.postMessage(error.code ?? error.name); }" +
      "setInterval(() => {}, 1000);";
    export default {
      kind: "flyball.task",
      run: () => new Promise((resolve, reject) =>
        new Worker(code, { eval: true }).on("message", resolve).on("error", reject)),
    };`,
  );
  const tasks = { threaded: taskFile(task) };
  await using runtime = await createRuntime({ tasks, config: fixedAt(1) });
  await using gathered = gather(runtime);
  assert(
    ["EACCES", "ERR_ACCESS_DENIED", "NotCapable"].includes(
      String(await runtime.run("threaded", null)),
    ),
  );
  await until(() =>
    gathered.of("violation").some(({ permission, asked }) =>
      permission === "worker" && asked === "node:worker_threads"
    )
  );
});

Deno.test("sandbox: the service's own door stays shut when its machine is asked for", async () => {
  await using it = await prison();
  const { outside: { port }, task: { url } } = it;
  const caller = new URL("./caller.ts", url);
  await Deno.writeTextFile(
    caller,
    `export default {
      kind: "flyball.task",
      permissions: { net: ["127.0.0.1"] },
      run: async (port) => (await Deno.connect({ hostname: "127.0.0.1", port })).close(),
    };`,
  );
  const config = { ...fixedAt(1), server: { port } };
  await using runtime = await createRuntime({ tasks: { caller: taskFile(caller) }, config });
  const denied = await runtime.run("caller", port).catch((error) => error);
  assert(denied instanceof JobError);
  assertEquals(denied.outcome.code, "permission_denied");
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assertEquals(await runtime.run("caller", (other.addr as Deno.NetAddr).port), null);
});

Deno.test("sandbox: a path of the project that leads out of it is refused as a permission", async () => {
  await using it = await prison();
  const task = new URL("./linked.ts", it.task.url);
  await Deno.writeTextFile(
    task,
    `export default { kind: "flyball.task", permissions: { read: ["out"] }, run: () => 1 };`,
  );
  const refusal = await assertRejects(
    () => createRuntime({ tasks: { linked: taskFile(task) } }),
    Refusal,
    'its permissions.read "out" leads out of the project, to /etc',
  );
  assertEquals(refusal.code, "invalid_permissions");
});

Deno.test("sandbox: a task that is named through a link is read where it really is", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(`${folder.path}/project`);
  const source = `export default { kind: "flyball.task", run: () => 1 };`;
  await Deno.writeTextFile(`${folder.path}/project/one.ts`, source);
  await Deno.symlink(`${folder.path}/project`, `${folder.path}/current`);
  await using runtime = await createRuntime({
    tasks: { one: taskFile(`file://${folder.path}/current/one.ts`) },
    config: fixedAt(1),
  });
  assertEquals(await runtime.run("one", undefined), 1);
});
