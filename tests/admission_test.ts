/** The gate for jobs, as programs meet it. What comes over HTTP is in http_input_test.ts. */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { parseJob, parseJobs, parseLimits } from "../actors/admission.ts";
import { type Issue, Refusal } from "../actors/runtime.ts";

function refusalOf(value: unknown, pointer?: string): Refusal {
  return assertThrows(() => parseJob(value, pointer), Refusal);
}

Deno.test("admission: keeps what is valid and drops what is undefined", () => {
  const job = {
    task: "slowScan",
    input: { path: "a", nested: [1, null, { deep: true }] },
    pool: "default",
    operation: "scan",
    priority: "low",
    timeoutMs: 1,
    queueTimeoutMs: 2_147_483_647,
    retries: 0,
    backoff: { baseMs: 0 },
    idempotencyKey: "k",
    projectId: "p",
    onLoss: "fail",
  };
  assertEquals<unknown>(parseJob(job), job);
  const command = { command: ["ls", ""], env: { LANG: "C" }, cwd: "/tmp", stdin: "a\0b" };
  assertEquals<unknown>(parseJob(command), command);
  const sparse = { task: "a", input: undefined, retries: undefined, nonsense: undefined };
  assertEquals<unknown>(parseJob(sparse), { task: "a" });
});

Deno.test("admission: what happens to the words of a command afterwards is nothing to the job", () => {
  const command = ["echo", "one"];
  const job = parseJob({ command });
  command[1] = "two\0";
  assertEquals<unknown>(job, { command: ["echo", "one"] });
  assertEquals(refusalOf({ command }).code, "argv_nul");
});

Deno.test("admission: a limit of time that is right is taken again, a wrong one refused again", () => {
  for (const timeoutMs of [5_000, 5_000]) {
    assertEquals<unknown>(parseJob({ task: "a", timeoutMs }), { task: "a", timeoutMs });
  }
  for (const timeoutMs of [0, 0, -5_000, 1.5, "5000"]) {
    assertEquals(refusalOf({ task: "a", timeoutMs }).code, "invalid_timeout", `${timeoutMs}`);
  }
});

Deno.test("admission: input must be able to travel as JSON", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = [cycle, cycle, cycle];
  for (
    const [input, code] of [
      [cycle, "too_deep"],
      [{ a: 1n }, "invalid_input"],
      [() => 1, "invalid_input"],
      [[Symbol("s")], "invalid_input"],
      [NaN, "invalid_number"],
      [{ a: [-Infinity] }, "invalid_number"],
      ["\ud800", "not_well_formed"],
      [{ "\ud800": 1 }, "not_well_formed"],
    ] as const
  ) assertEquals(refusalOf({ task: "a", input }).code, code);
  assertEquals(parseJob({ task: "a", input: new Date(0) }).input, new Date(0));
  assertEquals(
    refusalOf({ task: "a", input: { "a/b~": [0, NaN] } }).issues[0]!.pointer,
    "/input/a~1b~0/1",
  );
});

Deno.test("admission: units are amounts by name, a deadline is an instant with its offset", () => {
  const job = {
    task: "a",
    units: { tokens: 0, bytesOut: 1e12 },
    deadlineAt: "2030-01-01T00:00:00Z",
  };
  assertEquals<unknown>(parseJob(job), job);
  const nine = Object.fromEntries("abcdefghi".split("").map((unit) => [unit, 1]));
  for (
    const [field, code, pointer] of [
      [{ units: { tokens: -1 } }, "invalid_units", "/units/tokens"],
      [{ units: { tokens: 0.5 } }, "invalid_units", "/units/tokens"],
      [{ units: { "No Name": 1 } }, "invalid_units", "/units/No Name"],
      [{ units: nine }, "invalid_units", "/units"],
      [{ units: ["tokens"] }, "invalid_units", "/units"],
      [{ deadlineAt: "2030-01-01" }, "invalid_deadline", "/deadlineAt"],
      [{ deadlineAt: -1 }, "invalid_deadline", "/deadlineAt"],
    ] as const
  ) {
    const refusal = refusalOf({ task: "a", ...field });
    assertEquals([refusal.code, refusal.issues[0]!.pointer], [code, pointer]);
  }
});

Deno.test("admission: says where, what was expected and what was given", () => {
  const refusal = refusalOf({ task: "a", timeoutMs: "10s", retries: 101 }, "/jobs/17");
  assertEquals(refusal.code, "invalid_timeout");
  assertEquals(refusal.issues, [
    {
      pointer: "/jobs/17/timeoutMs",
      message: '/jobs/17/timeoutMs must be an integer 1..2147483647, given "10s"',
      expected: "an integer 1..2147483647",
      given: '"10s"',
    },
    {
      pointer: "/jobs/17/retries",
      message: "/jobs/17/retries must be an integer 0..100, given 101",
      expected: "an integer 0..100",
      given: "101",
    },
  ]);
});

Deno.test("admission: names the field inside of a field", () => {
  const shown = (job: object) => {
    const { code, message, issues: [{ pointer, expected, given }] } = refusalOf({
      task: "a",
      ...job,
    }) as unknown as { code: string; message: string; issues: [Issue] };
    assert(message.includes(pointer), message);
    return [code, pointer, expected, given];
  };
  const limits = "memoryBytes, cpuCores, openFiles, nice, ioClass, ioRatio, affinity";
  assertEquals(shown({ limits: { memory: 1 } }), [
    "unrecognized_key",
    "/limits/memory",
    `one of ${limits}`,
    "memory",
  ]);
  assertEquals(shown({ limits: { nice: 20 } }), [
    "invalid_limits",
    "/limits/nice",
    "an integer 1..19",
    "20",
  ]);
  assertEquals(shown({ limits: "x" }), [
    "invalid_limits",
    "/limits",
    `an object of ${limits}`,
    '"x"',
  ]);
  assertEquals(shown({ backoff: { min: 1 } }), [
    "unrecognized_key",
    "/backoff/min",
    "one of baseMs, maxMs",
    "min",
  ]);
  const delay = "an integer 0..2147483647";
  assertEquals(shown({ backoff: { baseMs: -1 } }), [
    "invalid_backoff",
    "/backoff/baseMs",
    delay,
    "-1",
  ]);
  const late = assertThrows(() => parseLimits({ memoryBytes: "1", cpu: 1 }), Refusal);
  assertEquals(late.issues.map(({ pointer }) => pointer), ["/limits/memoryBytes", "/limits/cpu"]);
});

Deno.test("admission: says what a variable would have to be", () => {
  const shown = (env: unknown) => {
    const { message, issues: [issue] } = refusalOf({ command: ["ls"], env });
    return [message, issue!.expected, issue!.given];
  };
  assertEquals(shown({ FLYBALL_MARK: "1" }), [
    'Cannot set the variable "FLYBALL_MARK": names that begin with FLYBALL_ are Flyball\'s',
    "another name",
    "FLYBALL_MARK",
  ]);
  assertEquals(shown({ LD_PRELOAD: "x" }), [
    'Cannot set the variable "LD_PRELOAD": it can change what code a program runs',
    "another name",
    "LD_PRELOAD",
  ]);
  assertEquals(shown({ A: 5 }), [
    'Cannot set the variable "A": it must have a string as its value, given number',
    "a string as its value",
    "number",
  ]);
  assertEquals(shown({ A: "b\0" }).slice(1), ["a value without NUL", "one at index 1"]);
  assertEquals(shown({ "A=B": "c" }).slice(1), ["a name without '=' and NUL", "A=B"]);
  assertEquals(shown(["A=B"]).slice(1), ["an object of strings", "an array of 1"]);
});

Deno.test("admission: never repeats the value of a variable", () => {
  const refusal = refusalOf({ command: ["ls"], env: { GIT_TOKEN: "hunter2" } });
  assertEquals(refusal.code, "env_not_allowed");
  assert(!JSON.stringify([refusal.message, refusal.issues]).includes("hunter2"));
});

Deno.test("admission: a job is of one kind, with what goes with that kind", () => {
  const shown = (job: object) => {
    const { code, issues } = refusalOf(job);
    return `${code} ${issues[0]!.pointer} ${issues[0]!.given}`;
  };
  assertEquals(shown({}), "no_command  none");
  assertEquals(shown({ task: "a", shell: "b" }), "invalid_job  task and shell");
  assertEquals(
    shown({ command: ["a"], stages: [{ name: "b", shell: "c" }] }),
    "invalid_job  command and stages",
  );
  assertEquals(shown({ command: ["a"], input: 1 }), "invalid_input /input 1");
  assertEquals(shown({ command: ["a"], args: ["b"] }), "invalid_args /args an array of 1");
  assertEquals(shown({ task: "a", stdin: "b" }), 'invalid_stdin /stdin "b"');
  assertEquals(
    shown({ stages: [{ name: "b", shell: "c" }], env: {} }),
    "invalid_env /env an object",
  );
  assertEquals(
    shown({ stages: [{ name: "b", shell: "c" }], cache: false }),
    "invalid_cache /cache false",
  );
  assertEquals(
    shown({ task: "a", workspace: {}, projectId: "p" }),
    "invalid_workspace /workspace an object",
  );
});

Deno.test("admission: looks for 20 issues and no more", () => {
  const bad = { task: "", retries: -1 };
  const refusal = assertThrows(() => parseJobs({ jobs: Array(10_000).fill(bad) }), Refusal);
  assertEquals(refusal.issues.length, 20);
  assertEquals(refusal.issues[19]!.pointer, "/jobs/9/retries");
});

Deno.test("admission: what was read from a body is not read again, a copy of it is", () => {
  const [job] = parseJobs({ task: "a", retries: 1 });
  assertStrictEquals(parseJob(job), job);
  assertEquals(refusalOf({ ...job, retries: -1 }).issues[0]!.pointer, "/retries");
});

Deno.test("admission: reads one job or many", () => {
  assertEquals(parseJobs({ task: "a" }), [{ task: "a" }]);
  assertEquals(parseJobs({ jobs: [{ task: "a" }, { command: ["b"] }] }), [
    { task: "a" },
    { command: ["b"] },
  ]);
  const extra = assertThrows(() => parseJobs({ jobs: [{ task: "a" }], wait: 1 }), Refusal);
  assertEquals([extra.code, extra.issues[0]!.pointer], ["unrecognized_key", "/wait"]);
});

Deno.test("admission: what was right once stays right, what was wrong stays wrong, in its own field", () => {
  const key = "host:read-twice";
  for (let i = 0; i < 2; i++) {
    assertEquals(parseJob({ task: "hash", key }), { task: "hash", key });
    refusalOf({ task: "hash", key: "Host:read-twice" });
    refusalOf({ task: key });
    refusalOf({ task: "hash", key: "hash" });
  }
});

Deno.test("admission: a hundred thousand keys are read as well as one", () => {
  for (let i = 0; i < 100_000; i++) {
    const key = `host:${i}`;
    assertEquals(parseJob({ task: "hash", key }).key, key);
  }
  refusalOf({ task: "hash", key: "host" });
});
