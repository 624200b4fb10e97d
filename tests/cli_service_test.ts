import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { type Clerk, startClerk } from "./clerk.ts";
import { flyball, inFolder, startFlyball } from "./command_line.ts";
import { until } from "./until.ts";

const tasks = new URL("../examples/tasks", import.meta.url).pathname;

Deno.test("cli: map prints what the programs print and counts failing lines", async () => {
  await inFolder({ "a.txt": "a\n", "b c.txt": "b\n" }, async (cwd) => {
    const input = "a.txt\nnone.txt\nb c.txt\n";
    const flags = ["--keep-order", "--joblog", "log.tsv"];
    const { code, stdout, stderr } = await flyball(["map", ...flags, "--", "wc", "-c", "{}"], {
      cwd,
      input,
    });
    assertEquals(stdout, "2 a.txt\n2 b c.txt\n");
    assertEquals(code, 1, stderr);
    assertStringIncludes(stderr, "none.txt");
    const log = await Deno.readTextFile(join(cwd, "log.tsv"));
    assertEquals(log.trimEnd().split("\n").map((row) => row.split("\t").at(-1)), [
      "Command",
      "wc -c a.txt",
      "wc -c none.txt",
      "wc -c 'b c.txt'",
    ]);
  });
});

Deno.test("cli: run prints the output of a task, and one line when it fails", async () => {
  await inFolder({}, async (cwd) => {
    const run = (name: string, input: string) =>
      flyball(["run", name, "--tasks", tasks, "--input", input], { cwd });
    const [good, bad] = await Promise.all([
      run("hello", '{"name":"Ada"}'),
      run("hash", '{"path":"nowhere"}'),
    ]);
    assertEquals([good.code, good.stdout], [0, '"Hello, Ada!"\n'], good.stderr);
    assertEquals([bad.code, bad.stdout], [1, ""]);
    assertMatch(bad.stderr, /^flyball: task hash failed: .+\n$/);
  });
});

/** A job that is out of attempts is among the dead, and back from there when it is asked. */
async function diesAndIsRetried(clerk: Clerk, cwd: string): Promise<void> {
  const flags = ["submit", "--job", "-", "--wait", "--json"];
  const input = JSON.stringify({ command: ["false"], retries: 1, backoff: { baseMs: 0 } });
  const { stdout } = await clerk.flyball(flags, { cwd, input });
  const failing: string = JSON.parse(stdout).id;
  const dead = await clerk.flyball(["dead"], { cwd });
  assertMatch(
    dead.stdout,
    new RegExp(`^JOB .*\\n${failing} +dead +false +2 .* exited with 1\\n$`),
  );
  const back = await clerk.flyball(["dead", "--operation", "false", "--retry"], { cwd });
  assertEquals([back.code, back.stdout], [0, `${failing} waiting\n`], back.stderr);
}

Deno.test("cli: serve takes jobs, refuses a second instance and drains on SIGTERM", async () => {
  await inFolder({}, async (cwd) => {
    await using service = startFlyball(["serve", "--port", "0", "--tasks", tasks], { cwd });
    const greeting = await service.line(/ on http:/);
    assertMatch(
      greeting,
      /^flyball \S+ on http:\/\/127\.0\.0\.1:\d+ · data .+ · policy governor · /,
    );
    // What speaks to the service does so in one process; the first of them in its own.
    await using clerk = startClerk();
    const say = (...args: string[]) => clerk.flyball(args, { cwd });
    const done = await flyball(["submit", "hello", "--input", '{"name":"Ada"}', "--wait"], { cwd });
    assertEquals([done.code, done.stdout], [0, '"Hello, Ada!"\n'], done.stderr);
    const failed = await say("submit", "--wait", "--", "sh", "-c", "exit 3");
    assertEquals(failed.code, 1, failed.stderr);
    const unknown = await say("submit", "helo");
    assertEquals(unknown.code, 64);
    assertStringIncludes(unknown.stderr, "did you mean hello?");
    const status = await say("status");
    assertStringIncludes(status.stdout, "ended 1 done, 1 failed");
    assertEquals((await say("alerts")).stdout, "nothing is wrong\n");
    const listed = await say("jobs", "--state", "failed", "--json");
    assertEquals(JSON.parse(listed.stdout).operation, "sh", listed.stderr);
    const later = (await say("submit", "--delay", "1h", "--", "true")).stdout
      .trim();
    const moved = await say("job", later, "--priority", "low", "--rank", "-5");
    assertMatch(moved.stdout, /priority +low\n +rank +-5\n/, moved.stderr);
    const why = await say("why", later);
    assertMatch(
      why.stdout,
      /^\w+ scheduled · scheduled: It is to begin at .* \(about (59m\d\ds|1h00m)\)\n$/,
    );
    const cancelled = await say("cancel", "j99", later, later);
    assertEquals([cancelled.code, cancelled.stdout], [1, `${later} cancelled\n`]);
    assertMatch(cancelled.stderr, /"j99" was not found\n.* has ended already: state=cancelled\n$/);
    const nobody = await say("job", "j99");
    assertEquals([nobody.code, nobody.stdout], [66, ""], nobody.stderr);
    const size = await say("why");
    assertMatch(size.stdout, /^\d+ workers? (is|are) ready.*; there may be .+, says \w+: .+\.\n/);
    assertMatch(size.stdout, /\ndecision \d+ at [\d:]+: \d+ to \d+ workers · \w+: .+/, size.stderr);
    const retried = await say("retry", "j2", "j1", "j99");
    assertEquals([retried.code, retried.stdout], [66, "j2 waiting\n"], retried.stderr);
    assertMatch(retried.stderr, /j1 is not retried: state=done.*\n.*"j99" was not found\n$/);
    await diesAndIsRetried(clerk, cwd);
    const second = await flyball(["serve", "--port", "0"], { cwd });
    assertEquals(second.code, 75, second.stderr);
    assertEquals(second.stderr.trimEnd().split("\n").length, 1);
    const port = /:(\d+) /.exec(greeting)![1]!;
    const busy = await flyball(["serve", "--port", port, "--data", "other"], { cwd });
    assertEquals(busy.code, 69, busy.stderr);

    const { stdout: id } = await say("submit", "--", "sleep", "1");
    service.kill("SIGTERM");
    const { code, stderr } = await service.ended;
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "any local user can run any program");
    await using again = startFlyball(["serve", "--port", "0"], { cwd });
    await again.line(/ on http:/);
    // Asked at once: if the job had not been drained it would only now begin again.
    const drained = await say("job", id.trim(), "--json");
    assertEquals(JSON.parse(drained.stdout).state, "done");
  });
});

Deno.test("cli: the second signal ends the service at once, and nothing is left running", async () => {
  await inFolder({}, async (cwd) => {
    await using service = startFlyball(["serve", "--port", "0"], { cwd });
    await service.line(/ on http:/);
    await flyball(["submit", "--", "sleep", "987.5"], { cwd });
    await until(() => running("987.5"));
    service.kill("SIGINT");
    await service.line(/letting running jobs end/);
    service.kill("SIGINT");
    assertEquals((await service.ended).code, 130);
    await until(() => !running("987.5"));
  });
});

/** Whether `sleep SECONDS` runs anywhere on this machine. */
function running(seconds: string): boolean {
  return [...Deno.readDirSync("/proc")].some(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${name}/cmdline`) === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  });
}
