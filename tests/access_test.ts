/** Tokens and roles: who may ask for what. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Caller } from "../actors/access/caller.ts";
import { digestOf, parseTokens, Tokens } from "../actors/access/tokens.ts";
import { readTokens } from "../actors/host/tokens_file.ts";
import { createRuntime, type JobSpec, type JobView, Refusal, type Role } from "../mod.ts";
import { createApp } from "../service/app.ts";
import { inspectorHub } from "../service/inspector.ts";
import { routes } from "../service/routes.ts";
import { flyball } from "./command_line.ts";
import { gather, tempFolder } from "./live.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";
import { serve } from "./serving.ts";
import { until } from "./until.ts";

/** A token of each kind, whose name is its secret too. */
const roles: Readonly<Record<string, readonly Role[]>> = {
  reader: ["read"],
  builder: ["submit:build-*"],
  hasher: ["submit:hash"],
  runner: ["shell"],
  both: ["read", "submit:*"],
  admin: ["admin"],
};

const secretOf = (name: string) => `${name}-0123456789abcdef`;

const tokens = () =>
  new Tokens(
    Object.entries(roles).map(([name, roles]) => ({
      digest: digestOf(secretOf(name)),
      caller: new Caller(name, roles),
      plain: null,
    })),
  );

const request = (name: string | null, method: string, path: string, body?: unknown): Request =>
  new Request(`http://127.0.0.1${path}`, {
    method,
    headers: {
      ...(name === null ? {} : { authorization: `Bearer ${secretOf(name)}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** Routes that anybody may ask for, that any token may, and that look after a job: all others are told by
 * their method. */
const open = [
  "/",
  "/docs",
  "/openapi.json",
  ...["/livez", "/readyz"],
  ...["/inspect", "/inspect/", "/inspect/stately"],
];
const special: Readonly<Record<string, readonly string[]>> = {
  "GET /dashboard/:name": ["nobody", ...Object.keys(roles)],
  "GET /inspect/files/:name": ["nobody", ...Object.keys(roles)],
  "GET /api/v1/me": Object.keys(roles),
  // Each is refused what it hands in by the handler: the body here is none.
  "POST /api/v1/jobs": Object.keys(roles),
  // The job is one of the task hash.
  "GET /api/v1/jobs/:id": ["reader", "hasher", "both", "admin"],
  "GET /api/v1/jobs/:id/why": ["reader", "hasher", "both", "admin"],
  "GET /api/v1/jobs/:id/trace": ["reader", "hasher", "both", "admin"],
  "GET /api/v1/jobs/:id/log": ["reader", "hasher", "both", "admin"],
  "DELETE /api/v1/jobs/:id": ["hasher", "both", "admin"],
  "POST /api/v1/jobs/:id/retry": ["hasher", "both", "admin"],
};

Deno.test("access: every route asks for its role, and refuses all others", async () => {
  const runtime = scriptedRuntime();
  await runtime.submit({ task: "hash" });
  runtime.end("j1"); // Then its log ends too.
  const app = createApp(runtime, { tokens: tokens(), report: () => {} });
  const hub = inspectorHub(runtime);
  const table = routes(runtime, hub, new AbortController().signal);
  const wrong: string[] = [];
  for (const [method, path] of table) {
    const allowed = open.includes(path)
      ? ["nobody", ...Object.keys(roles)]
      : special[`${method} ${path}`] ??
        (method === "GET" ? ["reader", "both", "admin"] : ["admin"]);
    const at = path.replace(":id", "j1").replace(":name", "nothing");
    for (const name of ["nobody", ...Object.keys(roles)]) {
      const response = await app.fetch(request(name === "nobody" ? null : name, method, at));
      const isIn = response.status !== 401 && response.status !== 403;
      if (isIn) await response.body?.cancel();
      else {
        const { code, errors } = await response.json();
        assertEquals(code, name === "nobody" ? "missing_token" : "forbidden");
        if (name !== "nobody") assertEquals(errors[0].given, roles[name]!.join(", "));
      }
      if (isIn !== allowed.includes(name)) {
        wrong.push(`${name}: ${method} ${path} ${response.status}`);
      }
    }
  }
  hub.close();
  app.close();
  assertEquals(wrong, []);
  assert(table.length > 40);
});

Deno.test("access: a token may hand in jobs of its operations, and programs with shell alone", () => {
  const lacked = (held: readonly Role[], spec: JobSpec) => new Caller("x", held).lacksFor(spec);
  const cases: readonly (readonly [readonly Role[], JobSpec, string | null])[] = [
    [["submit:hash"], { task: "hash" }, null],
    [["submit:hash"], { task: "hashes" }, "submit:hashes"],
    [["submit:build-*"], { task: "build-web" }, null],
    [["submit:build-*"], { task: "build" }, "submit:build"],
    [["submit:*"], { task: "any", operation: "other" }, null],
    // Another name for a task is no way to it, and its name no way to another's statistics.
    [["submit:build-*"], { task: "hash", operation: "build-x" }, "submit:hash"],
    [["submit:hash"], { task: "hash", operation: "build-x" }, "submit:build-x"],
    [["read"], { task: "hash" }, "submit:hash"],
    [["shell"], { task: "hash" }, "submit:hash"],
    // Whoever starts a program may do what the user of the service may.
    [["submit:*"], { command: ["hash"] }, "shell"],
    [["submit:*"], { shell: "hash" }, "shell"],
    [["shell"], { command: ["ls"] }, null],
    [["shell"], { shell: "ls", operation: "other" }, null],
    [["submit:a"], { stages: [{ name: "one", task: "a" }, { name: "two", task: "a" }] }, null],
    [
      ["submit:a"],
      { stages: [{ name: "one", task: "a" }], operation: "b" },
      "submit:b",
    ],
    [["submit:a"], { stages: [{ name: "one", task: "a" }, { name: "x", shell: "ls" }] }, "shell"],
    [["submit:a"], { stages: [{ name: "1", task: "a" }], workspace: { reset: ["ls"] } }, "shell"],
    [["shell"], { stages: [{ name: "1", task: "a" }, { name: "2", shell: "ls" }] }, "submit:a"],
    [
      ["shell", "submit:a"],
      { stages: [{ name: "1", task: "a" }, { name: "2", shell: "x" }] },
      null,
    ],
    [["admin"], { shell: "ls" }, null],
  ];
  for (const [held, spec, expected] of cases) {
    assertEquals(lacked(held, spec), expected, JSON.stringify([held, spec]));
  }
  const view = (fields: Partial<JobView>) => ({ operation: "x", ...fields }) as JobView;
  const tends = (held: readonly Role[], fields: Partial<JobView>) =>
    new Caller("x", held).mayTend(view(fields));
  assert(tends(["submit:x"], { task: "x" }));
  assert(!tends(["submit:x"], { task: "y" }));
  assert(!tends(["submit:x"], { command: ["x"] }));
  assert(tends(["shell"], { command: ["x"] }));
  assert(!tends(["shell", "submit:*"], { stages: ["a"] }), "what its stages are is not told");
});

Deno.test("access: a refusal names the first job, the role it needs and those that are there", async () => {
  const runtime = scriptedRuntime();
  const app = createApp(runtime, { tokens: tokens() });
  const jobs = [{ task: "hash" }, { task: "hash", operation: "build-x" }];
  const response = await app.fetch(request("hasher", "POST", "/api/v1/jobs", { jobs }));
  const { code, detail, errors } = await response.json();
  assertEquals([response.status, code, runtime.specs.length], [403, "forbidden", 0]);
  assertEquals(
    detail,
    "The token hasher may not do this: it needs submit:build-x for /jobs/1, and has submit:hash",
  );
  assertEquals(errors, [
    { pointer: "/jobs/1", message: detail, expected: "submit:build-x", given: "submit:hash" },
  ]);
  const accepted = await app.fetch(request("hasher", "POST", "/api/v1/jobs", jobs[0]));
  assertEquals(accepted.status, 202);
  // Who may see no job learns nothing of which there are.
  const [there, nowhere] = await Promise.all(["j1", "j99"].map(async (id) => {
    const response = await app.fetch(request("builder", "GET", `/api/v1/jobs/${id}`));
    const { correlationId: _, ...said } = await response.json();
    return said;
  }));
  assertEquals(there, nowhere);
  const me = await app.fetch(request("both", "GET", "/api/v1/me"));
  assertEquals(await me.json(), { name: "both", roles: ["read", "submit:*"] });
  app.close();
});

Deno.test("access: who has changed something is told by the name of their token", async () => {
  const runtime = scriptedRuntime();
  const app = createApp(runtime, { tokens: tokens() });
  const patch = (name: string | null, body: unknown, door = {}) =>
    app.fetch(request(name, "PATCH", "/api/v1/pools/default", body), door);
  assertEquals((await patch("admin", { pinned: 2 })).status, 200);
  assertEquals((await patch("reader", { pinned: 3 })).status, 403);
  assertEquals((await patch("admin", { pinned: "x" })).status, 400);
  assertEquals((await patch(null, { paused: true }, { trusted: true })).status, 200);
  assertEquals(runtime.deeds, [
    "token admin: PATCH /api/v1/pools/default",
    "control socket: PATCH /api/v1/pools/default",
  ]);
  app.close();
});

Deno.test("access: a file of tokens that is wrong is refused with the line, never with a secret", () => {
  const secret = "s".repeat(20);
  const digest = `sha256:${"0".repeat(64)}`;
  const good = parseTokens(`# who\n\na read ${secret}\n b\tread,submit:x-* ${digest}`, "f");
  assertEquals(good.map(({ caller, plain }) => [caller.name, caller.roles, plain]), [
    ["a", ["read"], secret],
    ["b", ["read", "submit:x-*"], null],
  ]);
  const cases: Readonly<Record<string, string>> = {
    "": "f has no token",
    "a read": "f:1: expected NAME ROLE[,ROLE…] TOKEN",
    [`a read ${secret} more`]: "f:1: expected NAME",
    [`\na/b read ${secret}`]: "f:2: a name must be 1 to 64 letters",
    [`a raed ${secret}`]:
      "f:1: a role must be read, shell, admin, or submit:OPERATION, which may " +
      'end with a star, given "raed" (did you mean read?)',
    [`a submit: ${secret}`]: "f:1: a role must be",
    [`a submit:*x ${secret}`]: "f:1: a role must be",
    [`a read, ${secret}`]: "f:1: a role must be",
    ["a read short"]: "f:1: a token must be 16 to 1,024 visible",
    ["a read sha256:0123"]: "f:1: sha256: is followed by 64 digits of hex",
    [`a read ${secret}\na shell ${digest}`]: "f:2: there is a token called a already",
    [`a read ${secret}\nb shell ${secret}`]: "f:2: it is the token of a",
  };
  for (const [text, expected] of Object.entries(cases)) {
    const { code, message } = assertThrows(() => parseTokens(text, "f"), Refusal);
    assertEquals(code, "bad_token_file");
    assert(message.includes(expected), `${message} <> ${expected}`);
    assert(!message.includes(secret));
  }
});

Deno.test("access: a program's runtime heeds its tokens, and tells who changed its configuration", async () => {
  await using folder = await tempFolder();
  const tokensFile = `${folder.path}/tokens`;
  const lines = ["reader", "admin"].map((name) =>
    `${name} ${roles[name]!.join()} sha256:${digestOf(secretOf(name))}\n`
  );
  await Deno.writeTextFile(tokensFile, lines.join(""), { mode: 0o644 });
  const files = { tokenFile: null, tokensFile };
  assertEquals((await assertRejects(() => readTokens(files), Refusal)).code, "bad_token_file");
  await Deno.chmod(tokensFile, 0o600);
  await using runtime = await createRuntime({
    config: { server: { tokensFile }, pools: { default: { workers: { min: 0, max: 1 } } } },
  });
  await using told = gather(runtime);
  const patch = (name: string) => {
    const asked = request(name, "PATCH", "/api/v1/config", { log: { level: "warning" } });
    asked.headers.set("if-match", "*");
    return runtime.fetch(asked);
  };
  assertEquals((await patch("reader")).status, 403);
  const { versions } = await (await patch("admin")).json();
  assertEquals(versions.at(-1).by, "token admin");
  await runtime.fetch(request("admin", "PATCH", "/api/v1/pools/default", { paused: true }));
  await until(() => told.of("asked").length === 1);
  const { by, request: deed } = told.of("asked")[0]!;
  assertEquals([by, deed], ["token admin", "PATCH /api/v1/pools/default"]);
  assertEquals(told.of("config").map(({ by }) => by), ["token admin"]);
});

Deno.test("access: flyball token makes one, and a service takes it at a SIGHUP", async () => {
  await using folder = await tempFolder();
  const cwd = folder.path;
  const made = async (...flags: string[]) => {
    const { code, stdout } = await flyball(["token", "new", "--file", "tokens", ...flags], { cwd });
    assertEquals(code, 0);
    return stdout.trim();
  };
  const reader = await made("--name", "grafana", "--role", "read");
  assertEquals((await Deno.stat(`${cwd}/tokens`)).mode! & 0o777, 0o600);
  await using service = await serve(cwd, "--tokens-file", "tokens", "--data", cwd);
  const ask = async (token: string, method: string, path: string, body?: unknown) => {
    const response = await fetch(service.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await response.body?.cancel();
    return response.status;
  };
  const job = { task: "hash", input: { path: "tokens" } };
  assertEquals(await ask(reader, "GET", "/api/v1/status"), 200);
  assertEquals(await ask(reader, "POST", "/api/v1/jobs", job), 403);
  const ci = await made("--name", "ci", "--role", "submit:ha*", "--role", "read");
  assertEquals(await ask(ci, "GET", "/api/v1/status"), 401, "nobody has said that it is there");
  service.started.kill("SIGHUP");
  await until(async () => await ask(ci, "GET", "/api/v1/status") === 200);
  assertEquals(await ask(ci, "POST", "/api/v1/jobs", job), 202);
  assertEquals(await ask(ci, "PATCH", "/api/v1/pools/default", { paused: true }), 403);

  const text = await Deno.readTextFile(`${cwd}/tokens`);
  assert(!text.includes(reader) && !text.includes(ci), "digests alone");
  await Deno.writeTextFile(`${cwd}/tokens`, `${text}nobody\n`);
  service.started.kill("SIGHUP");
  await service.started.line(/config_rejected.*tokens:3/);
  assertEquals(await ask(ci, "GET", "/api/v1/status"), 200, "what is wrong changes nothing");
  await Deno.writeTextFile(`${cwd}/tokens`, text.split("\n")[0]!);
  service.started.kill("SIGHUP");
  await until(async () => await ask(ci, "GET", "/api/v1/status") === 401);
  const { stdout } = await flyball(["token", "ls", "--file", "tokens"], { cwd });
  assertEquals(stdout, "grafana\tread\n");
});
