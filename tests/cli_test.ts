import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Refusal } from "../actors/runtime.ts";
import { complain, oneLine } from "../cli/complain.ts";
import { exitOf } from "../cli/exit.ts";
import { jobLine } from "../cli/job_text.ts";
import { logLine } from "../cli/log.ts";
import { etaMs, progressLine, rateMeter } from "../cli/progress.ts";
import { findTasks } from "../cli/task_files.ts";

const main = new URL("../main.ts", import.meta.url).pathname;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a process and a directory of its own. */
async function flyball(
  args: readonly string[],
  { cwd, input = "", env = {} }: {
    readonly cwd: string;
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<Ended> {
  const kept = ["PATH", "HOME", "DENO_DIR", "TMPDIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", main, ...args],
    cwd,
    clearEnv: true,
    env: { ...Object.fromEntries(kept), NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A program that refuses its arguments never reads its input.
  const written = writer.write(new TextEncoder().encode(input)).then(() => writer.close());
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), written.catch(() => {})]);
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

async function inFolder(
  files: Readonly<Record<string, string>>,
  test: (cwd: string) => Promise<void>,
): Promise<void> {
  const cwd = await Deno.makeTempDir({ prefix: "flyball-cli-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(cwd, name), text);
    }
    await test(cwd);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

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
  await inFolder({}, async (cwd) => {
    const cases: [string[], string][] = [
      [["serve", "--prot", "1"], "unknown option '--prot' (Did you mean --port?)"],
      [["serve", "--port", "70000"], "expected a whole number 0..65535"],
      [["serve", "--port"], "argument missing"],
      [["map", "--jobs=abc"], "expected a whole number 1..10000"],
      [["map", "--timeout", "10"], "a text needs a unit"],
      [["map", "--halt", "later"], "--halt expected"],
      [["map", "--resume"], "--resume needs --joblog"],
      [["srve"], "unknown command 'srve' (Did you mean serve?)"],
      [["status", "--", "x"], "status takes nothing after --"],
      [["submit"], "either a task or -- and a command"],
      [["serve", "--set", "nonsense"], "--set expected key.key=value"],
      [["job"], "missing required argument 'id'"],
    ];
    await Promise.all(cases.map(async ([args, expected]) => {
      const { code, stderr } = await flyball(args, { cwd });
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
    "comment.json": '{\n  // no\n  "preset": "plan"\n}\n',
  };
  await inFolder(files, async (cwd) => {
    const check = async (file: string, code: number, ...lines: (string | RegExp)[]) => {
      const ended = await flyball(["config", "check", "--config", file], { cwd });
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
        "many.yaml:2:29 server.prt: unknown key; did you mean server.port?",
        /^flyball: many\.yaml:1:9 worker: unknown key; /,
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
      "flyball: service unreachable at unix:.flyball/control.sock: No such file or directory\n",
    );
    assertStringIncludes(ended[1].stderr, "service unreachable at unix:elsewhere/control.sock: ");
    assertStringIncludes(ended[2].stderr, "service unreachable at http://127.0.0.1:1: ");
    ended.forEach(({ stderr }) => noStack(stderr));
  });
});

Deno.test("cli: run and submit refuse what is not JSON and tasks that do not exist", async () => {
  await inFolder({}, async (cwd) => {
    await Deno.mkdir(join(cwd, "tasks"));
    await Deno.writeTextFile(join(cwd, "tasks", "hash.ts"), "export default () => 1;\n");
    const ended = await Promise.all([
      flyball(["run", "hash", "--input", "{bad"], { cwd }),
      flyball(["run", "hash", "--input", "-"], { cwd, input: "[1," }),
      flyball(["run", "hsah"], { cwd }),
      flyball(["run", "hash", "--tasks", "nowhere"], { cwd }),
      flyball(["submit", "hash", "--input", "nope"], { cwd }),
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
      flyball(["map", "--dry-run", "--", "cp", "{}", "{}.bak"], { cwd, input: "a b\n\nc'd\n" }),
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
      const waited = await flyball(["submit", "hash", ...flags], { cwd });
      assertEquals([waited.code, waited.stdout], [0, '{"sum":5}\n'], waited.stderr);
      assert(asked >= 3);
      const submitted = await flyball(["submit", "--", "ls", "-l"], { cwd });
      assertEquals(submitted.stdout, "j7\n");
      assertEquals(bodies, [
        { task: "hash", input: { a: 1 }, priority: "high", timeoutMs: 10_000 },
        { command: ["ls", "-l"] },
      ]);
      const shown = await flyball(["job", "j7"], { cwd });
      assertStringIncludes(shown.stdout, "j7 done · hash · 12 ms\n");
      const json = await flyball(["job", "j7", "--follow", "--json"], { cwd });
      assertEquals([json.code, JSON.parse(json.stdout).outcome.output.sum], [0, 5]);
      const missing = await flyball(["job", "j8"], { cwd });
      assertEquals([missing.code, missing.stderr], [64, "flyball: Job j8 was not found\n"]);
      const status = await flyball(["status", "--json"], { cwd });
      assertEquals(status.stdout, '{"pools":[]}\n');
    });
  });
});

Deno.test("cli: serve refuses a data directory it cannot own and a token others can read", async () => {
  await inFolder({ file: "", token: "0123456789abcdef0123456789abcdef" }, async (cwd) => {
    await Deno.chmod(join(cwd, "token"), 0o644);
    await Deno.mkdir(join(cwd, "open"));
    await Deno.chmod(join(cwd, "open"), 0o777);
    const serve = (...flags: string[]) => flyball(["serve", "--port", "0", ...flags], { cwd });
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

Deno.test("exit: every refusal ends with its documented code, anything else with 70", () => {
  const codes: Record<string, number> = {
    usage: 64,
    unknown_task: 64,
    some_code_of_the_future: 64,
    no_input: 66,
    service_unreachable: 69,
    port_in_use: 69,
    cannot_create: 73,
    already_running: 75,
    port_not_permitted: 77,
    invalid_config: 78,
    refuse_public_without_token: 78,
    gave_up: 70,
  };
  for (const [code, expected] of Object.entries(codes)) {
    assertEquals(exitOf(new Refusal(code, "no")), expected, code);
  }
  assertEquals(exitOf(new Error("broken")), 70);
  assertEquals(exitOf(new Deno.errors.PermissionDenied("no")), 77);
});

Deno.test("complain: one harmless line for a mistake, a stack for a fault of ours", () => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  complain(new Refusal("usage", "a\n b\x1b[31mc"), print);
  assertEquals(lines.splice(0), ["flyball: a b\\x1b[31mc"]);
  complain(new Error("broken invariant"), print);
  assertMatch(lines[0]!, /^flyball: internal error: Error: broken invariant\n\s+at /);
  assertEquals(oneLine("x\x00\x9by"), "x\\x00\\x9by");
});

Deno.test("progress: one line with rate, time left and the last reason, cut to the terminal", () => {
  const pool = {
    workers: { ready: 8, starting: 0, draining: 0, idle: 1 },
    lastResize: { at: "", from: 4, to: 8, because: "head waited 31 ms", decision: 3 },
  };
  const progress = { succeeded: 120, failed: 2, running: 16, ratePerS: 55.3, etaMs: 80_000, pool };
  const line =
    "120 done · 2 failed · 16 running · 8 workers · 55/s · ETA 1m20s · 4 -> 8: head waited 31 ms";
  assertEquals(progressLine(progress, 200), line);
  assertEquals(progressLine(progress, 20), `${line.slice(0, 19)}…`);
  assertEquals(
    progressLine({ ...progress, failed: 0, ratePerS: null, etaMs: null, pool: null }, 80),
    "120 done · 16 running",
  );
});

Deno.test("progress: the time left follows from the share of the input and the rate", () => {
  assertEquals(etaMs({ ended: 80, open: 20, share: 0.5, ratePerS: 10 }), 12_000);
  assertEquals(etaMs({ ended: 80, open: 20, share: 1, ratePerS: 10 }), 2_000);
  assertEquals(etaMs({ ended: 80, open: 20, share: null, ratePerS: 10 }), null);
  assertEquals(etaMs({ ended: 0, open: 20, share: 1, ratePerS: 0 }), null);
  const meter = rateMeter(10_000);
  assertEquals(meter(0, 0), null);
  assertEquals(meter(50, 1_000), 50);
  for (let second = 2; second <= 20; second++) meter(50, second * 1_000);
  assertEquals(meter(50, 21_000), 0);
});

Deno.test("tasks: one file is one task, tests and private files are none", async () => {
  const files = {
    "hash.ts": "",
    "scan-many.mjs": "",
    "hash_test.ts": "",
    "types.d.ts": "",
    "_shared.ts": "",
    "README.md": "",
  };
  await inFolder(files, async (cwd) => {
    const tasks = await findTasks(cwd);
    assertEquals(Object.keys(tasks), ["hash", "scan-many"]);
    assertEquals(tasks.hash!.url, new URL(`file://${cwd}/hash.ts`).href);
    await Deno.writeTextFile(join(cwd, "Bad Name.ts"), "");
    const refusal = await findTasks(cwd).catch((error) => error);
    assertEquals([refusal instanceof Refusal, refusal.code], [true, "invalid_task_name"]);
  });
});

Deno.test("log: a control fact is one line of JSON, facts about jobs are none", () => {
  const stamp = { seq: 9, at: 0 };
  const resized = { type: "resized", pool: "default", from: 2, actual: 4, decision: 7 } as const;
  const line = logLine({ ...stamp, fact: { ...resized, trigger: "a\nb" } })!;
  assertEquals(line.includes("\n"), false);
  assertEquals(JSON.parse(line), {
    at: "1970-01-01T00:00:00.000Z",
    seq: 9,
    type: "resized",
    level: "info",
    pool: "default",
    from: 2,
    to: 4,
    decision: 7,
    because: "a\nb",
  });
  assertEquals(logLine({ ...stamp, fact: { type: "jobs", move: "ended", ids: ["j1"] } }), null);
  assertEquals(logLine({ type: "gap", from: 1, to: 2 }), null);
});

Deno.test("job: its line cannot smuggle control characters to the terminal", () => {
  const line = jobLine({
    id: "j1",
    state: "failed",
    command: ["echo", "\x1b]0;owned\x07"],
    operation: "echo",
    pool: "default",
    priority: "normal",
    attempt: 2,
    acceptedAt: "",
  });
  assertEquals(line, "j1 failed · echo $'\\x1b]0;owned\\x07' · attempt 2");
});
