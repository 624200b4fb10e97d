/** The client of a service: over TCP and the control socket, with answers that fail and streams that break. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connect, JobError, Refusal } from "../client/mod.ts";
import { createRuntime, taskFile } from "../mod.ts";
import type { Fact } from "../messages/facts.ts";
import type { JobView } from "../messages/job.ts";
import { serve } from "../service/serve.ts";
import { fixedAt, live, tempFolder } from "./live.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";
import { until } from "./until.ts";

const token = "0123456789abcdef";

Deno.test("client: speaks to a live service over TCP and over its control socket", async () => {
  await using folder = await tempFolder();
  await using runtime = await live(fixedAt(1));
  await using service = await serve(runtime, { port: 0, token, dataDirectory: folder.path });
  for (const one of [service.url, { socket: service.socketPath! }]) {
    using client = connect(one, typeof one === "string" ? { token } : {});
    assertEquals(await client.run("toy", { do: "echo", value: 7 }), 7);
    const failed = await assertRejects(() => client.run("toy", { do: "throw" }), JobError);
    assertEquals([failed.outcome.type, (await client.job(failed.id))!.state], ["failed", "failed"]);

    const later = { task: "toy", input: { do: "echo", value: 3 }, runAt: "2100-01-01T00:00:00Z" };
    const { id } = await client.submit({ ...later, idempotencyKey: JSON.stringify(one) });
    const again = await client.submit({ ...later, idempotencyKey: JSON.stringify(one) });
    assertEquals([again.id, again.duplicate], [id, true]);
    assertEquals((await client.why(id))!.state, "scheduled");
    const over = await assertRejects(() => client.wait(id, { withinMs: 1 }), Refusal);
    assertEquals(over.code, "wait_over");
    assertEquals((await client.cancel(id)).state, "cancelled");
    const late = await assertRejects(() => client.cancel(id), Refusal);
    assertEquals(late.code, "already_finished");
    assertEquals((await client.retry(id)).state, "scheduled");

    const all = await Array.fromAsync(client.jobs({ limit: 2 }));
    assert(all.length >= 3);
    assertEquals(all.map(({ id }) => id), [...new Set(all.map(({ id }) => id))]);
    const open = await Array.fromAsync(client.jobs({ state: "scheduled", limit: 1 }));
    assert(open.some((job) => job.id === id));
    assertEquals([await client.job("j999"), await client.why("j999")], [null, null]);

    assertEquals((await client.status()).size, 1);
    assertEquals((await client.pools()).map(({ name }) => name), ["default"]);
    assertEquals((await client.operate("default", { paused: "in" })).operator.state, "pausedIn");
    assertEquals((await client.operate("default", { paused: false })).operator.state, "auto");
    assert((await client.why()).because.length > 0);
    const [decision] = await Array.fromAsync(client.decisions());
    assertEquals(decision!.id, runtime.decisions(1)[0]!.id);
    assertEquals((await client.me()).roles, ["admin"]);
  }
});

Deno.test("client: a refusal has the code, the place and the words of the service", async () => {
  await using service = await serve(scriptedRuntime(), { port: 0, token });
  using stranger = connect(service.url, { token: "not-that-one-here" });
  assertEquals((await assertRejects(() => stranger.status(), Refusal)).code, "bad_token");
  using client = connect(`${service.url}/`, { token });
  const wrong = await assertRejects(() => client.submit({ task: "hash", retries: 1e9 }), Refusal);
  assertEquals(wrong.issues.map(({ pointer }) => pointer), ["/jobs/0/retries"]);
  const { code, message } = assertThrows(() => connect("nonsense"), Refusal);
  assertEquals(code, "invalid_address");
  assert(message.includes("http://127.0.0.1:4477"));
});

/** A service that answers as a test says. */
function scripted(answer: (request: Request, nth: number) => Response | Promise<Response>) {
  const asked: string[] = [];
  const stop = new AbortController();
  const where = { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen() {} };
  const server = Deno.serve(where, (request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return answer(request, asked.length);
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]() {
      stop.abort(); // Also requests that are never answered.
      return server.finished;
    },
  };
}

const refused = (status: number, code: string, headers = {}) =>
  Response.json({ code, detail: code, errors: [] }, { status, headers });
const busy = () => refused(503, "not_ready", { "retry-after": "0" });

Deno.test("client: tries again what was refused for now, three times at most", async () => {
  const jobs = [{ id: "j1", state: "waiting" }];
  await using service = scripted((_request, nth) => nth < 3 ? busy() : Response.json({ jobs }));
  using client = connect(service.url);
  assertEquals((await client.submit({ task: "a" })).id, "j1");
  assertEquals(service.asked.length, 3);
  await using always = scripted(busy);
  using other = connect(always.url);
  assertEquals((await assertRejects(() => other.status(), Refusal)).code, "not_ready");
  assertEquals(always.asked.length, 3);
  await using long = scripted(() => refused(429, "queue_full", { "retry-after": "3600" }));
  using patient = connect(long.url);
  const full = await assertRejects(() => patient.submit({ task: "a" }), Refusal);
  assertEquals([full.retryAfterMs, long.asked.length], [3_600_000, 1]);
});

Deno.test("client: never sends again what may have been done, but a job with a key and what reads", async () => {
  /** Takes the connection of a request and never answers. */
  await using service = scripted(() => new Promise(() => {}));
  const tries = { answerMs: 50, tries: 2 };
  const count = async (ask: (client: ReturnType<typeof connect>) => Promise<unknown>) => {
    using client = connect(service.url, tries);
    const before = service.asked.length;
    const { code, message } = await assertRejects(() => ask(client), Refusal);
    assertEquals(code, "service_unreachable");
    assert(message.endsWith("no answer in time"), message);
    return service.asked.length - before;
  };
  assertEquals(await count((client) => client.status()), 2);
  assertEquals(await count((client) => client.submit({ task: "a" })), 1);
  assertEquals(await count((client) => client.submit({ task: "a", idempotencyKey: "k" })), 2);
  assertEquals(await count((client) => client.cancel("j1")), 1);
});

Deno.test("client: says where nobody listens, and can be told to stop", async () => {
  using nobody = connect({ socket: "/nowhere/control.sock" });
  const { code, message } = await assertRejects(() => nobody.status(), Refusal);
  assertEquals(code, "service_unreachable");
  assert(message.includes("unix:/nowhere/control.sock"), message);
  await using service = scripted(busy);
  using client = connect(service.url, { tries: 1_000_000 });
  const stop = new AbortController();
  const asked = client.status({ signal: stop.signal });
  await until(() => service.asked.length > 2);
  stop.abort(new Error("enough"));
  await assertRejects(() => asked, Error, "enough");
});

const event = (seq: number, extra = "") =>
  `id: ${seq}\nevent: config\ndata: ${
    JSON.stringify({ seq, at: 1, fact: { type: "config" } })
  }\n\n` +
  extra;

const stream = (text: string) =>
  new Response(text, { headers: { "content-type": "text/event-stream" } });

Deno.test("client: events go on behind the last one when the connection breaks", async () => {
  const from: (string | null)[] = [];
  await using service = scripted((request, nth) => {
    from.push(request.headers.get("last-event-id"));
    if (nth === 2) return busy();
    return stream(
      nth === 1 ? `retry: 1\n\n${event(7)}: alive\n\n${event(8, "id: 9\nev")}` : event(9),
    );
  });
  using client = connect(service.url);
  const seen: number[] = [];
  for await (const item of client.events({ from: 6, types: ["config"] })) {
    if ("seq" in item) seen.push(item.seq);
    if (seen.length === 3) break;
  }
  assertEquals(seen, [7, 8, 9]);
  assertEquals(from, ["6", "8", "8"]);
});

Deno.test("client: hears facts and what a job says from a live service, and leaves no stream open", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0, token });
  using client = connect(service.url, { token });
  const stop = new AbortController();
  const heard = (async () => {
    const facts: Fact[] = [];
    for await (const item of client.events({ signal: stop.signal })) {
      if ("fact" in item) facts.push(item.fact);
    }
    return facts;
  })();
  await until(() => runtime.readers === 1);
  const fact = { type: "config", version: 1, change: "x", by: "start" } as const;
  runtime.emit({ seq: 7, at: 1, fact });
  const { id } = await client.submit({ task: "hash" });
  const pieces = (async () => await Array.fromAsync(client.log(id, { follow: true })))();
  const waited: Promise<JobView> = client.wait(id);
  runtime.end(id);
  assertEquals((await pieces).map(({ text }) => text), ["one\n\u001b[31m"]);
  assertEquals((await waited).outcome!.output, 42);
  const listed = await Array.fromAsync(client.log(id));
  assertEquals(listed.length, 1);
  const missing = client.log("j99", { follow: true });
  assertEquals((await assertRejects(() => missing.next(), Refusal)).code, "not_found");
  stop.abort();
  assertEquals(await heard, [fact]);
  await until(() => runtime.readers === 0);
});

Deno.test("client: loads its own files and the two errors, and no package", async () => {
  const entry = new URL("../client/mod.ts", import.meta.url);
  const args = ["info", "--json", entry.pathname];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string; dependencies?: { code?: { specifier: string } }[] }[];
  };
  const loads = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.flatMap(({ code }) => code?.specifier ?? []),
  ]));
  const reached = new Set([entry.href]);
  for (const from of reached) for (const to of loads.get(from) ?? []) reached.add(to);
  const names = [...reached].map((path) => path.split("/").slice(-2).join("/")).sort();
  assertEquals(names.filter((name) => !name.startsWith("client/")), [
    "actors/job_error.ts",
    "actors/refusal.ts",
  ]);
  assert(names.length > 4);
});

Deno.test("docs/client.md: its program runs", async () => {
  const page = await Deno.readTextFile(new URL("../docs/client.md", import.meta.url));
  const hash = taskFile(new URL("../examples/tasks/hash.ts", import.meta.url));
  await using runtime = await createRuntime({ tasks: { hash }, config: fixedAt(1) });
  await using service = await serve(runtime, { port: 0 });
  const program = /```ts.*?\n(.*?)```/s.exec(page)![1]!
    .replace("http://127.0.0.1:4477", service.url)
    .replaceAll("console.log(", "said.push(");
  const said: unknown[] = [];
  Object.assign(globalThis, { said });
  const client = new URL("../client/mod.ts", import.meta.url).href;
  const source = program.replace("@flyball/flyball/client", client);
  await import(`data:application/typescript,${encodeURIComponent(source)}`);
  const [digest, type, verdict, ...jobs] = said;
  assert(typeof digest === "string" || typeof digest === "object", JSON.stringify(said));
  assertEquals([type, typeof verdict, jobs.length], ["done", "string", 4]);
});
