/** RF36 and RF38: what programs do when they are signalled, as programs. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { flyball, inFolder, startFlyball } from "./command_line.ts";
import { processesWith } from "./live.ts";
import { serve } from "./serving.ts";
import { until } from "./until.ts";

const lines = (path: string) => {
  try {
    return Deno.readTextFileSync(path).split("\n").filter(Boolean);
  } catch {
    return [];
  }
};

const config = (max: unknown, rest = "") =>
  `pools: { default: { workers: { min: 1, max: ${max} } } }\n${rest}`;

Deno.test("signals: SIGHUP lets the service read its configuration again, wrong ones change nothing", async () => {
  await inFolder({ "flyball.yaml": config(2) }, async (cwd) => {
    await using service = await serve(cwd);
    const cap = async () => (await service.status()).pools[0].envelope.cap;
    const reload = async (text: string, said: RegExp) => {
      await Deno.writeTextFile(`${cwd}/flyball.yaml`, text);
      service.started.kill("SIGHUP");
      return JSON.parse(await service.started.line(said));
    };
    await until(async () => await cap() === 2);

    const { version, change } = await reload(
      config(1, "jobs: { retries: 2 }"),
      /"type":"config".* -> /,
    );
    assertEquals(version, 2);
    assertEquals(change, "pools.default.workers.max 2 -> 1; jobs.retries 0 -> 2");
    await until(async () => await cap() === 1);

    for (
      const [text, reason] of [
        [config("-1"), /pools\.default\.workers\.max/],
        [config(0, "jobs: { retrys: 1 }"), /did you mean jobs\.retries/],
        ["pools: [", /sequence/i],
      ] as const
    ) {
      const { code, message } = await reload(
        text,
        new RegExp(`config_rejected.*${reason.source}`),
      );
      assertEquals(code, "config_rejected");
      assertMatch(message, /^The configuration stays as it is: /);
    }
    assertEquals(await cap(), 1);

    const later = await reload(
      config(1, "jobs: { retries: 2 }\nserver: { allowedHosts: [a.example] }"),
      /needs a restart/,
    );
    assertEquals(
      later.change,
      'server.allowedHosts [] -> ["a.example"] (needs a restart)',
    );
    assertEquals((await service.ask("GET", "/readyz")).status, 200);
    const [job] = await service.submit({ command: ["false"] });
    await until(async () => (await service.job(job!.id)).state === "retrying");
  });
});

Deno.test("signals: a hard stop gives back what has begun, though it must not run twice", async () => {
  await inFolder({}, async (cwd) => {
    let id: string;
    {
      await using first = await serve(cwd);
      const command = ["sh", "-c", `echo $$ >> ${cwd}/runs; sleep 600`];
      id = (await first.submit({ command, onLoss: "fail" }))[0]!.id;
      await until(() => lines(`${cwd}/runs`).length === 1);
      first.started.kill("SIGTERM");
      await first.started.line(/letting running jobs end, at most 25 s; once more stops them/);
      const startMs = performance.now();
      first.started.kill("SIGTERM");
      assertEquals((await first.started.ended).code, 0);
      assert(performance.now() - startMs < 10_000);
    }
    assertEquals(processesWith(cwd), []);
    await using second = await serve(cwd);
    await until(() => lines(`${cwd}/runs`).length === 2);
    await until(async () => (await second.job(id)).state === "running");
  });
});

Deno.test("signals: map lets begun commands end and begins no more", async () => {
  await inFolder({}, async (cwd) => {
    const input = Array.from({ length: 200 }, (_, n) => `${n}\n`).join("");
    await Deno.writeTextFile(`${cwd}/input`, input);
    const line = `echo $1 >> ${cwd}/began; sleep 0.4; echo $1 >> ${cwd}/ended`;
    await using map = startFlyball(["map", "--", "sh", "-c", line, "sh", "{}"], { cwd, input });
    await until(() => lines(`${cwd}/began`).length > 0);
    map.kill("SIGINT");
    const { code, stderr } = await map.ended;
    assertEquals(code, 130, stderr);
    assertStringIncludes(stderr, "SIGINT: letting running jobs end");
    const [began, ended] = [lines(`${cwd}/began`), lines(`${cwd}/ended`)];
    assertEquals(ended.toSorted(), began.toSorted());
    assert(began.length < 200, `${began.length} began`);
    assertEquals(processesWith(cwd), []);
  });
});

Deno.test("signals: map stops at once at the second signal, and leaves nothing", async () => {
  await inFolder({}, async (cwd) => {
    const line = `echo $1 >> ${cwd}/began; sleep 600`;
    const args = ["map", "--", "sh", "-c", line, "sh", "{}"];
    await using map = startFlyball(args, { cwd, input: "1\n2\n" });
    await until(() => lines(`${cwd}/began`).length === 2);
    map.kill("SIGTERM");
    await map.line(/letting running jobs end/);
    map.kill("SIGINT");
    assertEquals((await map.ended).code, 130);
    await until(() => processesWith(cwd).length === 0);
  });
});

Deno.test("signals: run lets its task end at the first signal and not at the second", async () => {
  const nap = `export default { kind: "flyball.task", run: async ({ ms }, { log }) => {
    log("begun"); await new Promise((resolve) => setTimeout(resolve, ms)); return "slept"; } };`;
  await inFolder({}, async (cwd) => {
    await Deno.mkdir(`${cwd}/tasks`);
    await Deno.writeTextFile(`${cwd}/tasks/nap.ts`, nap);
    const run = (ms: number) => startFlyball(["run", "nap", "--input", `{"ms":${ms}}`], { cwd });
    {
      await using short = run(1_500);
      await until(() => processesWith(cwd).length > 1);
      short.kill("SIGINT");
      const { code, stdout } = await short.ended;
      // Where the task had not begun yet it is not begun any more.
      assert(stdout === '"slept"\n' || stdout === "", stdout);
      assertEquals(code, 130);
    }
    await using long = run(600_000);
    await until(() => processesWith(cwd).length > 1);
    long.kill("SIGTERM");
    await long.line(/letting running jobs end/);
    long.kill("SIGTERM");
    assertEquals((await long.ended).code, 130);
    await until(() => processesWith(cwd).length === 0);
  });
});

Deno.test("signals: a configuration that is wrong at the start lists all that is wrong with it", async () => {
  const text = "server: { prot: 1 }\njobs: { retries: -1 }\nstore: { engine: paper }\n";
  await inFolder({ "flyball.yaml": text }, async (cwd) => {
    const { code, stderr, stdout } = await flyball(["serve", "--port", "0"], { cwd });
    assertEquals([code, stdout], [78, ""], stderr);
    for (const key of ["server.prot", "jobs.retries", "store.engine"]) {
      assertStringIncludes(stderr, key);
    }
  });
});
