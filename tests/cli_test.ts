import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { startClerk } from "./clerk.ts";
import { flyball, inFolder } from "./command_line.ts";

/** A service on the control socket that answers from a script. */
async function withService(
  cwd: string,
  answer: (request: Request) => Response | Promise<Response>,
  test: () => Promise<void>,
): Promise<void> {
  await Deno.mkdir(join(cwd, ".flyball"), { mode: 0o700 });
  const server = Deno.serve({
    path: join(cwd, ".flyball", "control.sock"),
    onListen: () => {},
  }, answer);
  try {
    await test();
  } finally {
    await server.shutdown();
  }
}

const noStack = (stderr: string) => assert(!/^\s+at /m.test(stderr), stderr);

Deno.test("cli: a mistake in the arguments is one line, a usage line and 64", async () => {
  await inFolder({ "broken.json": "5" }, async (cwd) => {
    const cases: [string[], string][] = [
      [["serve", "--prot", "1"], "unknown option '--prot' (Did you mean --port?)"],
      [["serve", "--port", "70000"], "expected a whole number 0..65535"],
      [["serve", "--port"], "argument missing"],
      [["map", "--jobs=abc"], "expected a number up to 10000, or of cores"],
      [["map", "--timeout", "ten"], 'a duration such as "10m", given "ten"'],
      [["map", "--pipe", "cat"], "--pipe of GNU parallel is not supported: "],
      [["map", "-n", "2"], "several inputs need a command"],
      [["submit", "--job", "broken.json"], "--job broken.json must be a JSON object, given 5"],
      [["map", "--halt", "later"], "--halt expected"],
      [["map", "--resume"], "--resume needs --joblog"],
      [["srve"], "unknown command 'srve' (Did you mean serve?)"],
      [["status", "--", "x"], "status takes nothing after --"],
      [["submit", "a", "--unit", "tokens"], "expected a unit and an amount: tokens=9"],
      [["submit"], "exactly one of a task, -- and a command, --shell or --job, given none"],
      [["submit", "a", "--shell", "b"], "given a task and --shell"],
      [["submit", "--input", "1", "--", "a"], "a task beside it, given -- and a command"],
      [["serve", "--set", "nonsense"], "--set expected key.key=value"],
      [["job"], "missing required argument 'id'"],
    ];
    await using clerk = startClerk();
    await Promise.all(cases.map(async ([args, expected], at) => {
      const { code, stderr } = await (at < 2 ? flyball : clerk.flyball)(args, { cwd });
      assertEquals(code, 64, stderr);
      const lines = stderr.trimEnd().split("\n");
      assertEquals(lines.length, 2, stderr);
      assertStringIncludes(lines[0]!, `flyball: `);
      assertStringIncludes(lines[0]!, expected);
      assertMatch(lines[1]!, /^usage: flyball /);
    }));
  });
});

Deno.test("cli: help and version are no mistakes; nothing at all is", async () => {
  await inFolder({}, async (cwd) => {
    const [help, version, verb, nothing] = await Promise.all(
      [["--help"], ["--version"], ["map", "--help"], []].map((args) => flyball(args, { cwd })),
    );
    assertEquals([help!.code, version!.code, verb!.code, nothing!.code], [0, 0, 0, 64]);
    assertStringIncludes(help!.stdout, "run one command per line of stdin");
    assertMatch(version!.stdout, /^\d+\.\d+\.\d+/);
    assertStringIncludes(verb!.stdout, "--keep-order");
  });
});

Deno.test("cli: bad configuration is 78 with line and column, a missing file 66", async () => {
  const files = {
    "broken.yaml": "pools: [\n",
    "range.yaml": "pools:\n  default:\n    workers: { min: 8, max: 4 }\n",
    "many.yaml": "worker: { mx: 1 }\nserver: { port: 70000, prt: 2 }\n",
    "cron.yaml": 'schedules: { a: { cron: "61 * * * *", job: { task: t, runAt: 0 } } }\n',
    "comment.json": '{\n  // no\n  "preset": "plan"\n}\n',
  };
  await inFolder(files, async (cwd) => {
    await using clerk = startClerk();
    const check = async (file: string, code: number, ...lines: (string | RegExp)[]) => {
      const ended = await clerk.flyball(["config", "check", "--config", file], { cwd });
      assertEquals(ended.code, code, ended.stderr);
      noStack(ended.stderr);
      const given = ended.stderr.trimEnd().split("\n");
      assertEquals(given.length, lines.length, ended.stderr);
      lines.forEach((line, at) =>
        typeof line === "string"
          ? assertEquals(given[at], `flyball: ${line}`)
          : assertMatch(given[at]!, line)
      );
    };
    await Promise.all([
      check("none.yaml", 66, "configuration file none.yaml does not exist"),
      check("broken.yaml", 78, /^flyball: broken\.yaml:\d+:\d+ /),
      check(
        "cron.yaml",
        78,
        /^flyball: cron\.yaml:1:25 schedules\.a\.cron: must be .*: 61\), given/,
      ),
      check("comment.json", 78, /^flyball: comment\.json:2:3 /),
      check(
        "range.yaml",
        78,
        "range.yaml:3:21 pools.default.workers.min (8) must be <= pools.default.workers.max (4)",
      ),
      check(
        "many.yaml",
        78,
        "many.yaml:2:17 server.port: expected <= 65535, given 70000",
        "many.yaml:2:24 server.prt: unknown key; did you mean server.port?",
        /^flyball: many\.yaml:1:1 worker: unknown key; /,
      ),
    ]);
  });
});

Deno.test("cli: flyball.yaml is found, the environment overrides it and empty values warn", async () => {
  await inFolder(
    { "flyball.yaml": "server: { port: 1000 }\njobs: { timeoutMs: 5m }\n" },
    async (cwd) => {
      const { code, stdout, stderr } = await flyball(
        ["config", "show", "--set", "jobs.retries=3"],
        {
          cwd,
          env: { FLYBALL_PORT: "2000", FLYBALL_JOBS__RETRIES: "1", FLYBALL_HOST: "" },
        },
      );
      assertEquals(code, 0, stderr);
      const { server, jobs } = JSON.parse(stdout);
      assertEquals([server.port, server.host], [2000, "127.0.0.1"]);
      assertEquals([jobs.timeoutMs, jobs.retries], [300_000, 3]);
      assertEquals(stderr, "flyball: warning: FLYBALL_HOST is empty and was ignored\n");
    },
  );
});

Deno.test("cli: no service is 69 with its address", async () => {
  await inFolder({}, async (cwd) => {
    const ended = await Promise.all([
      flyball(["status"], { cwd }),
      flyball(["submit", "nosuch", "--data", "elsewhere"], { cwd }),
      flyball(["job", "j1", "--url", "http://127.0.0.1:1"], { cwd }),
    ]);
    assertEquals(ended.map(({ code }) => code), [69, 69, 69]);
    assertEquals(
      ended[0].stderr,
      "flyball: service unreachable at unix:.flyball/control.sock: No such file or directory " +
        "(is it started there? --data and --url name another place)\n",
    );
    assertStringIncludes(ended[1].stderr, "service unreachable at unix:elsewhere/control.sock: ");
    assertStringIncludes(ended[2].stderr, "service unreachable at http://127.0.0.1:1: ");
    ended.forEach(({ stderr }) => noStack(stderr));
  });
});

Deno.test("cli: run and submit refuse what is not JSON and tasks that do not exist", async () => {
  await inFolder({}, async (cwd) => {
    await using clerk = startClerk();
    await Deno.mkdir(join(cwd, "tasks"));
    await Deno.writeTextFile(join(cwd, "tasks", "hash.ts"), "export default () => 1;\n");
    const ended = await Promise.all([
      clerk.flyball(["run", "hash", "--input", "{bad"], { cwd }),
      clerk.flyball(["run", "hash", "--input", "-"], { cwd, input: "[1," }),
      clerk.flyball(["run", "hsah"], { cwd }),
      clerk.flyball(["run", "hash", "--tasks", "nowhere"], { cwd }),
      clerk.flyball(["submit", "hash", "--input", "nope"], { cwd }),
    ]);
    assertEquals(ended.map(({ code }) => code), [64, 64, 64, 66, 64]);
    const said = ended.map(({ stderr }) => stderr.trimEnd());
    assertMatch(said[0]!, /^flyball: --input expected JSON: .+$/);
    assertMatch(said[1]!, /^flyball: --input expected JSON: .+$/);
    assertEquals(said[2], 'flyball: unknown task "hsah": did you mean hash?');
    assertEquals(said[3], "flyball: there is no folder of tasks at nowhere");
    assertMatch(said[4]!, /^flyball: --input expected JSON: .+$/);
  });
});

Deno.test("cli: map --dry-run prints quoted commands and counts what is none", async () => {
  await inFolder({}, async (cwd) => {
    const [some, lines] = await Promise.all([
      flyball(["map", "--dry-run", "--", "cp", "{}", "{}.bak"], { cwd, input: "a b\nc'd\n" }),
      flyball(["map", "--dry-run"], { cwd, input: "ls -l\nls | wc\n" }),
    ]);
    assertEquals(some.code, 0, some.stderr);
    assertEquals(some.stdout, "cp 'a b' 'a b.bak'\ncp 'c'\\''d' 'c'\\''d.bak'\n");
    assertEquals([lines.code, lines.stdout], [1, "ls -l\n"]);
    assertStringIncludes(lines.stderr, "flyball: line 2: cannot start it without a shell: |");
  });
});

Deno.test("cli: submit, job and status speak to the control socket", async () => {
  await inFolder({}, async (cwd) => {
    await using clerk = startClerk();
    const bodies: unknown[] = [];
    let asked = 0;
    const view = {
      id: "j7",
      task: "hash",
      operation: "hash",
      pool: "default",
      priority: "high",
      attempt: 1,
      acceptedAt: "2026-01-01T00:00:00.000Z",
    };
    const outcome = { type: "done", output: { sum: 5 }, durationMs: 12, attempts: 1 };
    const answer = async (request: Request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/api/v1/status") return Response.json({ pools: [] });
      if (pathname === "/api/v1/jobs/j7") {
        return Response.json(
          ++asked < 3 ? { ...view, state: "running" } : { ...view, state: "done", outcome },
        );
      }
      if (pathname !== "/api/v1/jobs") {
        const problem = { code: "not_found", detail: "Job j8 was not found" };
        return Response.json(problem, { status: 404 });
      }
      bodies.push(await request.json());
      return Response.json({ jobs: [{ id: "j7", state: "waiting" }] }, { status: 202 });
    };
    await withService(cwd, answer, async () => {
      const flags = ["--input", '{"a":1}', "--priority", "high", "--timeout", "10s", "--wait"];
      const waited = await clerk.flyball(["submit", "hash", ...flags], { cwd });
      assertEquals([waited.code, waited.stdout], [0, '{"sum":5}\n'], waited.stderr);
      assert(asked >= 3);
      const keys = ["--key", "host:a", "--key", "agent:b", "--unit", "tokens=9", "--unit", "a=0"];
      const submitted = await clerk.flyball(["submit", ...keys, "--", "ls", "-l"], { cwd });
      assertEquals(submitted.stdout, "j7\n");
      assertEquals(bodies, [
        { task: "hash", input: { a: 1 }, priority: "high", timeoutMs: 10_000 },
        { command: ["ls", "-l"], keys: ["host:a", "agent:b"], units: { tokens: 9, a: 0 } },
      ]);
      const shown = await clerk.flyball(["job", "j7"], { cwd });
      assertStringIncludes(shown.stdout, "j7 done · hash · 12 ms\n");
      const json = await clerk.flyball(["job", "j7", "--follow", "--json"], { cwd });
      assertEquals([json.code, JSON.parse(json.stdout).outcome.output.sum], [0, 5]);
      const missing = await clerk.flyball(["job", "j8"], { cwd });
      assertEquals([missing.code, missing.stderr], [66, "flyball: Job j8 was not found\n"]);
      const status = await clerk.flyball(["status", "--json"], { cwd });
      assertEquals(status.stdout, '{"pools":[]}\n');
    });
  });
});

Deno.test("cli: serve refuses a data directory it cannot own and a token others can read", async () => {
  await inFolder({ file: "", token: "0123456789abcdef0123456789abcdef" }, async (cwd) => {
    await Deno.chmod(join(cwd, "token"), 0o644);
    await Deno.mkdir(join(cwd, "open"));
    await Deno.chmod(join(cwd, "open"), 0o777);
    await using clerk = startClerk();
    const serve = (...flags: string[]) =>
      clerk.flyball(["serve", "--port", "0", ...flags], { cwd });
    const [file, open, token, none, tasks] = await Promise.all([
      serve("--data", "file"),
      serve("--data", "open"),
      serve("--token-file", "token"),
      serve("--token-file", "none"),
      serve("--tasks", "none"),
    ]);
    assertEquals([file, open, token, none, tasks].map(({ code }) => code), [73, 73, 78, 66, 66]);
    assertStringIncludes(file.stderr, "cannot use data directory file: ");
    assertStringIncludes(open.stderr, "others may write to it");
    assertStringIncludes(token.stderr, "chmod 600");
  });
});

Deno.test("cli: a temporary folder that can't be had is named, with what names it", async () => {
  await inFolder({}, async (cwd) => {
    const { code, stderr } = await flyball(["map", "--", "true"], {
      ...{ cwd, input: "one\n", env: { TMPDIR: "/proc" } },
    });
    assertEquals(code, 73);
    assertMatch(stderr, /^flyball: cannot make a temporary folder in \/proc \(TMPDIR\): .*\n$/);
  });
});
