/** What every verb prints, against a service that answers from a script. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { completionWords } from "../cli/completion_words.ts";
import { verbs } from "../cli/verbs.ts";
import { openApi } from "../service/openapi/document.ts";
import { say, scripted, withScript } from "./cli_stage.ts";

const job = (id: string) => ({ ...scripted["GET /api/v1/jobs/j1"] as object, id });
const pool = (scripted["GET /api/v1/pools"] as { items: object[] }).items[0]!;
const schedule = (scripted["GET /api/v1/schedules"] as { items: object[] }).items[0]!;
const view = scripted["GET /api/v1/config"] as { versions: object[] };

/** What changes something, and what a service answers then. */
const changes: Readonly<Record<string, unknown>> = {
  "POST /api/v1/jobs": { jobs: [{ id: "j9", state: "waiting" }] },
  "DELETE /api/v1/jobs/j1": job("j1"),
  "POST /api/v1/jobs/j3/retry": { ...job("j3"), state: "waiting" },
  "PATCH /api/v1/pools/default": pool,
  "PATCH /api/v1/schedules/nightly": { ...schedule, paused: true },
  "PATCH /api/v1/config": {
    ...view,
    version: 2,
    versions: [...view.versions, {
      ...view.versions[0],
      version: 2,
      changes: [{ key: "log.level", words: "info -> debug" }],
      acks: [{ actor: "log" }],
    }],
  },
};

/** Each as text and, where there is a table, as JSON. */
const session: readonly (readonly string[])[] = [
  ["status"],
  ["status", "--cluster"],
  ["top"],
  ["submit", "hash", "--input", '{"path":"README.md"}'],
  ["jobs"],
  ["job", "j3"],
  ["job", "j2", "--log"],
  ["dead"],
  ["cancel", "j1"],
  ["retry", "j3"],
  ["workflow"],
  ["workflow", "w1"],
  ["schedules"],
  ["schedules", "pause", "nightly"],
  ["alerts"],
  ["pool"],
  ["pool", "pause", "--for", "10m"],
  ["why"],
  ["why", "j6"],
  ["trace", "j1"],
  ["diagnose"],
  ["capacity"],
  ["audit"],
  ["report"],
  ["machines"],
  ["config", "set", "log.level=debug"],
];

/** Verbs that do their work in a process of their own, proven by others. */
const elsewhere: Readonly<Record<string, string>> = {
  serve: "cli_service_test.ts",
  map: "map_test.ts",
  run: "cli_service_test.ts",
  logs: "logs_query_test.ts",
  simulate: "what_if_test.ts",
  doctor: "containment_test.ts",
  completions: "completions_test.ts",
  token: "access_test.ts",
};

/** Verbs that need no service. */
const alone = new Set(["machines"]);

Deno.test("session: every verb prints what it is meant to (UPDATE=1 keeps it)", async () => {
  const page: string[] = [];
  await withScript(async ({ data }) => {
    for (const args of session) {
      for (const form of [args, [...args, "--json"]]) {
        const reach = alone.has(args[0]!) ? [] : ["--data", data];
        const { code, stdout, stderr } = await say(...form, ...reach);
        assertEquals(code, 0, stderr);
        const isJson = form !== args;
        if (isJson) stdout.trimEnd().split("\n").forEach((line) => JSON.parse(line));
        const shown = isJson ? shapeOf(JSON.parse(stdout.split("\n")[0]!)) : stdout;
        page.push(`$ flyball ${form.join(" ")}`, `${shown}${stderr}`.trimEnd(), "");
      }
    }
  }, ({ method, path }) => changes[`${method} ${path.split("?")[0]}`]);
  const text = page.join("\n").replaceAll(/\/\S*flyball-cli-\w+/g, "/srv/app/.flyball")
    .replaceAll(/\d\d:\d\d:\d\d UTC/g, "18:20:00 UTC")
    // How long it was has another width an hour later.
    .replaceAll(/ *\b\d+(m\d\ds|h\d\dm|d\d\dh)( ago)?/g, (_, _unit, ago = "") => ` 5m00s${ago}`)
    .replace(/^JOB +FOR/m, "JOB FOR")
    .replace(/^NODE +/m, "NODE  ")
    .replaceAll(/[ \t]+\n/g, "\n");
  const file = new URL("fixtures/cli/session.txt", import.meta.url);
  if (Deno.env.get("UPDATE") === "1") await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
});

/** The names of the fields: what is in them has tests of its own. */
const shapeOf = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.length === 0 ? "" : shapeOf(value[0])}]`
    : typeof value === "object" && value !== null
    ? `{ ${Object.keys(value).join(", ")} }`
    : typeof value;

Deno.test("session: the script answers as the API is described", () => {
  const { paths, components } = openApi();
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "http://flyball.test/api", components });
  const routes = Object.entries(paths).map(([path, { get }]) =>
    [new URLPattern({ pathname: path.replaceAll(/\{(\w+)\}/g, ":$1") }), path, get] as const
  ).sort(([, a], [, b]) => a.split("{").length - b.split("{").length);
  for (const [asked, answer] of Object.entries(scripted)) {
    // Its pieces are described as a stream.
    if (asked.endsWith("/log")) continue;
    const pathname = asked.split(" ")[1]!.split("?")[0]!;
    const [, path, get] = routes.find(([route]) => route.test({ pathname }))!;
    const { schema } = (get!.responses[200] as Answer).content["application/json"];
    const own = JSON.stringify(schema).replaceAll(
      "#/components",
      "http://flyball.test/api#/components",
    );
    assert(ajv.validate(JSON.parse(own), answer), `${asked} (${path}): ${ajv.errorsText()}`);
  }
});

interface Answer {
  readonly content: Readonly<Record<"application/json", { readonly schema: unknown }>>;
}

Deno.test("session: no verb is left out", async () => {
  const shown = new Set(session.map(([verb]) => verb));
  for (const verb of Object.keys(verbs)) {
    assert(shown.has(verb) || verb in elsewhere, `${verb} is in no session`);
  }
  for (const [verb, file] of Object.entries(elsewhere)) {
    const text = await Deno.readTextFile(new URL(file, import.meta.url));
    assert(text.includes(`"${verb}"`), `${file} does not call ${verb}`);
  }
});

/** The least that each verb takes. */
const least: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.keys(verbs).map((verb) => [verb, []])),
  ...{ map: ["--", "true"], run: ["hash"], submit: ["hash"], job: ["j1"], cancel: ["j1"] },
  ...{ retry: ["j1"], trace: ["j1"], simulate: ["steady"], logs: ["x.log"] },
  ...{ config: ["check"], completions: ["bash"], token: ["ls"] },
};

const words = await completionWords(verbs);

/** Verbs that have an option. */
const having = (option: string) =>
  words.filter(({ options }) => options.some(({ long }) => long === option)).map(({ verb }) =>
    verb
  );

/** Verbs that ask a service; `simulate` only for what was recorded. */
const asking = having("--url").filter((verb) => verb !== "simulate");

Deno.test("session: a flag that does not exist is 64, with a near one where there is one", async () => {
  for (const verb of Object.keys(verbs)) {
    const { code, stdout, stderr } = await say(verb, "--hlep", ...least[verb]!);
    assertEquals([verb, code, stdout], [verb, 64, ""]);
    assertMatch(stderr, /^flyball: unknown option '--hlep' \(Did you mean --help\?\)\nusage: /);
  }
  for (const verb of having("--json")) {
    const { code, stderr } = await say(verb, ...least[verb]!, "--jsno");
    assertEquals(code, 64);
    assertStringIncludes(stderr, "Did you mean --json?");
  }
});

Deno.test("session: no service is 69, in one line that says where it was looked for", async () => {
  for (const verb of asking) {
    const given = verb === "config" ? ["set", "log.level=debug"] : least[verb]!;
    const { code, stdout, stderr } = await say(verb, ...given, "--data", "/nowhere");
    assertEquals([verb, code, stdout], [verb, 69, ""], stderr);
    assertMatch(stderr, /^flyball: service unreachable at unix:\/nowhere\/control\.sock: .+\n$/);
  }
});

Deno.test("session: what a service does not know is 66, in its own words", async () => {
  const unknown: readonly (readonly string[])[] = [
    ["job", "j99"],
    ["job", "j99", "--log"],
    ["job", "j99", "--follow"],
    ["cancel", "j99"],
    ["retry", "j99"],
    ["why", "j99"],
    ["why", "--pool", "none"],
    ["trace", "j99"],
    ["workflow", "none"],
    ["workflow", "cancel", "none"],
    ["schedules", "pause", "none"],
    ["schedules", "rm", "none"],
    ["pool", "pause", "--pool", "none"],
  ];
  await withScript(async ({ data }) => {
    for (const args of unknown) {
      const { code, stdout, stderr } = await say(...args, "--data", data);
      assertEquals([args, code, stdout], [args, 66, ""]);
      assertMatch(stderr, /^flyball: .+ was not found\n$/);
    }
  });
});

Deno.test("session: a bad configuration is 78, with the key, and its place in a file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "flyball-cli-" });
  const file = join(folder, "flyball.yaml");
  try {
    await Deno.writeTextFile(file, "jobs:\n  retrys: 3\n");
    const tasks = new URL("../examples/tasks", import.meta.url).pathname;
    const more: Readonly<Record<string, readonly string[]>> = { run: ["--tasks", tasks] };
    for (const verb of ["serve", "map", "run", "doctor", "config"]) {
      const words = [...more[verb] ?? [], ...least[verb]!];
      const set = await say(verb, "--set", "jobs.retries=-1", ...words);
      assertEquals([verb, set.code, set.stdout], [verb, 78, ""]);
      assertMatch(set.stderr, /^flyball: --set jobs\.retries: expected >= 0, given -1\n$/);
      const bad = await say(verb, "--config", file, ...words);
      assertEquals([verb, bad.code, bad.stdout], [verb, 78, ""]);
      assertEquals(
        bad.stderr,
        `flyball: ${file}:2:3 jobs.retrys: unknown key; did you mean jobs.retries?\n`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
