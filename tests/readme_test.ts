/** The README names what there is: endpoints, verbs, fields of a job, presets. */
import { assertEquals } from "@std/assert";
import { jobFields } from "../actors/job_fields.ts";
import { presets } from "../actors/presets.ts";
import { verbs } from "../cli/verbs.ts";
import { limitsExpected } from "../messages/schemas/limits.ts";
import { inspectorHub } from "../service/inspector.ts";
import { routes } from "../service/routes.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";

const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));

/** Words that stand nowhere in `text` as code. */
function missing(text: string, words: readonly string[]): string[] {
  const codes = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code));
  return words.filter((word) => !codes.has(word));
}

Deno.test("README: names every endpoint, verb, field of a job and preset", async () => {
  const readme = await read("README.md");
  const runtime = scriptedRuntime();
  const table = routes(runtime, inspectorHub(runtime), new AbortController().signal);
  assertEquals(missing(readme, table.map(([method, path]) => `${method} ${path}`)), []);
  assertEquals(missing(readme, Object.keys(verbs)), []);
  assertEquals(missing(readme, Object.keys(jobFields)), []);
  assertEquals(missing(readme, Object.keys(presets)), []);
});

Deno.test("docs/limits.md: names every limit", async () => {
  assertEquals(missing(await read("docs/limits.md"), Object.keys(limitsExpected)), []);
});
