/** The document of the API against what the API does: every route, with good and bad input. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { assert, assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Runtime } from "../actors/runtime.ts";
import { createApp } from "../service/app.ts";
import { inspectorHub } from "../service/inspector.ts";
import { type OpenApi, openApi, type Operation } from "../service/openapi/document.ts";
import { endpoints } from "../service/openapi/endpoints.ts";
import { apiPage } from "../service/openapi/page.ts";
import { routes } from "../service/routes.ts";
import { fixedAt, live } from "./live.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";
import { answersText, type Schema, schemasFile } from "./type_schemas.ts";

const { paths, components } = openApi();

/** Pages and their frames, which are for browsers. */
const isForBrowsers = (path: string): boolean =>
  ["/", "/docs", "/openapi.json"].includes(path) || /^\/(inspect|dashboard)/.test(path);

/** Checks values against a schema of the document. `strict`: fields it does not name are wrong. */
function checker(strict: boolean) {
  const schemas = strict ? closed(components.schemas) : components.schemas;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "http://flyball.test/api", components: { schemas } });
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (value: unknown, schema: unknown, what: string): readonly string[] => {
    const text = JSON.stringify(strict ? closed(schema) : schema)
      .replaceAll("#/components", "http://flyball.test/api#/components");
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, validate);
    if (validate(value)) return [];
    return validate.errors!.slice(0, 3).map(({ instancePath, message, params }) =>
      `${what}: ${instancePath} ${message} ${JSON.stringify(params)}`
    );
  };
}

/** The schema where objects have the fields that it names and no others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const all = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === "allOf" ? value : closed(value)]),
  );
  const isOpen = "properties" in all && !("additionalProperties" in all);
  return isOpen && all["type"] === "object" ? { ...all, additionalProperties: false } : all;
}

const answerOf = (operation: Operation, status: number): Schema | undefined =>
  operation.responses[status] as Schema | undefined;

const jsonOf = (response: Schema): unknown =>
  (response["content"] as Record<string, { schema: unknown }>)["application/json"]?.schema;

function* operations({ paths }: Pick<OpenApi, "paths">) {
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) yield { path, method, operation };
  }
}

Deno.test("openapi: the document is one of OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate({ ...structuredClone(openApi()) });
  assert(valid, JSON.stringify(errors));
});

Deno.test("openapi: types of answers are those of the code", async () => {
  if (Deno.env.get("UPDATE")) await Deno.writeTextFile(schemasFile, await answersText());
  assertEquals(await Deno.readTextFile(schemasFile), await answersText(), "UPDATE=1 renews them");
});

Deno.test("openapi: it has every route with its parameters, and no other", () => {
  const runtime = scriptedRuntime();
  const hub = inspectorHub(runtime);
  const there = routes(runtime, hub, new AbortController().signal)
    .filter(([, path]) => !isForBrowsers(path))
    .map(([method, path, , known = []]) => [`${method} ${path}`, [...known].sort()] as const);
  hub.close();
  const said = Object.entries(endpoints)
    .map(([at, { query = {} }]) => [at, Object.keys(query).sort()] as const);
  const inOrder = (rows: typeof said) => rows.toSorted(([one], [other]) => one < other ? -1 : 1);
  assertEquals(inOrder(said), inOrder(there));
});

Deno.test("openapi: the page names every endpoint and every type, and needs no script", () => {
  const page = apiPage();
  for (const { path, operation } of operations({ paths })) {
    assert(page.includes(path) && page.includes(`id="${operation.operationId}"`), path);
  }
  for (const name of Object.keys(components.schemas)) assert(page.includes(`id="${name}"`), name);
  for (const [, name] of page.matchAll(/href="#([^"]+)"/g)) {
    assert(page.includes(`id="${name}"`), name);
  }
  assert(!/<script|src=|href="https?:/.test(page));
});

/** What makes an answer of each endpoint that needs more than its path. */
const bodies: Readonly<Record<string, unknown>> = {
  "post /api/v1/jobs": { jobs: [{ task: "toy", input: { do: "echo", value: 1 } }] },
  "post /api/v1/simulations": {
    counts: [5, 9, 2],
    binMs: 1000,
    serviceMs: 100,
    policies: [{ name: "fixed", workers: 2 }],
  },
  "patch /api/v1/config": { log: { level: "warning" } },
  "patch /api/v1/jobs/{id}": { priority: "low" },
  "patch /api/v1/pools/{name}": { pinned: 2, for: "1m" },
  "post /api/v1/schedules": { name: "nightly", cron: "0 3 * * *", job: { task: "toy", input: 1 } },
  "patch /api/v1/schedules/{name}": { paused: true },
};
const queries: Readonly<Record<string, string>> = {
  "get /api/v1/metrics/query": "?names=queued&range=1m",
};

/** A runtime in which there is one of all that the API shows. */
async function furnished() {
  const runtime = await live(fixedAt(1));
  const ended = await runtime.submit({ task: "toy", input: { do: "echo", value: 1 } });
  await runtime.wait(ended.id, 30_000);
  const failed = await runtime.submit({ task: "toy", input: { do: "throw" } });
  await runtime.wait(failed.id, 30_000);
  const [first] = await runtime.submitAll([
    { task: "toy", input: { do: "echo", value: 1 }, taskId: "a" },
    { task: "toy", input: { do: "echo", value: 2 }, after: ["a"] },
  ]);
  const waiting = await runtime.submit({
    task: "toy",
    input: { do: "echo", value: 3 },
    runAt: "2100-01-01T00:00:00Z",
  });
  const decision = runtime.decisions(1)[0]?.id;
  return { runtime, ids: { ended, failed, first: first!, waiting }, decision };
}

type Furnished = Awaited<ReturnType<typeof furnished>>;

/** The path with ids of what is there. */
function filled(path: string, method: string, { ids, decision }: Furnished): string {
  const job = method === "patch" || method === "delete" || path.endsWith("/why")
    ? ids.waiting
    : path.endsWith("/retry")
    ? ids.failed
    : ids.ended;
  if (path.includes("/decisions/")) return path.replace("{id}", String(decision));
  if (path.includes("/workflows/")) return path.replace("{id}", ids.first.executionId!);
  return path.replace("{id}", job.id).replace("/pools/{name}", "/pools/default")
    .replace("{name}", "nightly");
}

const url = (path: string) => `http://127.0.0.1${path}`;

function asked(method: string, path: string, body?: unknown): Request {
  return new Request(url(path), {
    method: method.toUpperCase(),
    ...(body !== undefined && {
      headers: { "content-type": "application/json", "if-match": "*" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  });
}

/** Endpoints in the order in which what one makes is there for the next; what removes comes last. */
function inTurn() {
  const order = ["post", "get", "patch", "delete"];
  return [...operations({ paths })]
    .filter(({ path, method }) => !("101" in paths[path]![method]!.responses))
    .sort((one, other) => order.indexOf(one.method) - order.indexOf(other.method));
}

Deno.test("openapi: every endpoint answers good input as it says", async () => {
  const check = checker(true);
  const home = await furnished();
  await using runtime: Runtime = home.runtime;
  const app = createApp(runtime);
  const flaws: string[] = [];
  for (const { path, method, operation } of inTurn()) {
    const what = `${method} ${path}`;
    const at = filled(path, method, home) + (queries[what] ?? "");
    const response = await app.fetch(asked(method, at, bodies[what]));
    const said = answerOf(operation, response.status);
    const text = said && !jsonOf(said) ? "" : await response.text();
    if (!said) flaws.push(`${what} answers ${response.status}: ${text}`);
    else if (jsonOf(said)) flaws.push(...check(JSON.parse(text), jsonOf(said), what));
    else await response.body?.cancel();
  }
  app.close();
  assertEquals(flaws, []);
});

/** Bodies that no endpoint takes. */
const badBodies = ["", "{", "[]", "null", "7", '{"nothing":1}', '{"jobs":[]}', '{"paused":"x"}'];
/** Ids and names of nothing. */
const badNames = ["nothing", "0", "j", "%00", "..%2f..", "x".repeat(300)];
const badValues = ["", "-1", "x", "NaN", "1e99", "%00", "9".repeat(40), "2026-13-45"];

Deno.test("openapi: every endpoint answers bad input with a problem", async () => {
  const check = checker(true);
  const home = await furnished();
  await using runtime: Runtime = home.runtime;
  const app = createApp(runtime);
  const refused = async (request: Request, mayPass = false) => {
    const response = await app.fetch(request);
    const what = `${request.method} ${request.url}`;
    assert(response.status < 500, `${what} answers ${response.status}`);
    if (mayPass && response.status < 400) return void await response.body?.cancel();
    assert(response.status >= 400, `${what} answers ${response.status}`);
    assertEquals(response.headers.get("content-type"), "application/problem+json", what);
    const problem = await response.json();
    assertEquals(check(problem, { $ref: "#/components/schemas/Problem" }, what), []);
    assertEquals(problem.status, response.status);
  };
  for (const { path, method, operation } of inTurn()) {
    const at = filled(path, method, home);
    const body = bodies[`${method} ${path}`];
    await refused(asked(method, `${at}?nonsense=1`, body));
    for (const name of path.includes("{") ? badNames : []) {
      await refused(asked(method, path.replace(/\{\w+\}/, name), body), false);
    }
    for (const bad of operation.requestBody ? badBodies : []) {
      await refused(asked(method, at, bad));
    }
    for (const { name, in: where } of operation.parameters ?? []) {
      if (where !== "query" || path.endsWith("/events") || path.endsWith("/log")) continue;
      for (const value of badValues) {
        await refused(asked(method, `${at}?${name}=${value}`, body), true);
      }
      await refused(asked(method, `${at}?${name}=1&${name}=2`, body));
    }
  }
  app.close();
});
