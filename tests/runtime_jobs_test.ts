/** Submitted jobs and what can be asked of a runtime, over real workers. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { createRuntime, Refusal } from "../mod.ts";
import { fixedAt, gather, live, lives, processesWith, tempFolder } from "./live.ts";
import { until } from "./until.ts";

Deno.test("jobs: are accepted, waited for and shown", async () => {
  await using runtime = await live();
  const { id, state } = await runtime.submit({
    task: "toy",
    input: { do: "nap", ms: 20, value: 5 },
    priority: "high",
    projectId: "ours",
  });
  assertEquals([id, state], ["j1", "waiting"]);
  const job = await runtime.wait(id, 30_000);
  assertEquals(
    [job?.state, job?.task, job?.priority, job?.projectId, job?.outcome?.output],
    ["done", "toy", "high", "ours", 5],
  );
  assert(job!.acceptedAt <= job!.startedAt! && job!.startedAt! <= job!.endedAt!);
  assertEquals(await runtime.job(id), job);
  for (const unknown of ["j9", "9", "", "j", "jj!"]) {
    assertEquals(await runtime.job(unknown), null);
    assertEquals(await runtime.wait(unknown, 1), null);
    assertEquals(await runtime.cancel(unknown), null);
    assertEquals(await runtime.why(unknown), null);
  }
});

Deno.test("jobs: all of a bulk are accepted or none", async () => {
  await using runtime = await live();
  const echo = (value: number) => ({ task: "toy", input: { do: "echo", value } });
  const bulk = await runtime.submitAll([echo(1), echo(2), { command: ["true"] }]);
  assertEquals(bulk.map(({ id }) => id), ["j1", "j2", "j3"]);
  for (const { id } of bulk) assertEquals((await runtime.wait(id, 30_000))?.state, "done");
  const refused = await assertRejects(
    () => runtime.submitAll([echo(3), { command: ["a", "b\0"] }]),
    Refusal,
  );
  assertEquals([refused.code, refused.issues[0]?.pointer], ["argv_nul", "/jobs/1/command/1"]);
  assertEquals((await runtime.submit(echo(4))).id, "j4");
});

Deno.test("jobs: a wait that is too short tells what is known", async () => {
  await using runtime = await live();
  const { id } = await runtime.submit({ task: "toy", input: { do: "heed" } });
  const job = await runtime.wait(id, 1);
  assertEquals(job?.id, id);
  assertEquals(job?.outcome, undefined);
  assertEquals(await runtime.cancel(id), true);
  assertEquals((await runtime.wait(id, 30_000))?.state, "cancelled");
});

Deno.test("jobs: can be cancelled while they wait, while they run, and not after", async () => {
  await using folder = await tempFolder();
  await using runtime = await live({ pools: { default: { slots: { max: 1 } } } });
  runtime.pool().pin(1);
  const running = await runtime.submit({ task: "toy", input: { do: "heed" } });
  await until(() => runtime.status().running === 1);
  const waiting = await runtime.submit({ task: "toy", input: { do: "echo" } });
  assertEquals((await runtime.why(waiting.id))?.gate, "position");
  assertEquals(await runtime.cancel(waiting.id, "second thoughts"), true);
  const withdrawn = await runtime.wait(waiting.id, 30_000);
  assertEquals(
    [withdrawn?.state, withdrawn?.outcome?.message, withdrawn?.outcome?.worker],
    ["cancelled", "second thoughts", null],
  );
  assertEquals(await runtime.cancel(running.id), true);
  assertEquals((await runtime.wait(running.id, 30_000))?.outcome?.code, "cancelled");
  assertEquals(await runtime.cancel(running.id), false);

  runtime.pool().resume();
  const command = await runtime.submit({
    command: ["sh", "-c", "sleep 300 & : > $0/ready; wait", folder.path],
  });
  await until(() => [...Deno.readDirSync(folder.path)].length === 1);
  await until(async () => (await runtime.why(command.id))?.gate === "running");
  assert(processesWith(folder.path).length > 0);
  await runtime.cancel(command.id);
  assertEquals((await runtime.wait(command.id, 30_000))?.state, "cancelled");
  assertEquals((await runtime.why(command.id))?.gate, "ended");
  await until(() => processesWith(folder.path).length === 0);
});

Deno.test("jobs: the same idempotency key gives the same job, another body a conflict", async () => {
  await using runtime = await live();
  const spec = { task: "toy", input: { do: "echo", value: 1 }, idempotencyKey: "once" };
  const first = await runtime.submit(spec);
  const again = await runtime.submit({ ...spec, input: { value: 1, do: "echo" } });
  assertEquals([again.id, again.duplicate], [first.id, true]);
  await runtime.wait(first.id, 30_000);
  const late = await runtime.submit(spec);
  assertEquals([late.id, late.state, late.duplicate], [first.id, "done", true]);
  const refused = await assertRejects(
    () => runtime.submit({ ...spec, input: { do: "echo", value: 2 } }),
    Refusal,
  );
  assertEquals(refused.code, "idempotency_conflict");
  // Within one bulk as well.
  const key = { ...spec, idempotencyKey: "twice" };
  const [one, two] = await runtime.submitAll([key, key]);
  assertEquals([two?.id, two?.duplicate], [one?.id, true]);
});

Deno.test("runtime: tells facts from now on, resumes from a number, and admits gaps", async () => {
  await using folder = await tempFolder();
  await (await live({}, folder.path)).close();
  await using runtime = await live({}, folder.path);
  const stop = new AbortController();
  const facts = runtime.facts({ signal: stop.signal });
  const next = facts.next();
  await runtime.run("toy", { do: "echo" });
  const first = (await next).value!;
  assert("fact" in first);
  const kinds = new Set<string>();
  const seqs = [first.seq];
  while (!kinds.has("ended")) {
    const { value } = await facts.next();
    assert(value && "fact" in value);
    seqs.push(value.seq);
    kinds.add(value.fact.type === "jobs" ? value.fact.move : value.fact.type);
  }
  assert(kinds.has("began"));
  seqs.forEach((seq, i) => assertEquals(seq, first.seq + i));
  stop.abort();
  assertEquals((await facts.next()).done, true);

  const resumed = runtime.facts({ from: first.seq });
  const second = (await resumed.next()).value!;
  assertEquals("seq" in second && second.seq, first.seq + 1);
  await resumed.return!();
  // What an earlier life told is stored, and not at hand.
  const ancient = runtime.facts({ from: 0 });
  const gap = (await ancient.next()).value!;
  assert(!("fact" in gap));
  assertEquals([gap.type, gap.from], ["gap", 1]);
  const after = (await ancient.next()).value!;
  assertEquals("seq" in after && after.seq, gap.to + 1);
  await ancient.return!();
});

Deno.test("runtime: its status, decisions and pool say the same", async () => {
  await using runtime = await live(fixedAt(2));
  await until(() => runtime.status().size === 2);
  const status = runtime.status();
  const [pool] = status.pools;
  assertEquals([pool?.name, pool?.policy, pool?.workers.ready], ["default", "fixed", 2]);
  assertEquals(runtime.pool().status().workers, pool!.workers);
  assertEquals(runtime.workerPids.length, 2);
  assert(runtime.workerPids.every(lives));
  const decision = runtime.decisions().find(({ id }) => id === pool?.lastResize?.decision);
  assertEquals([decision?.adopted, decision?.envelope.floor], [true, 2]);
  assertMatch(decision!.because, /fixed at 2/);
  assertEquals(runtime.decisions(1).length, 1);
  assertEquals([status.pending, status.running, status.store], [0, 0, "memory"]);
  assert(status.verdict.length > 0);
});

Deno.test("pool: is pinned, resized and let go by hand", async () => {
  await using runtime = await live();
  await using gathered = gather(runtime);
  const pool = runtime.pool();
  for (const workers of [3, 1, 2]) {
    pool.pin(workers);
    await until(() => runtime.workerPids.length === workers);
  }
  const pids = runtime.workerPids;
  assert(pids.every(lives));
  pool.resize(4, 1_000);
  await until(() => runtime.workerPids.length === 4);
  // The second is over: the policy has its way again, and nothing waits.
  await until(() => runtime.workerPids.length < 4);
  pool.resume();
  assert(gathered.of("resized").length >= 4);
  assertThrows(() => pool.pin(-1), Refusal, "0..");
  assertThrows(() => pool.pin(1.5), Refusal, "1.5");
  assertThrows(() => pool.pause(0), Refusal, "forMs");
  assertEquals(assertThrows(() => runtime.pool("other"), Refusal).code, "unknown_pool");
});

Deno.test("pool: starts nothing while it is paused", async () => {
  await using runtime = await live();
  await runtime.run("toy", { do: "echo" });
  const running = runtime.run("toy", { do: "nap", ms: 1_000, value: "went on" });
  await until(() => runtime.status().running === 1);
  runtime.pool().pause();
  const { id } = await runtime.submit({ task: "toy", input: { do: "echo" } });
  assertEquals(await running, "went on");
  const why = await runtime.why(id);
  assertEquals([why?.gate, why?.because, why?.etaMs], [
    "operator",
    "The pool is paused by the operator",
    null,
  ]);
  assertEquals((await runtime.job(id))?.state, "waiting");
  runtime.pool().drain(600_000);
  const { operator } = runtime.pool().status();
  assertEquals([operator.state, operator.workers], ["drained", 0]);
  const drained = await runtime.why(id);
  assertEquals(drained?.because, `The pool is drained by the operator until ${operator.until}`);
  assert(drained!.etaMs! > 500_000 && drained!.etaMs! <= 600_000);
  assertEquals(
    runtime.status().verdict,
    `drained by the operator until ${operator.until}: no job is started`,
  );
  const wrong = "sideways" as "in";
  assertEquals(assertThrows(() => runtime.pool().pause(1, wrong), Refusal).code, "invalid_paused");
  runtime.pool().resume();
  assertEquals((await runtime.wait(id, 30_000))?.state, "done");
});

Deno.test("runtime: tells a late observer who lives", async () => {
  await using runtime = await live(fixedAt(2));
  await until(() => runtime.status().size === 2);
  const actors = new Set<string>();
  const events = new Set<string>();
  const stop = runtime.inspect({
    next(event) {
      if (event.type === "@xstate.actor") {
        actors.add((event.actorRef as unknown as { id: string }).id);
      } else events.add(event.type);
    },
  });
  for (const id of ["flyball", "controller", "scaling", "worker.1.1", "worker.2.1"]) {
    assert(actors.has(id), `${id} is not among ${[...actors]}`);
  }
  runtime.pool().pin(3);
  await until(() => actors.has("worker.3.1") && events.has("@xstate.snapshot"));
  stop();
  const count = actors.size;
  runtime.pool().pin(4);
  await until(() => runtime.workerPids.length === 4);
  assertEquals(actors.size, count);
});

Deno.test("runtime: serves its HTTP API without a socket", async () => {
  await using runtime = await live();
  const ask = async (path: string, body?: unknown) => {
    const response = await runtime.fetch(
      new Request(`http://localhost${path}`, {
        ...(body === undefined ? {} : {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      }),
    );
    return { status: response.status, body: await response.json() };
  };
  const job = { task: "toy", input: { do: "echo", value: 3 } };
  const { status, body } = await ask("/api/v1/jobs?wait=30s", job);
  assertEquals([status, body.jobs[0].state, body.jobs[0].outcome.output], [200, "done", 3]);
  assertEquals((await ask("/api/v1/status")).body.ended.done, 1);
  const wrong = await ask("/api/v1/jobs", { task: "toi" });
  assertEquals([wrong.status, wrong.body.code], [404, "unknown_task"]);
  assertMatch(wrong.body.detail, /did you mean toy/);
});

Deno.test("runtime: fetch asks for the token and the host of the configuration", async () => {
  await using folder = await tempFolder();
  const tokenFile = `${folder.path}/token`;
  await Deno.writeTextFile(tokenFile, "a-token-of-20-letters", { mode: 0o600 });
  await using runtime = await createRuntime({
    config: { server: { tokenFile, allowedHosts: ["ops.example"] } },
  });
  const statusOf = async (host: string, headers = {}) => {
    const url = `http://${host}/api/v1/status`;
    const response = await runtime.fetch(new Request(url, { headers }));
    await response.body?.cancel();
    return response.status;
  };
  const authorization = "Bearer a-token-of-20-letters";
  assertEquals(await statusOf("ops.example"), 401);
  assertEquals(await statusOf("ops.example", { authorization }), 200);
  assertEquals(await statusOf("other.example", { authorization }), 421);
});

Deno.test("runtime: fetch answers nobody when the token can't be read", async () => {
  await using runtime = await createRuntime({ config: { server: { tokenFile: "/no/token" } } });
  const ask = () => runtime.fetch(new Request("http://localhost/api/v1/status"));
  assertEquals((await assertRejects(ask, Refusal)).code, "no_input");
  assertEquals((await assertRejects(ask, Refusal)).code, "no_input");
});

Deno.test("runtime: who waits for a job is told what is known when the runtime closes", async () => {
  const data = await Deno.makeTempDir();
  const runtime = await live({}, data);
  const { id } = await runtime.submit({ task: "toy", input: { do: "echo" }, delayMs: 3_600_000 });
  const before = runtime.wait(id, 3_600_000);
  await runtime.close();
  assertEquals((await before)?.state, "scheduled");
  assertEquals((await runtime.wait(id, 3_600_000))?.state, "scheduled", "nor is it waited later");
  await Deno.remove(data, { recursive: true });
});
