/** The operator's words and the configuration of a running service, from the command line. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { startClerk } from "./clerk.ts";
import { inFolder } from "./command_line.ts";
import { serve } from "./serving.ts";

Deno.test("cli: the operator's word, and settings of a running service", async () => {
  await inFolder({ "flyball.yaml": "jobs: { retries: 1 } # once more\n" }, async (cwd) => {
    await using _service = await serve(cwd);
    await using clerk = startClerk();
    const say = (...args: string[]) => clerk.flyball(args, { cwd });
    const pinned = await say("pool", "pin", "2", "--for", "10m");
    assertMatch(
      pinned.stdout,
      /^pool default: governor · pinned to 2 workers by the operator until /,
    );
    const [listed, wrong, none, odd, unknown] = await Promise.all([
      say("pool", "--json"),
      say("pool", "pin", "many"),
      say("pool", "resize"),
      say("pool", "drain", "--scaling", "in"),
      say("pool", "pause", "--pool", "other"),
    ]);
    const [{ operator }] = JSON.parse(listed.stdout);
    assertEquals([operator.state, operator.workers], ["pinned", 2]);
    assertEquals([wrong, none, odd].map(({ code }) => code), [64, 64, 64]);
    assertStringIncludes(wrong.stderr, "pool pin expected a whole number of workers, given many");
    assertStringIncludes(unknown.stderr, "other");
    assertMatch((await say("pool", "drain")).stdout, /drained by the operator/);
    assertEquals((await say("pool", "resume")).code, 0);

    const set = await say("config", "set", "log.level=debug", "jobs.retries=4", "--save");
    assertMatch(
      set.stdout,
      /^version 2: .*jobs.retries 1 -> 4.* · taken by intake, timeouts, log\n$/,
      set.stderr,
    );
    assertEquals(
      await Deno.readTextFile(join(cwd, "flyball.yaml")),
      "jobs: { retries: 4 } # once more\nlog:\n  level: debug\n",
    );
    const [again, restart, patched] = [
      await say("config", "set", "jobs.retries=4"),
      await say("config", "set", "server.port=1"),
      await say("config", "set", "queue.jobsMax=7"),
    ];
    assertEquals(again.stdout, "version 2: it was so already\n");
    assertMatch(
      restart.stderr,
      /^flyball: server.port needs a restart: 0 -> 1; nothing was changed/,
    );
    assertEquals(patched.code, 0, patched.stderr);
    const shown = await say("config", "show", "--live");
    assertEquals(JSON.parse(shown.stdout).queue.jobsMax, 7);
    assertEquals(shown.stderr, "flyball: queue.jobsMax 1000000 -> 7 (patched)\n");
  });
});
