import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { configJsonSchema } from "../cli/config_schema.ts";
import { say } from "./cli_stage.ts";

const ajv = new Ajv2020({ strict: false });
const isValid = ajv.compile(configJsonSchema() as object);

const good = `
preset: default
server: { host: 127.0.0.1, port: 4477 }
queue: { jobsMax: 1000000, bytesMax: "1GiB" }
commands: { allow: true, shell: false, roots: ["."] }
pools:
  default:
    workers: { min: 1, max: 24 }
    policy: { name: governor, waitTargetMs: 150ms }
  batch: { workers: { min: 0 } }
limits: { "project:*": { each: 1, keys: 5 } }
jobs: { timeoutMs: "1h", retries: 0, retention: { doneMs: 86400000 } }
alerts: { rules: { cpu: { warningRatio: 80% } } }
`;

Deno.test("config schema: takes what people write, units too, and refuses what is none", () => {
  assert(isValid(parse(good)), ajv.errorsText(isValid.errors));
  assert(isValid({}));
  const bad: readonly (readonly [unknown, string])[] = [
    [{ server: { prt: 1 } }, "/server"],
    [{ jobs: { timeoutMs: "10 parsecs" } }, "/jobs/timeoutMs"],
    [{ jobs: { retries: "3" } }, "/jobs/retries"],
    [{ queue: { bytesMax: "10m" } }, "/queue/bytesMax"],
    [{ server: { port: 70_000 } }, "/server/port"],
    [{ nonsense: 1 }, ""],
  ];
  for (const [value, place] of bad) {
    assertEquals(isValid(value), false, JSON.stringify(value));
    assert(isValid.errors!.some(({ instancePath }) => instancePath === place), place);
  }
});

Deno.test("config schema: the command line prints it, and the page of all keys", async () => {
  const schema = await say("config", "schema");
  assertEquals([schema.code, JSON.parse(schema.stdout)], [0, configJsonSchema()]);
  const docs = await say("config", "docs");
  assertStringIncludes(docs.stdout, "# The configuration, key by key\n");
  assertStringIncludes(docs.stdout, "jobs.timeoutMs");
});
