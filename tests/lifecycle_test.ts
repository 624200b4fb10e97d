/**
 * The service through its life: the cases by which Solid Queue tests its supervisor, by name, over
 * real processes. Where that one marks a job as failed, ours is run again: its worker died, not it.
 */
import { assert, assertEquals } from "@std/assert";
import { flyball, inFolder } from "./command_line.ts";
import { fixedAt, live, lives, processesWith } from "./live.ts";
import { serve, type Service } from "./serving.ts";
import { until } from "./until.ts";

/** A task file that ends its process, or waits. */
const exits = `export default { kind: "flyball.task", run: ({ code, ms }) =>
  new Promise((resolve) => setTimeout(() => code === undefined ? resolve("no exit") : Deno.exit(code), ms)) };`;

/** A folder with that task in it. */
const placed = (test: (cwd: string) => Promise<void>) =>
  inFolder({}, async (cwd) => {
    await Deno.mkdir(`${cwd}/tasks`);
    await Deno.writeTextFile(`${cwd}/tasks/exits.ts`, exits);
    await test(cwd);
  });

/** A service over the folder's tasks, of at least so many workers. */
const served = (cwd: string, workers = 1) =>
  serve(cwd, "--tasks", `${cwd}/tasks`, "--set", `pools.default.workers.min=${workers}`);

/** A pause that lasts until the test lets it end. */
const untilGo = (cwd: string) => `until [ -e ${cwd}/go ]; do sleep 0.05; done`;
const go = (cwd: string) => Deno.writeTextFile(`${cwd}/go`, "");

/** Submits a command that notes its start and, after a pause, its end; resolves with its id. */
async function store(
  service: Service,
  cwd: string,
  name: string,
  pause: string | number = 0,
): Promise<string> {
  const rest = typeof pause === "string" ? pause : `sleep ${pause}`;
  const line = `echo "$0 started" >> ${cwd}/results; ${rest}; ` +
    `echo "$0 completed" >> ${cwd}/results`;
  const [job] = await service.submit({ command: ["sh", "-c", line, name], retries: 0 });
  return job!.id;
}

/** How often `words` stand in the results. */
function count(cwd: string, words: string): number {
  try {
    return Deno.readTextFileSync(`${cwd}/results`).split("\n").filter((line) => line === words)
      .length;
  } catch {
    return 0;
  }
}

const done = (cwd: string, name: string) => until(() => count(cwd, `${name} completed`) > 0);

const state = async (service: Service, id: string) => (await service.job(id)).state;

/** The next life of the folder finds every job of the first one and brings it to its end. */
async function finishesLater(cwd: string, ids: readonly string[]): Promise<void> {
  await using next = await served(cwd);
  await until(next.idle);
  for (const id of ids) assertEquals(await state(next, id), "done");
}

/** Nothing of the service is left. */
async function assertCleanTermination(cwd: string, service: Service, code: number): Promise<void> {
  assertEquals((await service.started.ended).code, code);
  await until(() => processesWith(cwd).length === 0);
}

/** A case with a service of its own, which it ends. */
const lifecycle = (
  name: string,
  test: (service: Service, cwd: string) => Promise<void>,
  options: { readonly ignore?: boolean } = {},
) =>
  Deno.test(`lifecycle: ${name}`, options, () =>
    placed(async (cwd) => {
      await using service = await served(cwd);
      await test(service, cwd);
    }));

/** Who was started in the background by a script ignores SIGQUIT, and so does all it starts. */
const ignoresQuit = (): boolean => {
  const [, mask] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))!;
  return (BigInt(`0x${mask}`) & 4n) !== 0n;
};
if (ignoresQuit()) console.error("LEFT OUT: the end by SIGQUIT, which is ignored here");

lifecycle("kill supervisor while there are jobs in-flight", async (service, cwd) => {
  const quick = await store(service, cwd, "no pause");
  await done(cwd, "no pause");
  await until(async () => (await state(service, quick)) === "done");
  const pause = await store(service, cwd, "pause", untilGo(cwd));
  await until(() => count(cwd, "pause started") === 1);
  service.started.kill("SIGKILL");
  await service.started.ended;
  await until(() => processesWith(cwd).length === 0);
  assertEquals(count(cwd, "pause completed"), 0, "it went with its service");
  await go(cwd);
  await finishesLater(cwd, [quick, pause]);
  assertEquals([count(cwd, "pause started"), count(cwd, "no pause started")], [2, 1]);
});

lifecycle("term supervisor multiple times", async (service, cwd) => {
  for (let i = 0; i < 5; i++) {
    try {
      service.started.kill("SIGTERM");
    } catch { /* it has ended */ }
  }
  await assertCleanTermination(cwd, service, 0);
});

lifecycle("quit supervisor while there are jobs in-flight", async (service, cwd) => {
  const pause = await store(service, cwd, "pause", untilGo(cwd));
  await until(() => count(cwd, "pause started") === 1);
  service.started.kill("SIGQUIT");
  await service.started.ended;
  await until(() => processesWith(cwd).length === 0);
  assertEquals(count(cwd, "pause completed"), 0, "it had no chance to end");
  await go(cwd);
  await finishesLater(cwd, [pause]);
}, { ignore: ignoresQuit() });

for (const [signal, code] of [["SIGTERM", 0], ["SIGINT", 130]] as const) {
  const name = signal === "SIGTERM" ? "term" : "int";
  lifecycle(`${name} supervisor while there are jobs in-flight`, async (service, cwd) => {
    await store(service, cwd, "no pause");
    await store(service, cwd, "pause", 0.3);
    await until(() => count(cwd, "pause started") === 1);
    await done(cwd, "no pause");
    service.started.kill(signal);
    await assertCleanTermination(cwd, service, code);
    assertEquals([count(cwd, "pause started"), count(cwd, "pause completed")], [1, 1]);
  });
}

lifecycle("term supervisor twice while there are jobs in-flight", async (service, cwd) => {
  const pause = await store(service, cwd, "pause", 600);
  await until(() => count(cwd, "pause started") === 1);
  service.started.kill("SIGTERM");
  await service.started.line(/letting running jobs end/);
  service.started.kill("SIGTERM");
  await service.started.ended;
  await until(() => processesWith(cwd).length === 0);
  await using next = await served(cwd);
  await until(() => count(cwd, "pause started") === 2);
  await until(async () => (await state(next, pause)) === "running");
});

Deno.test("lifecycle: term supervisor exceeding timeout while there are jobs in-flight", () =>
  inFolder({}, async (cwd) => {
    const config = { ...fixedAt(1), store: { engine: "sqlite" as const } };
    let pids: readonly number[];
    {
      await using first = await live(config, `${cwd}/data`);
      await first.submit({ command: ["sh", "-c", `echo ran >> ${cwd}/results; sleep 600`] });
      await until(() => count(cwd, "ran") === 1);
      pids = first.workerPids;
      await first.close({ drainMs: 300 });
    }
    assertEquals([pids.some(lives), processesWith(cwd)], [false, []]);
    await using second = await live(config, `${cwd}/data`);
    await until(() => count(cwd, "ran") === 2);
    await second.cancel("j1");
    assertEquals((await second.wait("j1", 30_000))?.state, "cancelled");
  }));

Deno.test("lifecycle: with one service", async (t) => {
  await placed(async (cwd) => {
    await using service = await served(cwd, 2);
    const pidsOf = () => workers(cwd);
    await until(() => pidsOf().length >= 2);

    await t.step("enqueue jobs in multiple queues", async () => {
      const commands = Array.from({ length: 6 }, (_, i) => ({ command: ["echo", `job_${i}`] }));
      const tasks = commands.map(() => ({ task: "exits", input: { ms: 0 } }));
      const jobs = await service.submit({ jobs: [...commands, ...tasks] });
      await until(service.idle);
      for (const { id } of jobs) assertEquals(await state(service, id), "done");
    });

    await t.step("process some jobs that raise errors", async () => {
      const good = await service.submit({ jobs: [1, 2].map(() => ({ command: ["true"] })) });
      const bad = await service.submit({ jobs: [1, 2, 3].map(() => ({ command: ["false"] })) });
      await until(service.idle);
      for (const { id } of good) assertEquals(await state(service, id), "done");
      for (const { id } of bad) assertEquals(await state(service, id), "failed");
    });

    await t.step("process a job that exits", async () => {
      const [exit, pause, others] = await Promise.all([
        service.submit({ task: "exits", input: { code: 0, ms: 50 } }),
        service.submit({ task: "exits", input: { ms: 200 } }),
        service.submit({ jobs: [1, 2, 3].map(() => ({ task: "exits", input: { ms: 1 } })) }),
      ]);
      await until(service.idle);
      const { state: ending, outcome } = await service.job(exit[0]!.id);
      assertEquals([ending, outcome?.code], ["failed", "no_result"]);
      for (const { id } of [...pause, ...others]) assertEquals(await state(service, id), "done");
    });

    for (const [how, signal] of [["terminate", "SIGTERM"], ["kill", "SIGKILL"]] as const) {
      await t.step(`${how} worker individually`, async () => {
        const name = `${how} pause`;
        const ids = [await store(service, cwd, name, 0.3), await store(service, cwd, name, 0.3)];
        await until(() => count(cwd, `${name} started`) === 2);
        const victims = pidsOf();
        Deno.kill(victims[0]!, signal);
        await until(() => !lives(victims[0]!) && pidsOf().length >= 2);
        await until(service.idle);
        for (const id of ids) assertEquals(await state(service, id), "done");
        const next = await store(service, cwd, `${how} no pause`);
        await until(service.idle);
        assertEquals(await state(service, next), "done");
      });
    }

    const { stdout } = await flyball(["status", "--json"], { cwd });
    assert(JSON.parse(stdout).size >= 2);
    service.started.kill("SIGTERM");
    await assertCleanTermination(cwd, service, 0);
  });
});

/** Pids of the workers of the service in a folder. */
function workers(cwd: string): number[] {
  return processesWith(cwd).filter((pid) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
      // What holds a worker carries its words too.
      return line.startsWith(Deno.execPath()) && line.includes("worker/main.bundle.js");
    } catch {
      return false;
    }
  });
}
