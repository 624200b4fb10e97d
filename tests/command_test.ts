/** How commands end, over real workers and real programs. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createRuntime } from "../mod.ts";
import type { CommandOptions, Outcome } from "../mod.ts";
import { processesWith, tempFolder } from "./live.ts";
import { until } from "./until.ts";

/** Runs one command in a runtime of its own. */
async function command(argv: readonly string[], options?: CommandOptions): Promise<Outcome> {
  await using runtime = await createRuntime();
  return await runtime.command(argv, options);
}

Deno.test("command: gives exit code and both streams", async () => {
  const outcome = await command(["sh", "-c", "echo out; echo err >&2"]);
  assertEquals(
    [outcome.type, outcome.exitCode, outcome.signal, outcome.stdout, outcome.stderr],
    ["done", 0, null, "out\n", "err\n"],
  );
  assertEquals([outcome.droppedBytes, outcome.attempts], [0, 1]);
});

Deno.test("command: another exit code than 0 has failed", async () => {
  const outcome = await command(["sh", "-c", "echo half; exit 3"]);
  assertEquals(
    [outcome.type, outcome.category, outcome.code, outcome.exitCode, outcome.stdout],
    ["failed", "exit", "exit_nonzero", 3, "half\n"],
  );
  assertEquals(outcome.message, "sh exited with 3");
});

Deno.test("command: a signal is told by name", async () => {
  const outcome = await command(["sh", "-c", "kill -SEGV $$"]);
  assertEquals(
    [outcome.type, outcome.category, outcome.code, outcome.signal, outcome.exitCode],
    ["failed", "signal", "crashed", "SIGSEGV", null],
  );
});

Deno.test("command: what can't be started is told before it is tried", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(`${folder.path}/plain`, "echo hello\n", { mode: 0o644 });
  await using runtime = await createRuntime();
  const ending = async (argv: readonly string[], options?: CommandOptions) => {
    const { type, category, code, message } = await runtime.command(argv, options);
    assertEquals([type, category], ["failed", "spawn"]);
    return `${code}: ${message}`;
  };
  assertMatch(await ending(["no-such-program"]), /^command_not_found: no-such-program /);
  assertMatch(await ending([`${folder.path}/nothing`]), /^command_not_found: /);
  assertMatch(await ending([folder.path]), /^command_not_found: /);
  assertMatch(await ending([`${folder.path}/plain`]), /^not_executable: .*plain/);
  assertMatch(await ending(["./plain"], { cwd: folder.path }), /^not_executable: /);
  const nowhere = `${folder.path}/nowhere`;
  assertEquals(
    await ending(["true"], { cwd: nowhere }),
    `cwd_not_found: cwd ${nowhere} does not exist`,
  );
  assertMatch(await ending(["true"], { cwd: `${folder.path}/plain` }), /^cwd_not_found: /);
});

Deno.test("command: runs as its caller, with what is given besides", async () => {
  await using folder = await tempFolder();
  await using runtime = await createRuntime();
  const here = await runtime.command(["pwd", "-P"]);
  assertEquals(here.stdout, `${await Deno.realPath(".")}\n`);
  const there = await runtime.command(["sh", "-c", 'pwd -P; echo "$HOME $COLOUR"'], {
    cwd: folder.path,
    env: { COLOUR: "blue and $green" },
  });
  const real = await Deno.realPath(folder.path);
  assertEquals(there.stdout, `${real}\n${Deno.env.get("HOME") ?? ""} blue and $green\n`);
});

Deno.test("command: is fed what is given, and has an empty input otherwise", async () => {
  await using runtime = await createRuntime();
  const cat = (stdin: string) => runtime.command(["cat"], { stdin });
  assertEquals((await cat("ä \u2028\n\0end")).stdout, "ä \u2028\n\0end");
  const long = "line\n".repeat(40_000);
  const counted = await runtime.command(["wc", "-c"], { stdin: long });
  assertEquals(counted.stdout!.trim(), "200000");
  assertEquals((await runtime.command(["cat"])).stdout, "");
  // Who does not read its input is not harmed by it.
  assertEquals((await runtime.command(["true"], { stdin: long })).type, "done");
});

Deno.test("command: an output over 64 KiB comes whole in a file", async () => {
  await using runtime = await createRuntime();
  const outcome = await runtime.command(["sh", "-c", "seq 1 50000; seq 1 3 >&2"]);
  assertEquals([outcome.type, outcome.droppedBytes, outcome.stdout], ["done", 0, ""]);
  const lines = (await Deno.readTextFile(outcome.stdoutFile!)).split("\n");
  assertEquals([lines.length, lines[0], lines[49_999]], [50_001, "1", "50000"]);
  assertEquals([outcome.stderr, outcome.stderrFile], ["1\n2\n3\n", undefined]);
  const exact = await runtime.command(["head", "-c", "65536", "/dev/zero"]);
  assertEquals([exact.stdout!.length, exact.stdoutFile], [65_536, undefined]);
});

Deno.test("command: an output that is not UTF-8 comes as base64", async () => {
  const outcome = await command(["printf", "\\377\\376a"]);
  assertEquals([outcome.type, outcome.stdout], ["done", ""]);
  assertEquals(outcome.stdoutBase64, new Uint8Array([0xff, 0xfe, 0x61]).toBase64());
});

Deno.test("command: a background process goes with its command", async () => {
  await using folder = await tempFolder();
  const outcome = await command(["sh", "-c", "sleep 300 & echo said"], {
    cwd: folder.path,
  });
  assertEquals([outcome.type, outcome.stdout], ["done", "said\n"]);
  await until(() => processesWith(folder.path).length === 0);
});

Deno.test("command: one that fled its session holds neither result nor machine", async () => {
  await using folder = await tempFolder();
  const flee = "setsid sh -c ': > fled; exec sleep 300' & " +
    "while [ ! -e fled ]; do sleep 0.01; done; echo said";
  const outcome = await command(["sh", "-c", flee], { cwd: folder.path });
  assertEquals([outcome.type, outcome.stdout], ["done", "said\n"]);
  // It held the pipe; the runtime is closed by now, and its worker took it along.
  await until(() => processesWith(folder.path).length === 0);
});

Deno.test("command: a time limit ends the whole group and keeps what was said", async () => {
  await using folder = await tempFolder();
  const outcome = await command(
    ["sh", "-c", "echo said; sleep 300 & wait"],
    { cwd: folder.path, timeoutMs: 300 },
  );
  assertEquals(
    [outcome.type, outcome.category, outcome.code, outcome.stdout, outcome.signal],
    ["timedOut", "timeout", "run_timeout", "said\n", "SIGTERM"],
  );
  await until(() => processesWith(folder.path).length === 0);
});

Deno.test("command: may end by itself when it is asked to", async () => {
  await using runtime = await createRuntime();
  await using folder = await tempFolder();
  const stop = new AbortController();
  const trap = "trap 'echo goodbye; exit 5' TERM; : > ready; while :; do sleep 0.01; done";
  const running = runtime.command(["sh", "-c", trap], {
    cwd: folder.path,
    signal: stop.signal,
  });
  await until(() => exists(`${folder.path}/ready`));
  stop.abort("enough");
  const outcome = await running;
  assertEquals(
    [outcome.type, outcome.message, outcome.exitCode, outcome.stdout],
    ["cancelled", "enough", 5, "goodbye\n"],
  );
});

Deno.test("command: one that ignores being asked is ended after a grace of 5 s", async () => {
  const outcome = await command(["sh", "-c", "trap '' TERM; sleep 300"], { timeoutMs: 100 });
  assertEquals([outcome.type, outcome.signal], ["timedOut", "SIGKILL"]);
  assert(outcome.durationMs >= 5_000, `${outcome.durationMs}`);
});

Deno.test("command: none outlives a runtime that stops hard", async () => {
  await using folder = await tempFolder();
  const runtime = await createRuntime();
  const running = runtime.command(["sh", "-c", ": > ready; exec sleep 300"], {
    cwd: folder.path,
    env: { OUR_MARK: folder.path },
  });
  await until(() => exists(`${folder.path}/ready`));
  assert(processesWith(`OUR_MARK=${folder.path}`).length > 0);
  await runtime.close({ drainMs: 0 });
  assertEquals((await running).type, "cancelled");
  await until(() => processesWith(`OUR_MARK=${folder.path}`).length === 0);
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
