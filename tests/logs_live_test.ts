/** The log of real services: in a file that is read while it grows, and with nobody who reads it. */
import { assert, assertEquals } from "@std/assert";
import { inFolder } from "./command_line.ts";
import { readLine } from "./log_lines.ts";
import { serve } from "./serving.ts";
import { until } from "./until.ts";

Deno.test("logs: of a service lie in its file, are read again at SIGHUP, and fit the schema", async () => {
  const config = (level: string) => `log: { file: service.log, level: ${level}, node: box }\n`;
  await inFolder({ "flyball.yaml": config("info") }, async (cwd) => {
    const lines = () =>
      Deno.readTextFileSync(`${cwd}/service.log`).split("\n").slice(0, -1).map(readLine);
    const has = (wanted: (line: ReturnType<typeof readLine>) => boolean) => () =>
      lines().some(wanted);
    await using service = await serve(cwd);
    const [failing] = await service.submit({ command: ["false"], projectId: "p" });
    await until(has(({ task_id }) => task_id === failing!.id));
    assertEquals(lines()[0]!.type as string, "config");
    await Deno.rename(`${cwd}/service.log`, `${cwd}/moved.log`);
    await Deno.writeTextFile(`${cwd}/flyball.yaml`, config("debug"));
    service.started.kill("SIGHUP");
    await until(() => Deno.stat(`${cwd}/service.log`).then(() => true, () => false));
    await until(has(({ type }) => (type as string) === "config"));
    const [done] = await service.submit({ command: ["true"], correlationId: "c-7" });
    await until(has(({ task_id, move }) => task_id === done!.id && move === "ended"));
    const moves = lines().filter(({ task_id }) => task_id === done!.id);
    assertEquals(moves.map(({ move }) => move), ["accepted", "began", "ended"]);
    assertEquals(moves.map(({ operation }) => operation), ["true", "true", "true"]);
    assert(moves[2]!.attempts === 1 && moves[2]!.durationMs! > 0, JSON.stringify(moves[2]));
    assert(moves.every(({ correlation_id, node }) => correlation_id === "c-7" && node === "box"));
    const failed = Deno.readTextFileSync(`${cwd}/moved.log`).trimEnd().split("\n").map(readLine)
      .filter(({ task_id }) => task_id === failing!.id);
    assertEquals(failed.map(({ project_id, ending, category }) => [project_id, ending, category]), [
      ["p", "failed", "exit"],
    ]);
    const { attempts, waitMs, durationMs } = failed[0]!;
    assert(attempts === 1 && waitMs! >= 0 && durationMs! > 0, JSON.stringify(failed));
  });
});

Deno.test("logs: nobody waits for a log that nobody reads", async () => {
  await inFolder({}, async (cwd) => {
    const [main, tasks] = ["../main.ts", "../examples/tasks"]
      .map((path) => new URL(path, import.meta.url).pathname);
    const flags = ["--port", "0", "--tasks", tasks!, "--set", "log.level=debug"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", main!, "serve", ...flags],
      cwd,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const url = / on (http:\S+)/.exec((await reader.read()).value!)![1]!;
    const body = JSON.stringify({ jobs: Array.from({ length: 500 }, () => ({ task: "hello" })) });
    const headers = { "content-type": "application/json" };
    for (let i = 0; i < 4; i++) {
      const response = await fetch(`${url}/api/v1/jobs`, { method: "POST", headers, body });
      assertEquals(response.status, 202, await response.text());
    }
    const ended = async () => (await (await fetch(`${url}/api/v1/status`)).json()).ended.done;
    await until(async () => await ended() === 2_000);
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
    assertEquals((await child.status).code, 0);
    clearTimeout(late);
    await Promise.all([reader.cancel(), child.stderr.cancel()]);
  });
});
