/** Bad input at the HTTP door: what comes in, and the status, code and pointer that go out. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Refusal } from "../actors/runtime.ts";
import { serve } from "../service/serve.ts";
import { badQuestions } from "./bad_questions.ts";
import { nested, type Row, rows } from "./bad_requests.ts";
import { requestText, sendRaw } from "./raw_http.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";

function bodyOf({ body }: Row): string | Uint8Array<ArrayBuffer> | null {
  if (body === undefined) return null;
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

Deno.test("http input: every bad input has its status, code and pointer", async (t) => {
  const runtime = scriptedRuntime();
  await using service = await serve(runtime, { port: 0 });
  for (const row of [...rows, ...badQuestions]) {
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
      for (const { expected, given } of problem.errors) {
        assert(expected !== undefined && given !== undefined, JSON.stringify(problem.errors));
      }
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
  await using service = await serve(runtime, {
    port: 0,
    report: (fault) => void lines.push(JSON.stringify(fault)),
  });
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
      ["PUT", "/api/v1/jobs", "POST, GET"],
      ["OPTIONS", "/api/v1/jobs", "POST, GET"],
      ["POST", "/api/v1/jobs/j1", "GET, PATCH, DELETE"],
      ["DELETE", "/api/v1/pools/default", "GET, PATCH"],
    ] as const
  ) {
    const response = await fetch(service.url + path, { method });
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("allow")], [405, allow]);
  }
});
