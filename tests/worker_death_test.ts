/** Workers that die, hang or are stopped while they have jobs, over real processes. */
import { assert, assertEquals } from "@std/assert";
import { ending, fixedAt, gather, type Live, live, lives, tempFolder } from "./live.ts";
import { until } from "./until.ts";

/** Kills a worker the way the kernel does. */
function kill(pid: number, signal: Deno.Signal = "SIGKILL"): void {
  try {
    Deno.kill(pid, signal);
  } catch { /* it has just gone */ }
}

const settled = (runtime: Live, workers: number) =>
  until(() => runtime.status().size === workers && runtime.workerPids.every(lives));

Deno.test("worker death: an idle worker is replaced and no job is touched", async () => {
  await using runtime = await live(fixedAt(2));
  await settled(runtime, 2);
  for (let deaths = 0; deaths < 3; deaths++) {
    await runtime.run("toy", { do: "echo" });
    const [victim] = runtime.workerPids;
    kill(victim!);
    await until(() => !runtime.workerPids.includes(victim!));
    await settled(runtime, 2);
  }
  assertEquals(runtime.status().ended, { done: 3 });
});

Deno.test("worker death: 500 jobs survive kills, each with one ending", async () => {
  await using folder = await tempFolder();
  await using runtime = await live(fixedAt(3));
  await settled(runtime, 3);
  await using gathered = gather(runtime);
  const log = await Deno.create(`${folder.path}/runs`);
  log.close();
  const jobs = Array.from({ length: 500 }, (_, n) =>
    runtime.submit({
      command: ["sh", "-c", `echo ${n} >> ${folder.path}/runs; sleep 0.02`],
    }));
  const ids = (await Promise.all(jobs)).map(({ id }) => id);
  assertEquals(new Set(ids).size, 500);
  const ended = () => gathered.of("jobs").filter(({ move }) => move === "ended");
  const count = () => ended().reduce((sum, { ids }) => sum + ids.length, 0);
  // Those for tasks make room for those for commands at first: one that leaves is no victim.
  const leaving = () =>
    new Set(gathered.of("worker").map((fact) => fact.state === "draining" ? fact.pid : null));
  const staying = () => runtime.workerPids.filter((pid) => !leaving().has(pid));
  let begunInVictims = 0;
  let deaths = 0;
  while (deaths < 4) {
    const before = count();
    const isBusy = () => count() >= before + 20 && runtime.status().running > 0;
    await until(() => isBusy() && staying().length > 0);
    const [victim] = staying().toSorted(() => Math.random() - 0.5);
    begunInVictims += runtime.status().running;
    kill(victim!);
    deaths++;
    await until(() => !runtime.workerPids.includes(victim!));
    await settled(runtime, 3);
  }
  await until(() => count() === 500);
  const endings = ended().flatMap(({ ids }) => ids);
  assertEquals(new Set(endings).size, 500, "each job ended once");
  assertEquals(runtime.status().ended, { done: 500 });
  const runs = (await Deno.readTextFile(`${folder.path}/runs`)).trim().split("\n");
  assertEquals(new Set(runs).size, 500);
  const twice = runs.length - 500;
  assert(twice <= begunInVictims, `${twice} ran twice, ${begunInVictims} were running`);
  const killed = gathered.of("worker").filter(({ state, because }) =>
    state === "gone" && /SIGKILL/.test(because)
  );
  assertEquals(killed.length, deaths);
});

Deno.test("worker death: a poison job is found among innocents", async () => {
  await using runtime = await live(fixedAt(2));
  await settled(runtime, 2);
  // Both workers have loaded the task: from here on a job can hold the thread at once.
  await Promise.all([1, 2, 3, 4].map(() => runtime.run("toy", { do: "nap", ms: 5 })));
  const innocents = Array.from(
    { length: 40 },
    (_, value) => runtime.run("toy", { do: "nap", ms: 50, value }),
  );
  const poison = ending(runtime, { do: "exit" });
  const more = Array.from({ length: 40 }, (_, value) => runtime.run("toy", { do: "echo", value }));
  const { type, category, code, attempts } = await poison;
  assertEquals([type, category, code], ["dead", "lost", "poison"]);
  // At first it may pass for innocent, among many that came before it in the same moment.
  assert(attempts >= 3 && attempts <= 8, `${attempts}`);
  const numbers = Array.from({ length: 40 }, (_, value) => value);
  assertEquals(await Promise.all(innocents), numbers);
  assertEquals(await Promise.all(more), numbers);
  assertEquals(runtime.status().ended, { done: 84, dead: 1 });
  await settled(runtime, 2);
});

Deno.test("worker death: a job that must not run twice is lost, begun or perhaps begun", async () => {
  await using folder = await tempFolder();
  await using runtime = await live(fixedAt(1));
  await settled(runtime, 1);
  await runtime.run("toy", { do: "echo" });
  // Holds the thread from its first moment: the worker can't say that it has begun.
  const held = ending(runtime, { do: "exit" }, { onLoss: "fail" });
  const { type, code, category, attempts } = await held;
  assertEquals([type, code, category, attempts], ["lost", "worker_crashed", "lost", 1]);
  const command = runtime.command(
    ["sh", "-c", `echo ran >> ${folder.path}/runs; sleep 300`],
    { onLoss: "fail" },
  );
  await until(() => exists(`${folder.path}/runs`));
  for (const pid of runtime.workerPids) kill(pid);
  assertEquals((await command).type, "lost");
  assertEquals(await Deno.readTextFile(`${folder.path}/runs`), "ran\n");
});

Deno.test("worker death: suspects run alone until they end", async () => {
  await using runtime = await live(fixedAt(2));
  await settled(runtime, 2);
  const nap = { do: "nap", ms: 200, firstMs: 600_000 } as const;
  const jobs = Array.from({ length: 6 }, () => runtime.run("toy", nap));
  await until(() => runtime.status().running === 6);
  await using gathered = gather(runtime);
  for (const pid of runtime.workerPids) kill(pid);
  await Promise.all(jobs);
  // Never more of them at once than there are workers.
  let running = 0;
  let most = 0;
  for (const { move, ids } of gathered.of("jobs")) {
    if (move === "began") most = Math.max(most, running += ids.length);
    if (move === "ended") running -= ids.length;
  }
  assert(most >= 1 && most <= 2, `${most} suspects ran at once`);
  assertEquals(runtime.status().ended, { done: 6 });
});

Deno.test("worker death: an endless task is ended after its time, its neighbours are done", async () => {
  await using runtime = await live(fixedAt(1));
  await settled(runtime, 1);
  await Promise.all([1, 2, 3, 4].map(() => runtime.run("toy", { do: "nap", ms: 5 })));
  const nap = { do: "nap", ms: 5, firstMs: 600_000 } as const;
  const naps = [1, 2, 3].map((value) => runtime.run("toy", { ...nap, value }));
  await until(() => runtime.status().running === 3);
  // It holds its thread like a loop, and leaves the core to others.
  const hang = ending(runtime, { do: "block", ms: 3_600_000 }, { timeoutMs: 200 });
  const behind = [4, 5].map((value) => runtime.run("toy", { do: "echo", value }));
  const { type, category, code } = await hang;
  assertEquals([type, category, code], ["timedOut", "timeout", "run_timeout"]);
  assertEquals(await Promise.all([...naps, ...behind]), [1, 2, 3, 4, 5]);
  assertEquals(runtime.status().ended, { done: 9, timedOut: 1 });
});

Deno.test("worker death: a stopped worker is replaced, a busy one is left alone", async () => {
  await using runtime = await live(fixedAt(3));
  await settled(runtime, 3);
  await Promise.all([1, 2, 3, 4, 5, 6].map(() => runtime.run("toy", { do: "nap", ms: 5 })));
  const busy = runtime.run("toy", { do: "block", ms: 6_500, value: "whole" });
  const victim = await runtime.run("toy", { do: "pid" }) as number; // not the busy one
  const jobs = [1, 2, 3, 4, 5, 6].map((value) =>
    runtime.run("toy", { do: "nap", ms: 2_000, value })
  );
  await until(() => runtime.status().running >= 4);
  kill(victim, "SIGSTOP");
  await until(() => !lives(victim));
  assertEquals(await Promise.all(jobs), [1, 2, 3, 4, 5, 6]);
  assertEquals(await busy, "whole");
  await settled(runtime, 3);
  assertEquals(runtime.status().ended, { done: 14 });
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch {
    return false;
  }
}
