/** What people try in their first minute, which is not always what is written. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Refusal } from "../actors/runtime.ts";
import { bareLast } from "../cli/bare_options.ts";
import { readJobs } from "../cli/job_file.ts";
import { duration } from "../cli/numbers.ts";
import { taskPath } from "../cli/task_files.ts";
import { say, withScript } from "./cli_stage.ts";
import { tempFolder } from "./live.ts";

const wait = [
  { long: "--wait", optional: true, parseArg: duration },
  { long: "--input", optional: false },
  { long: "--replay", optional: true },
];

Deno.test("submit: --wait before the task takes no task for its duration", async () => {
  const moved = (...words: readonly string[]) => bareLast(words, wait).join(" ");
  assertEquals(moved("submit", "--wait", "hash"), "submit hash --wait");
  assertEquals(moved("submit", "--wait", "--input", "1", "hash"), "submit --input 1 hash --wait");
  assertEquals(moved("submit", "--wait", "5s", "hash"), "submit --wait 5s hash");
  assertEquals(moved("submit", "--wait=5s", "--input", "hash"), "submit --wait=5s --input hash");
  assertEquals(moved("submit", "hash", "--wait"), "submit hash --wait");
  assertEquals(moved("simulate", "--replay", "file"), "simulate --replay file", "any word is one");
  await withScript(async ({ data, asked }) => {
    await say("submit", "--wait", "hash", "--data", data);
    assertEquals(asked[0]?.body, { task: "hash" });
  }, ({ method }) => method === "POST" ? { jobs: [] } : undefined);
});

Deno.test("submit: --job takes one job, many, or one a line", async () => {
  await using folder = await tempFolder();
  const jobs = async (text: string) => {
    const path = `${folder.path}/jobs`;
    await Deno.writeTextFile(path, text);
    return await readJobs(path) as unknown;
  };
  const [one, two] = [{ command: ["true"] }, { task: "hash", input: { path: "a\nb" } }];
  const lines = [one, two].map((job) => JSON.stringify(job));
  assertEquals(await jobs(JSON.stringify(one, null, 2)), one);
  assertEquals(await jobs(JSON.stringify({ jobs: [one] })), { jobs: [one] });
  assertEquals(await jobs(`${lines.join("\n\n")}\n`), { jobs: [one, two] });
  const refused = async (text: string) => {
    const { code, message } = await assertRejects(() => jobs(text), Refusal);
    return `${code} ${message.replace(folder.path, "")}`;
  };
  assertMatch(
    await refused(`${lines[0]}\n{"task"\n`),
    /^invalid_json --job \/jobs, line 2, expect/,
  );
  assertMatch(await refused("{\n  oh\n}"), /^invalid_json --job \/jobs expected JSON: .*line 2/);
  assertMatch(await refused("[1]"), /^usage --job/);
  await assertRejects(() => readJobs(`${folder.path}/none`), Refusal, "cannot read --job");
});

Deno.test("run: a path is the task of that file, a name is none", async () => {
  assertEquals(taskPath("tasks/hash.ts"), { folder: "tasks", name: "hash" });
  assertEquals(taskPath("hash.mjs"), { folder: ".", name: "hash" });
  for (const name of ["hash", "tasks/hash", "hash_test.ts", "_own.ts"]) {
    assertEquals(taskPath(name), null);
  }
  const { code, stderr } = await say("run", "examples/tasks/none.ts");
  assertEquals(code, 64);
  assertMatch(stderr, /unknown task "examples\/tasks\/none.ts": there are hash, hello, sleep/);
  const hint = await say("config", "check", "flyball.yaml");
  assertMatch(hint.stderr, /given flyball\.yaml \(--config flyball\.yaml\?\)/);
});
