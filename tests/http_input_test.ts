/** Bad input at the HTTP door: what comes in, and the status, code and pointer that go out. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Refusal } from "../actors/runtime.ts";
import { serve } from "../service/serve.ts";
import { requestText, sendRaw } from "./raw_http.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";

interface Row {
  readonly name: string;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly pointer?: string;
  /** A part of the detail. */
  readonly says?: string;
}

const bad = (name: string, body: unknown, code: string, pointer = ""): Row => ({
  name,
  body,
  status: 400,
  code,
  pointer,
});
const job = (name: string, field: Record<string, unknown>, code: string, pointer?: string): Row =>
  bad(name, { task: "hash", ...field }, code, pointer ?? `/${Object.keys(field)[0]}`);
const argv = (name: string, command: unknown, code: string, pointer = "/command"): Row =>
  bad(name, { command }, code, pointer);
const raw = (name: string, body: string | Uint8Array, code: string, says: string): Row => ({
  name,
  body,
  status: 400,
  code,
  says,
});
const huge = "x".repeat(1_048_576);

const rows: readonly Row[] = [
  raw("1 bad JSON", "{bad", "invalid_json", "line 1 column 2"),
  raw("1 bad JSON on a later line", '{\n "task": "hash",\n  x}', "invalid_json", "line 3 column 3"),
  raw("1 a text that ends too early", '{"task":', "invalid_json", "line 1 column 9"),
  raw("1 a string with a line break", '{"task":"a\n"}', "invalid_json", "line 1 column 11"),
  raw("1 a trailing word", '{"task":"hash"} x', "invalid_json", "line 1 column 17"),
  raw("1 a byte order mark", '\ufeff{"task":"hash"}', "invalid_json", "line 1 column 1"),
  raw("2 spaces only", "  \n ", "empty_body", "body"),
  { name: "2 empty body", body: "", status: 400, code: "empty_body" },
  {
    name: "3 text/plain",
    body: '{"task":"hash"}',
    headers: { "content-type": "text/plain" },
    status: 415,
    code: "unsupported_media_type",
    says: "application/json",
  },
  {
    name: "3 a form",
    body: "task=hash",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    status: 415,
    code: "unsupported_media_type",
  },
  {
    name: "3 compressed",
    body: '{"task":"hash"}',
    headers: { "content-encoding": "gzip" },
    status: 415,
    code: "unsupported_media_type",
    says: "gzip",
  },
  { name: "4 one byte too many", body: huge + " ", status: 413, code: "body_too_large" },
  raw("7 not UTF-8", new Uint8Array([0x22, 0x61, 0xff, 0x22]), "invalid_utf8", "byte offset 2"),
  raw("7 UTF-8 cut off", new Uint8Array([0x22, 0x61, 0xc3]), "invalid_utf8", "byte offset 3"),
  raw("8 nested 100,000 deep", "[".repeat(1e5) + "]".repeat(1e5), "too_deep", "64"),
  raw("8 nested 65 deep in input", nested(65), "too_deep", "64"),
  argv("9 an array of 1e5 wrong elements", Array(1e5).fill(1), "argv_too_long"),
  bad("9 1e5 wrong jobs", { jobs: Array(1e5).fill(1) }, "invalid_job", "/jobs/0"),
  bad("9 60,000 unknown keys", keys(6e4), "unrecognized_key", "/k0"),
  bad("10 path as task", { task: "../../etc/passwd" }, "invalid_task_name", "/task"),
  bad("10 number as task", { task: 5 }, "invalid_task_name", "/task"),
  {
    name: "11 unknown task",
    body: { task: "hsh" },
    status: 404,
    code: "unknown_task",
    says: "nearest: hash",
  },
  job("12 unknown key", { extra: 1 }, "unrecognized_key"),
  raw("12 __proto__", '{"task":"hash","__proto__":{}}', "unrecognized_key", "__proto__"),
  job("13 priority", { priority: "urgent" }, "invalid_priority"),
  ...[0, -1, 1.5, "10s", 2_147_483_648, null, "1e999"].map((timeoutMs) =>
    job(`14 timeoutMs ${timeoutMs}`, { timeoutMs }, "invalid_timeout")
  ),
  job("14 queueTimeoutMs", { queueTimeoutMs: 0 }, "invalid_queue_timeout"),
  job("15 runAt", { runAt: "2000-01-01T00:00:00Z" }, "not_supported"),
  job("15 after", { after: ["j1"] }, "not_supported"),
  job("16 retries", { retries: 1e9 }, "invalid_retries"),
  job("16 backoff", { backoff: { baseMs: -1 } }, "invalid_backoff", "/backoff/baseMs"),
  raw("17 a number as id", '{"task":"hash","id":12345678901234567890}', "invalid_id", "string"),
  job("17 a number as label", { projectId: 7 }, "invalid_project_id"),
  raw("18 1e999", '{"task":"hash","retries":1e999}', "invalid_retries", "finite"),
  raw("18 1e999 in input", '{"task":"hash","input":{"a":[1e999]}}', "invalid_number", "/input/a/0"),
  raw("18 -0", '{"task":"hash","retries":-0}', "invalid_retries", "-0"),
  raw("19 lone surrogate", '{"task":"hash","input":"\\ud800"}', "not_well_formed", "/input"),
  raw("19 in a name", '{"task":"hash","operation":"\\udc00"}', "not_well_formed", "/operation"),
  job("20 long key", { idempotencyKey: "k".repeat(300) }, "invalid_idempotency_key"),
  job("20 NUL in key", { idempotencyKey: "a\0b" }, "invalid_idempotency_key"),
  {
    name: "20 long Idempotency-Key",
    body: { task: "hash" },
    headers: { "idempotency-key": "k".repeat(300) },
    status: 400,
    code: "invalid_idempotency_key",
  },
  {
    name: "20 Idempotency-Key with many jobs",
    body: { jobs: [{ task: "hash" }] },
    headers: { "idempotency-key": "k" },
    status: 400,
    code: "invalid_idempotency_key",
  },
  { name: "21 shell", body: { shell: "ls" }, status: 403, code: "shell_not_allowed" },
  argv("22 empty argv", [], "argv_empty"),
  argv("22 empty program", [""], "argv_empty", "/command/0"),
  argv("22 number in argv", [1], "argv_not_string", "/command/0"),
  argv("22 NUL in argv", ["ls", "a\0b"], "argv_nul", "/command/1"),
  argv("22 long argument", ["ls", "a".repeat(131_072)], "argv_too_long", "/command/1"),
  argv("22 long in bytes", ["ls", "ä".repeat(65_536)], "argv_too_long", "/command/1"),
  argv("22 a string as argv", "ls -l", "invalid_command"),
  bad("22 neither", {}, "no_command"),
  bad("22 both", { task: "hash", command: ["ls"] }, "invalid_job"),
  ...["LD_PRELOAD", "BASH_ENV", "DENO_DIR", "GIT_SSH", "A=B", "", "a\0b"].map((name) =>
    bad(
      `23 env ${JSON.stringify(name)}`,
      { command: ["ls"], env: { [name]: "x" } },
      "env_not_allowed",
      `/env/${name}`,
    )
  ),
  bad("23 NUL value", { command: ["ls"], env: { A: "\0" } }, "env_not_allowed", "/env/A"),
  bad("24 NUL in cwd", { command: ["ls"], cwd: "/\0" }, "invalid_cwd", "/cwd"),
  bad(
    "bulk: names the job",
    {
      jobs: [{ task: "hash" }, { task: "hash" }, { command: [] }],
    },
    "argv_empty",
    "/jobs/2/command",
  ),
  bad("bulk: no jobs", { jobs: [] }, "invalid_jobs", "/jobs"),
  bad("not an object", [], "invalid_job"),
  { name: "wait", path: "/api/v1/jobs?wait=30", body: {}, status: 400, code: "invalid_wait" },
  { name: "29 NUL id", method: "GET", path: "/api/v1/jobs/%00", status: 404, code: "not_found" },
  { name: "29 dots", method: "GET", path: "/api/v1/jobs/..%2f..", status: 404, code: "not_found" },
  { name: "29 unknown", method: "GET", path: "/api/v1/jobs/j99", status: 404, code: "not_found" },
  { name: "29 no page", method: "GET", path: "/nothing", status: 404, code: "not_found" },
  {
    name: "29 bad escape",
    method: "GET",
    path: "/api/v1/jobs/%ff",
    status: 404,
    code: "not_found",
  },
  { name: "30 PUT", method: "PUT", status: 405, code: "method_not_allowed" },
  ...[-1, 1e9, "4", 1.5].map((workers) => ({
    name: `32 resize ${workers}`,
    method: "PATCH",
    path: "/api/v1/pools/default",
    body: { workers },
    status: 400,
    code: "invalid_workers",
    pointer: "/workers",
  })),
  {
    name: "32 unknown field",
    method: "PATCH",
    path: "/api/v1/pools/default",
    body: { size: -1 },
    status: 400,
    code: "unrecognized_key",
    pointer: "/size",
  },
  {
    name: "32 two wishes",
    method: "PATCH",
    path: "/api/v1/pools/default",
    body: { workers: 1, paused: true },
    status: 400,
    code: "invalid_patch",
  },
  {
    name: "32 for without a unit",
    method: "PATCH",
    path: "/api/v1/pools/default",
    body: { workers: 1, for: 10 },
    status: 400,
    code: "invalid_for",
    pointer: "/for",
  },
  {
    name: "unknown pool",
    method: "GET",
    path: "/api/v1/pools/nope",
    status: 404,
    code: "unknown_pool",
  },
  {
    name: "limit",
    method: "GET",
    path: "/api/v1/decisions?limit=0",
    status: 400,
    code: "invalid_limit",
    pointer: "/limit",
  },
  {
    name: "token in URL",
    method: "GET",
    path: "/livez?token=x",
    status: 400,
    code: "token_in_url",
  },
];

function nested(levels: number): string {
  return `{"task":"hash","input":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
}

function keys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
}

function bodyOf({ body }: Row): string | Uint8Array<ArrayBuffer> | null {
  if (body === undefined) return null;
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

Deno.test("http input: every bad input has its status, code and pointer", async (t) => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  for (const row of rows) {
    await t.step(row.name, async () => {
      const response = await fetch(service.url + (row.path ?? "/api/v1/jobs"), {
        method: row.method ?? "POST",
        headers: { "content-type": "application/json", ...row.headers },
        body: bodyOf(row),
      });
      const problem = await response.json();
      assertEquals([response.status, problem.code], [row.status, row.code], problem.detail);
      assertEquals(problem.status, row.status);
      assertEquals(response.headers.get("content-type"), "application/problem+json");
      assertEquals(response.headers.get("x-content-type-options"), "nosniff");
      assertMatch(problem.correlationId, /^[0-9a-f]{32}$/);
      assert(problem.errors.length <= 20);
      if (row.pointer !== undefined) {
        assertEquals(problem.errors[0]?.pointer ?? "", row.pointer, problem.detail);
      }
      if (row.says !== undefined) {
        assertStringIncludes(problem.detail + JSON.stringify(problem.errors), row.says);
      }
    });
  }
  assertEquals(runtime.specs, [], "nothing of all that was accepted");
});

Deno.test("http input: what only just fits is accepted", async () => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  const room = 1_048_576 - JSON.stringify({ task: "hash", input: "" }).length;
  const bodies = [
    JSON.stringify({ task: "hash", input: "x".repeat(room) }),
    nested(64),
    JSON.stringify({ command: ["ls", "a".repeat(131_071)], env: { PATHS: "x" } }),
    JSON.stringify({ task: "hash", timeoutMs: 2_147_483_647, retries: 100 }),
  ];
  for (const body of bodies) {
    const headers = { "content-type": "application/json; charset=utf-8" };
    const response = await fetch(`${service.url}/api/v1/jobs`, { method: "POST", headers, body });
    assertEquals(response.status, 202, await response.text());
  }
  assertEquals(runtime.specs.length, bodies.length);
});

Deno.test("http input: a large body is refused before it was read", async () => {
  await using service = await serve(scriptedRuntime(), { port: 0 });
  const head = ["Content-Type: application/json"];
  const announced = await sendRaw(
    service.port,
    requestText("POST", "/api/v1/jobs", [...head, "Content-Length: 1048577"]),
  );
  assertEquals(announced.status, 413);
  assertStringIncludes(announced.body, "limit=1048576");

  const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`;
  const endless = await sendRaw(
    service.port,
    requestText("POST", "/api/v1/jobs", [...head, "Transfer-Encoding: chunked"]) + chunk.repeat(17),
  );
  assertEquals(endless.status, 413);
  assertEquals(JSON.parse(unchunked(endless.body)).code, "body_too_large");
});

function unchunked(body: string): string {
  return body.startsWith("{") ? body : body.split("\r\n")[1]!;
}

Deno.test("http input: foreign hosts and origins are turned away", async (t) => {
  await using service = await serve(scriptedRuntime(), { port: 0, allowedHosts: ["ops.example"] });
  const { port } = service;
  const ask = async (...headers: string[]) => {
    const answer = await sendRaw(port, requestText("GET", "/api/v1/status", headers));
    return answer.status === 200 ? "ok" : `${answer.status} ${JSON.parse(answer.body).code}`;
  };
  const foreign = "421 unknown_host";
  const cases: readonly (readonly [string, ...string[]])[] = [
    ["ok", `Host: localhost:${port}`],
    ["ok", "Host: LOCALHOST"],
    ["ok", `Host: 127.0.0.1:${port}`],
    ["ok", `Host: [::1]:${port}`],
    ["ok", "Host: ops.example"],
    [foreign, "Host: evil.example"],
    [foreign, `Host: evil.example:${port}`],
    [foreign, "Host: localhost.evil.example"],
    [foreign, "Host: 127.0.0.2"],
    [foreign, "Host: 0.0.0.0"],
    [foreign, "Host: localhost", "Host: evil.example"],
    ["ok", `Host: localhost:${port}`, `Origin: http://localhost:${port}`],
    ["403 origin_not_allowed", `Host: localhost:${port}`, "Origin: http://evil"],
    ["403 origin_not_allowed", `Host: localhost:${port}`, "Origin: http://localhost:1"],
    ["403 origin_not_allowed", `Host: localhost:${port}`, "Origin: null"],
    ["403 origin_not_allowed", `Host: localhost:${port}`, `Origin: file://localhost:${port}`],
  ];
  for (const [expected, ...headers] of cases) {
    await t.step(headers.join(", "), async () => assertEquals(await ask(...headers), expected));
  }
});

Deno.test("http input: what is no HTTP is refused by the server and harms nobody", async () => {
  await using service = await serve(scriptedRuntime(), { port: 0 });
  const garbage = [
    "\0\x01\x02 garbage\r\n\r\n",
    "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    "B@D / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"y".repeat(100_000)}\r\n\r\n`,
    "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
  ];
  for (const text of garbage) {
    const { status } = await sendRaw(service.port, text);
    assert(status === 400 || status === 431 || Number.isNaN(status), `${status} for ${text}`);
  }
  const response = await fetch(`${service.url}/livez`);
  assertEquals([response.status, await response.json()], [200, { live: true }]);
});

Deno.test("http input: refusals of the runtime keep their code, its errors keep their secrets", async (t) => {
  const runtime = scriptedRuntime();
  const lines: string[] = [];
  await using service = await serve(runtime, { port: 0, report: (line) => void lines.push(line) });
  const submit = (error: Error) => {
    runtime.failNext = error;
    return fetch(`${service.url}/api/v1/jobs`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      },
      body: '{"task":"hash"}',
    });
  };
  const codes = [
    ["idempotency_conflict", 409],
    ["deadline_passed", 422],
    ["cwd_not_allowed", 403],
    ["queue_full", 429],
    ["draining", 503],
    ["storage_full", 507],
    ["invalid_something", 400],
  ] as const;
  for (const [code, status] of codes) {
    await t.step(code, async () => {
      const response = await submit(new Refusal(code, "because", [], 2_500));
      const problem = await response.json();
      assertEquals([response.status, problem.code, problem.detail], [status, code, "because"]);
      const waits = status === 429 || status === 503;
      assertEquals(response.headers.get("retry-after"), waits ? "3" : null);
    });
  }
  await t.step("internal", async () => {
    const response = await submit(new Error("broke at /etc/x with token=abc123"));
    const text = await response.text();
    assertEquals(response.status, 500);
    assertEquals(JSON.parse(text).code, "internal");
    assertEquals(JSON.parse(text).correlationId, "0af7651916cd43dd8448eb211c80319c");
    assert(!/broke|abc123|\.ts|\/etc/.test(text), text);
    assertEquals(lines.length, 1);
    assertStringIncludes(lines[0]!, "0af7651916cd43dd8448eb211c80319c");
    assert(!lines[0]!.includes("abc123"), lines[0]);
  });
});

Deno.test("http input: 405 names the methods that work", async () => {
  await using service = await serve(scriptedRuntime(), { port: 0 });
  for (
    const [method, path, allow] of [
      ["PUT", "/api/v1/jobs", "POST"],
      ["OPTIONS", "/api/v1/jobs", "POST"],
      ["POST", "/api/v1/jobs/j1", "GET, DELETE"],
      ["DELETE", "/api/v1/pools/default", "GET, PATCH"],
    ] as const
  ) {
    const response = await fetch(service.url + path, { method });
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("allow")], [405, allow]);
  }
});
