/** Schedules and workflows from the command line. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startClerk } from "./clerk.ts";
import { inFolder } from "./command_line.ts";
import { serve } from "./serving.ts";

const flow = {
  jobs: [
    { taskId: "build", executionId: "r1", command: ["true"] },
    { taskId: "test", executionId: "r1", command: ["false"], after: ["build"] },
    {
      taskId: "clean",
      executionId: "r1",
      command: ["true"],
      after: [{ id: "test", onFailure: "run" }],
    },
  ],
};

Deno.test("cli: schedules and workflows of a running service", async () => {
  await inFolder({ "flow.json": JSON.stringify(flow) }, async (cwd) => {
    await using service = await serve(cwd);
    await using clerk = startClerk();
    const say = (...args: string[]) => clerk.flyball(args, { cwd });
    const nightly = ["nightly", "--cron", "30 2 1 1 *", "--zone", "Europe/Berlin"];
    const added = await say("schedules", "add", ...nightly, "--", "echo", "a b");
    assertMatch(
      added.stdout,
      /^nightly 30 2 1 1 \* Europe\/Berlin · echo 'a b' · next \d{4}-01-01T01:30:00.000Z\n$/,
      added.stderr,
    );
    const [again, paused, listed, next, none] = await Promise.all([
      say("schedules", "add", ...nightly, "--task", "hello"),
      say("schedules", "pause", "nightly"),
      say("submit", "hello", "--delay", "1h"),
      say("schedules", "add", "x", "--cron", "61 * * * *", "--task", "hello"),
      say("schedules", "rm"),
    ]);
    assertEquals([again.code, again.stderr], [
      64,
      "flyball: There is a schedule nightly already, another one\n",
    ]);
    assertStringIncludes(paused.stdout, "· paused");
    assertEquals(listed.code, 0, listed.stderr);
    assertMatch(next.stderr, /^flyball: \/cron must be a cron pattern .*minute: 61/);
    assertEquals(none.code, 64);
    const [ls, status, removed] = await Promise.all([
      say("schedules", "--json"),
      say("status"),
      say("schedules", "rm", "nothing"),
    ]);
    assertEquals(JSON.parse(ls.stdout)[0].paused, true);
    assertStringIncludes(status.stdout, "1 scheduled");
    assertEquals(removed.stderr, 'flyball: Schedule "nothing" was not found\n');

    const ran = await say("submit", "--job", "flow.json", "--wait");
    assertEquals([ran.code, ran.stdout.split("\n").length], [1, 4], ran.stderr);
    const [shown, all] = await Promise.all([say("workflow", "r1"), say("workflow")]);
    assertMatch(shown.stdout, /^r1 failed\n\* build \(j2\) · done · /);
    assertMatch(shown.stdout, /\ncritical path \d+ ms: build -> test -> clean\n/);
    assertMatch(all.stdout, /^WORKFLOW +STATE +JOBS +DONE +OPEN\nr1 +failed +3 +2 +0\n$/);
    const [nobody, odd] = await Promise.all([
      say("workflow", "cancel", "r2"),
      say("workflow", "r1", "r2"),
    ]);
    assertEquals([nobody.code, nobody.stderr], [66, 'flyball: Workflow "r2" was not found\n']);
    assertMatch(odd.stderr, /^flyball: workflow expected .*\nusage: flyball workflow .*cancel id/);
    const over = await say("workflow", "cancel", "r1");
    assertEquals([over.code, over.stdout], [0, shown.stdout], over.stderr);
    service.started.kill("SIGTERM");
    await service.started.ended;
  });
});
