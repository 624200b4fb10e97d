/** Endings of real processes that need more than a word to bring about. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { deathOf } from "../actors/exit.ts";
import { type CommandOptions, createRuntime, type Outcome } from "../mod.ts";
import { feed } from "../worker/feed.ts";
import { spawnFailure } from "../worker/spawn_failure.ts";
import { ending, fixedAt, live, lives, tempFolder } from "./live.ts";
import { until } from "./until.ts";
import { WorkerParent } from "./worker_parent.ts";

const toy = new URL("./tasks/toy.ts", import.meta.url).href;

Deno.test("ending: a worker whose heap is full dies of oom_heap", async () => {
  await using worker = await WorkerParent.open(1, "n", "--max-old-space-size=48");
  await worker.send(["define", 1, "toy", toy]);
  await worker.send(["start", 0, 1, 1, { do: "hog" }, 30_000, ""]);
  const { code, signal } = await worker.status;
  const stderrTail = (await worker.stderr).slice(-8_192);
  const { cause } = deathOf({ code, signal, stderrTail }, "died", null);
  assertEquals([code, cause.category, cause.code], [133, "oom", "oom_heap"]);
  const begun = worker.heard.filter(([name]) => name === "begins");
  assertEquals(begun, [["begins", 1]], "what killed it was announced");
});

Deno.test("ending: a task that fills the heap of its worker ends as oom_heap, the others are done", async () => {
  await using runtime = await live({
    pools: { default: { ...fixedAt(2).pools!.default, workerBytes: 2 ** 28 } },
  });
  await until(() => runtime.status().size === 2 && runtime.workerPids.every(lives));
  await Promise.all([1, 2, 3, 4].map(() => runtime.run("toy", { do: "nap", ms: 5 })));
  const naps = [1, 2, 3, 4].map((value) => runtime.run("toy", { do: "nap", ms: 300, value }));
  const command = runtime.command(["sh", "-c", "sleep 0.3; echo whole"]);
  const { type, category, code, attempts } = await ending(runtime, { do: "hog" });
  assertEquals([type, category, code], ["failed", "oom", "oom_heap"]);
  assert(attempts === 2 || attempts === 3, `once among others, at most twice alone: ${attempts}`);
  assertEquals(await Promise.all(naps), [1, 2, 3, 4]);
  assertEquals((await command).stdout, "whole\n");
  assertEquals(runtime.status().ended, { done: 9, failed: 1 });
});

Deno.test("ending: a command whose heap is full ends as oom_heap, directly or under a shell", async () => {
  await using runtime = await createRuntime();
  const code = "const all = []; for (;;) all.push(new Array(1000).fill(all.length));";
  const argv = [Deno.execPath(), "eval", "--v8-flags=--max-old-space-size=48", code];
  for (const words of [argv, ["sh", "-c", '"$@"; exit $?', "sh", ...argv]]) {
    const outcome = await runtime.command(words);
    assertEquals([outcome.type, outcome.category, outcome.code], ["failed", "oom", "oom_heap"]);
  }
});

Deno.test("ending: a command that gets more than the system takes could not be started", async () => {
  await using runtime = await createRuntime();
  const outcome = await runtime.command(["true", ...Array(20).fill("漢".repeat(40_000))]);
  const { type, category, code, message } = outcome;
  assertEquals([type, category, code], ["failed", "spawn", "argument_list_too_long"]);
  assertMatch(message!, /^true got more arguments and environment than the system takes/);
});

Deno.test("ending: why a program could not be started has a word", () => {
  const code = (message: string) =>
    JSON.parse(spawnFailure("prog", new Error(message)).payload) as Record<string, string>;
  const rows: [string, string][] = [
    ["Resource temporarily unavailable (os error 11)", "too_many_processes"],
    ["Cannot allocate memory (os error 12)", "not_enough_memory"],
    ["Too many open files (os error 24)", "too_many_open_files"],
    ["Too many open files in system (os error 23)", "too_many_open_files"],
    ["Argument list too long (os error 7)", "argument_list_too_long"],
    ["Exec format error (os error 8)", "not_executable"],
    ["Permission denied (os error 13)", "not_executable"],
    ["Text file busy (os error 26)", "executable_busy"],
    ["No such file or directory (os error 2)", "command_not_found"],
    ["something else", "spawn_failed"],
  ];
  for (const [message, word] of rows) {
    const said = code(`Failed to spawn 'prog': ${message}`);
    assertEquals([said["category"], said["code"]], ["spawn", word]);
    assert(said["message"]!.startsWith("prog "), said["message"]);
  }
});

Deno.test("ending: times for progress, for all attempts, and to take what is given", async (t) => {
  await using folder = await tempFolder();
  await using runtime = await createRuntime();
  const progress = { progressTimeoutMs: 3_000 };
  const total = { retries: 100, backoff: { baseMs: 1, maxMs: 1 }, totalTimeoutMs: 3_000 };
  const sh = (line: string, options: CommandOptions) =>
    runtime.command(["sh", "-c", line], { cwd: folder.path, ...options });
  // All at once, as each of them takes its time.
  const [silent, talks, fails, reads] = await Promise.all([
    sh("echo begun; sleep 600", progress),
    sh("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do echo $i; sleep 0.3; done", progress),
    sh("echo ran >> runs; sleep 0.3; exit 1", total),
    sh("echo waiting; sleep 600", { stdin: "x".repeat(500_000) }),
  ]);
  const words = ({ type, category, code, stdout }: Outcome) => [type, category, code, stdout];

  await t.step("a command that gives no sign of progress is ended, one that writes is not", () => {
    assertEquals(words(silent), ["timedOut", "timeout", "progress_timeout", "begun\n"]);
    assertEquals([talks.type, talks.stdout!.split("\n").length], ["done", 15]);
  });

  await t.step("all attempts together have a time", async () => {
    assertEquals(words(fails).slice(0, 3), ["timedOut", "timeout", "total_timeout"]);
    const runs = (await Deno.readTextFile(`${folder.path}/runs`)).trim().split("\n").length;
    assert(runs >= 2 && runs <= 10 && fails.attempts >= runs, `${runs} of ${fails.attempts}`);
  });

  await t.step("a command that takes nothing of its input for 5 s is ended", () => {
    assertEquals(words(reads), ["failed", "timeout", "stdin_timeout", "waiting\n"]);
    assertEquals(reads.signal, "SIGTERM");
  });
});

Deno.test("feed: gives any text whole, to a reader that takes its time too", async () => {
  const text = "aé漢😀".repeat(20_000);
  const read: Uint8Array[] = [];
  const stream = new WritableStream<Uint8Array>({
    async write(bytes) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      read.push(bytes);
    },
  }, { highWaterMark: 0 });
  assertEquals(await feed(stream, text, 10_000), true);
  assertEquals(await new Blob(read as BlobPart[]).text(), text);
  const stuck = new WritableStream<Uint8Array>({ write: () => new Promise(() => {}) });
  assertEquals(await feed(stuck, text, 20), false);
  const closed = new WritableStream<Uint8Array>({
    write: () => Promise.reject(new Deno.errors.BrokenPipe()),
  });
  assertEquals(await feed(closed, text, 10_000), true);
});
