/** The service end to end over real sockets, with a scripted runtime behind it. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Refusal } from "../actors/runtime.ts";
import { createApp } from "../service/app.ts";
import { openControlSocket } from "../service/control_socket.ts";
import { serve, type Service } from "../service/serve.ts";
import { requestText, sendRaw } from "./raw_http.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";
import { until } from "./until.ts";

async function ask(service: Service, method: string, path: string, body?: unknown) {
  const response = await fetch(service.url + path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

Deno.test("service: accepts jobs, shows, explains and cancels them", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  const one = await ask(service, "POST", "/api/v1/jobs", { task: "hash", input: { path: "a" } });
  assertEquals(one, { status: 202, body: { jobs: [{ id: "j1", state: "waiting" }] } });
  const two = await ask(service, "POST", "/api/v1/jobs", {
    jobs: [{ command: ["ls"], priority: "high" }, { task: "hash", operation: "running" }],
  });
  assertEquals([two.status, two.body.jobs.length], [202, 2]);
  assertEquals(runtime.specs[1], { command: ["ls"], priority: "high" });

  assertEquals((await ask(service, "GET", "/api/v1/alerts")).body, { items: [], sinks: [] });
  assertEquals((await ask(service, "GET", "/api/v1/jobs/j1")).body.state, "waiting");
  assertEquals((await ask(service, "GET", "/api/v1/jobs/j1/why")).body.gate, "position");
  assertEquals((await ask(service, "GET", "/api/v1/jobs/j9/why")).status, 404);

  const listed = await ask(service, "GET", "/api/v1/jobs?state=waiting&limit=2");
  assertEquals([listed.status, listed.body.items.length], [200, 2]);
  const moved = await ask(service, "PATCH", "/api/v1/jobs/j2", { priority: "low", rank: -4 });
  assertEquals([moved.status, moved.body.priority, moved.body.rank], [200, "low", -4]);

  const cancelled = await ask(service, "DELETE", "/api/v1/jobs/j1");
  assertEquals([cancelled.status, cancelled.body.state], [200, "cancelled"]);
  assertEquals((await ask(service, "DELETE", "/api/v1/jobs/j3")).status, 202);
  assertEquals((await ask(service, "DELETE", "/api/v1/jobs/j9")).status, 404);
  const retried = await ask(service, "POST", "/api/v1/jobs/j1/retry");
  assertEquals([retried.status, retried.body.id, retried.body.state], [202, "j1", "waiting"]);
  const early = await ask(service, "POST", "/api/v1/jobs/j1/retry");
  assertEquals([early.status, early.body.code], [409, "not_retriable"]);
  assertMatch(early.body.detail, /state=waiting/);
  assertEquals((await ask(service, "POST", "/api/v1/jobs/j9/retry")).status, 404);
  runtime.end("j2");
  const late = await ask(service, "DELETE", "/api/v1/jobs/j2");
  assertEquals([late.status, late.body.code], [409, "already_finished"]);
  assertMatch(late.body.detail, /state=done/);
});

Deno.test("service: ?wait answers with the outcome, or with 202 when time runs out", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  const waiting = ask(service, "POST", "/api/v1/jobs?wait=30s", { task: "hash" });
  await until(() => runtime.specs.length === 1);
  runtime.end("j1");
  const { status, body } = await waiting;
  assertEquals([status, body.jobs[0].state, body.jobs[0].outcome.output], [200, "done", 42]);
  const late = await ask(service, "POST", "/api/v1/jobs?wait=1ms", { task: "hash" });
  assertEquals(late, { status: 202, body: { jobs: [{ id: "j2", state: "waiting" }] } });
});

Deno.test("service: Idempotency-Key and traceparent become part of the job", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const send = async (headers: Record<string, string>, body: unknown) => {
    const response = await fetch(`${service.url}/api/v1/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await send({ "idempotency-key": "k1", traceparent }, { task: "hash" }), 202);
  assertEquals(runtime.specs[0], { task: "hash", idempotencyKey: "k1", traceparent });
  assertEquals(await send({ traceparent: "nonsense" }, { task: "hash" }), 202);
  assertEquals(runtime.specs[1], { task: "hash" });
  const clash = await send({ "idempotency-key": "a" }, { task: "hash", idempotencyKey: "b" });
  assertEquals(clash, 400);
});

Deno.test("service: shows status, decisions and pools, and overrides a pool", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  assertEquals((await ask(service, "GET", "/api/v1/status")).body.verdict, "keeps up");
  assertEquals((await ask(service, "GET", "/api/v1/decisions?limit=2")).body.items.length, 2);
  const after = await ask(service, "GET", "/api/v1/decisions?after=1");
  assertEquals(after.body, { items: [{ id: 2 }], next: null });
  assertEquals((await ask(service, "GET", "/api/v1/decisions/2")).body, { id: 2 });
  for (const id of ["7", "x", "-1"]) {
    const { status, body } = await ask(service, "GET", `/api/v1/decisions/${id}`);
    assertEquals([status, body.code], [404, "unknown_decision"]);
  }
  const why = await ask(service, "GET", "/api/v1/pools/default/why");
  assertEquals(why.body.because, "1 worker is ready.");
  assertEquals((await ask(service, "GET", "/api/v1/pools/none/why")).status, 404);
  assertEquals((await ask(service, "GET", "/api/v1/pools")).body.items[0].name, "default");
  assertEquals((await ask(service, "GET", "/api/v1/pools/default")).body.policy, "governor");
  for (
    const patch of [
      { workers: 4 },
      { pinned: 2, for: "10m" },
      { paused: true, for: "30s" },
      { paused: "in", for: "1h" },
      { paused: "both" },
      { drained: true, for: "2m" },
      { paused: false },
      { pinned: false },
      { drained: false },
    ]
  ) assertEquals((await ask(service, "PATCH", "/api/v1/pools/default", patch)).status, 200);
  assertEquals(runtime.grips, [
    "resize 4",
    "pin 2 600000",
    "pause 30000",
    "pause 3600000 in",
    "pause both",
    "drain 120000",
    ...Array(3).fill("resume"),
  ]);
});

Deno.test("service: is live while it drains, but not ready", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  assertEquals(await ask(service, "GET", "/readyz"), { status: 200, body: { ready: true } });
  runtime.accepting = false;
  const response = await fetch(`${service.url}/readyz`);
  assertEquals([response.status, (await response.json()).code], [503, "not_ready"]);
  assertEquals(response.headers.get("retry-after"), "1");
  assertEquals((await ask(service, "GET", "/livez")).status, 200);
});

Deno.test("service: asks for the token it was given, and for none on probes", async () => {
  const token = "correct-horse";
  await using service = await serve(scriptedRuntime(), { port: 0, token });
  const status = async (headers: Record<string, string>, path = "/api/v1/status") => {
    const response = await fetch(service.url + path, { headers });
    const { code } = await response.json();
    return [response.status, code, response.headers.get("www-authenticate")];
  };
  const challenge = 'Bearer realm="flyball"';
  assertEquals(await status({}), [401, "missing_token", challenge]);
  assertEquals(await status({ authorization: "Basic eDp5" }), [401, "missing_token", challenge]);
  const wrong = [401, "bad_token", `${challenge}, error="invalid_token"`];
  assertEquals(await status({ authorization: "Bearer wrong" }), wrong);
  assertEquals(await status({ authorization: `Bearer ${token}` }), [200, undefined, null]);
  const inUrl = await status({}, `/api/v1/status?access_token=${token}`);
  assertEquals(inUrl, [400, "token_in_url", null]);
  assertEquals((await status({}, "/livez"))[0], 200);
  assertEquals((await status({}, "/readyz"))[0], 200);
});

Deno.test("service: streams facts with their place, and resumes after the last one seen", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  const response = await fetch(`${service.url}/api/v1/events?from=5`);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  await until(() => runtime.readers === 1);
  runtime.emit({ seq: 7, at: 1, fact: { type: "config", version: 1, change: "x", by: "start" } });
  runtime.emit({ type: "gap", from: 8, to: 20 });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  await until(async () => {
    text += (await reader.read()).value ?? "";
    return text.includes("gap");
  });
  assertMatch(text, /^retry: 1000\n\nid: 7\nevent: config\ndata: \{"seq":7.*\}\n\n/);
  assertMatch(text, /id: 20\nevent: gap\ndata: \{"type":"gap","from":8,"to":20\}\n\n$/);
  await reader.cancel();
  await until(() => runtime.readers === 0);

  const again = await fetch(`${service.url}/api/v1/events`, { headers: { "last-event-id": "20" } });
  await until(() => runtime.resumes.length === 2);
  assertEquals(runtime.resumes, [5, 20]);
  await again.body?.cancel();
});

Deno.test("service: closing ends streams and leaves the port free", async () => {
  const runtime = scriptedRuntime();
  const service = await serve(runtime, { port: 0 });
  const response = await fetch(`${service.url}/api/v1/events`);
  await until(() => runtime.readers === 1);
  const rest = response.text();
  await service.close();
  assertEquals(await rest, "retry: 1000\n\n");
  assertEquals(runtime.readers, 0);
  await (await serve(runtime, { port: service.port })).close();
});

Deno.test("service: the control socket answers without a token, and only its owner", async () => {
  const dataDirectory = await Deno.makeTempDir();
  const service = await serve(scriptedRuntime(), { port: 0, token: "t", dataDirectory });
  const path = service.socketPath!;
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  const response = await fetch("http://localhost/api/v1/status", { client });
  assertEquals([response.status, (await response.json()).verdict], [200, "keeps up"]);
  const bad = await fetch("http://localhost/api/v1/jobs", {
    client,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{bad",
  });
  assertEquals((await bad.json()).code, "invalid_json");
  client.close();
  await service.close();
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  await Deno.remove(dataDirectory, { recursive: true });
});

Deno.test("service: a stale control socket is replaced, a living one and a file are not", async () => {
  const directory = await Deno.makeTempDir();
  const app = createApp(scriptedRuntime());
  const path = `${directory}/control.sock`;
  await leaveStaleSocket(path);
  const socket = await openControlSocket({ app, directory });
  const running = await assertRejects(() => openControlSocket({ app, directory }), Refusal);
  assertEquals(running.code, "already_running");
  await socket.close();
  await Deno.writeTextFile(path, "a file");
  const file = await assertRejects(() => openControlSocket({ app, directory }), Refusal);
  assertEquals(file.code, "not_a_socket");
  const deep = `${directory}/${"d".repeat(120)}`;
  const long = await assertRejects(() => openControlSocket({ app, directory: deep }), Refusal);
  assertEquals(long.code, "socket_path_too_long");
  app.close();
  await Deno.remove(directory, { recursive: true });
});

/** Leaves the file of a socket whose process is gone, as after `kill -9`. */
async function leaveStaleSocket(path: string): Promise<void> {
  const code = `Deno.listen({ transport: "unix", path: ${JSON.stringify(path)} });
    Deno.kill(Deno.pid, "SIGKILL");`;
  await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assert((await Deno.lstat(path)).isSocket);
}

Deno.test("service: a port in use is refused with its owner, and nothing stays open", async () => {
  const dataDirectory = await Deno.makeTempDir();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const refusal = await assertRejects(
    () => serve(scriptedRuntime(), { port, dataDirectory }),
    Refusal,
  );
  assertEquals(refusal.code, "port_in_use");
  assertMatch(refusal.message, new RegExp(`Port ${port} is in use by (pid ${Deno.pid}|another)`));
  assertEquals([...Deno.readDirSync(dataDirectory)], []);
  listener.close();
  await Deno.remove(dataDirectory, { recursive: true });
});

Deno.test("service: others reach it only with a token", async () => {
  const runtime = scriptedRuntime();
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "ops.example"]) {
    const refusal = await assertRejects(() => serve(runtime, { host, port: 0 }), Refusal);
    assertEquals(refusal.code, "refuse_public_without_token");
  }
  const port = await assertRejects(() => serve(runtime, { port: 70_000 }), Refusal);
  assertEquals(port.code, "invalid_port");
  await using open = await serve(runtime, { host: "0.0.0.0", port: 0, token: "t" });
  assertEquals((await ask(open, "GET", "/livez")).status, 421, "0.0.0.0 is no name");
  assertEquals((await sendRaw(open.port, requestText("GET", "/livez", []))).status, 200);
  await using local = await serve(runtime, { port: 0 });
  const elsewhere = { hostname: "127.0.0.2", port: local.port };
  await assertRejects(() => Deno.connect(elsewhere), Deno.errors.ConnectionRefused);
});

Deno.test("service: slow senders are cut off, others are served meanwhile", async () => {
  await using service = await serve(scriptedRuntime(), { port: 0 });
  const slow = await Promise.all(
    Array.from({ length: 300 }, () => Deno.connect({ hostname: "127.0.0.1", port: service.port })),
  );
  const dribble = new TextEncoder().encode("GET / HT");
  await Promise.all(slow.map((connection) => connection.write(dribble).catch(() => {})));
  assertEquals((await ask(service, "GET", "/livez")).status, 200);
  let open = slow.length;
  for (const connection of slow) {
    const buffer = new Uint8Array(1_024);
    const drain = async () => {
      while ((await connection.read(buffer).catch(() => null)) !== null);
      connection.close();
      open--;
    };
    void drain();
  }
  await until(() => open === 0);
});
