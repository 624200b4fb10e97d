/**
 * Bad requests and how they are answered, as a table.
 *
 * @module
 */

/** One bad request and its answer. */
export interface Row {
  readonly name: string;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly pointer?: string;
  /** A part of the detail. */
  readonly says?: string;
}

const bad = (name: string, body: unknown, code: string, pointer = ""): Row => ({
  name,
  body,
  status: 400,
  code,
  pointer,
});
const job = (name: string, field: Record<string, unknown>, code: string, pointer?: string): Row =>
  bad(name, { task: "hash", ...field }, code, pointer ?? `/${Object.keys(field)[0]}`);
const argv = (name: string, command: unknown, code: string, pointer = "/command"): Row =>
  bad(name, { command }, code, pointer);
const stages = (name: string, stages: unknown, code: string, pointer: string): readonly Row[] => [
  bad(`stages: ${name}`, { stages }, code, `/stages${pointer}`),
];
const workspace = (name: string, workspace: object, pointer: string): Row =>
  bad(
    `workspace: ${name}`,
    { projectId: "p", stages: [{ name: "a", command: ["b"] }], workspace },
    "invalid_workspace",
    `/workspace${pointer}`,
  );
const raw = (name: string, body: string | Uint8Array, code: string, says: string): Row => ({
  name,
  body,
  status: 400,
  code,
  says,
});
const huge = "x".repeat(1_048_576);

/** The table; a name starts with the number of its kind of bad input. */
export const rows: readonly Row[] = [
  raw("1 bad JSON", "{bad", "invalid_json", "line 1 column 2"),
  raw("1 bad JSON on a later line", '{\n "task": "hash",\n  x}', "invalid_json", "line 3 column 3"),
  raw("1 a text that ends too early", '{"task":', "invalid_json", "line 1 column 9"),
  raw("1 a string with a line break", '{"task":"a\n"}', "invalid_json", "line 1 column 11"),
  raw("1 a trailing word", '{"task":"hash"} x', "invalid_json", "line 1 column 17"),
  raw("1 a byte order mark", '\ufeff{"task":"hash"}', "invalid_json", "line 1 column 1"),
  raw("2 spaces only", "  \n ", "empty_body", "body"),
  { name: "2 empty body", body: "", status: 400, code: "empty_body" },
  {
    name: "3 text/plain",
    body: '{"task":"hash"}',
    headers: { "content-type": "text/plain" },
    status: 415,
    code: "unsupported_media_type",
    says: "application/json",
  },
  {
    name: "3 a form",
    body: "task=hash",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    status: 415,
    code: "unsupported_media_type",
  },
  {
    name: "3 compressed",
    body: '{"task":"hash"}',
    headers: { "content-encoding": "gzip" },
    status: 415,
    code: "unsupported_media_type",
    says: "gzip",
  },
  { name: "4 one byte too many", body: huge + " ", status: 413, code: "body_too_large" },
  raw("7 not UTF-8", new Uint8Array([0x22, 0x61, 0xff, 0x22]), "invalid_utf8", "byte offset 2"),
  raw("7 UTF-8 cut off", new Uint8Array([0x22, 0x61, 0xc3]), "invalid_utf8", "byte offset 3"),
  raw("8 nested 100,000 deep", "[".repeat(1e5) + "]".repeat(1e5), "too_deep", "64"),
  raw("8 nested 65 deep in input", nested(65), "too_deep", "64"),
  argv("9 an array of 1e5 wrong elements", Array(1e5).fill(1), "argv_too_long"),
  bad("9 1e5 wrong jobs", { jobs: Array(1e5).fill(1) }, "invalid_job", "/jobs/0"),
  bad("9 60,000 unknown keys", keys(6e4), "unrecognized_key", "/k0"),
  bad("10 path as task", { task: "../../etc/passwd" }, "invalid_task_name", "/task"),
  bad("10 number as task", { task: 5 }, "invalid_task_name", "/task"),
  {
    name: "11 unknown task",
    body: { task: "hsh" },
    status: 404,
    code: "unknown_task",
    says: "nearest: hash",
  },
  job("12 unknown key", { extra: 1 }, "unrecognized_key"),
  raw("12 __proto__", '{"task":"hash","__proto__":{}}', "unrecognized_key", "__proto__"),
  job("13 priority", { priority: "urgent" }, "invalid_priority"),
  ...[0, -1, 1.5, "10s", 2_147_483_648, null, "1e999"].map((timeoutMs) =>
    job(`14 timeoutMs ${timeoutMs}`, { timeoutMs }, "invalid_timeout")
  ),
  job("14 queueTimeoutMs", { queueTimeoutMs: 0 }, "invalid_queue_timeout"),
  job("15 runAt and delayMs", { runAt: 0, delayMs: 1 }, "invalid_delay", "/delayMs"),
  job("15 after", { after: "j1" }, "invalid_after"),
  job("16 retries", { retries: 1e9 }, "invalid_retries"),
  job("16 backoff", { backoff: { baseMs: -1 } }, "invalid_backoff", "/backoff/baseMs"),
  raw("17 a number as id", '{"task":"hash","id":12345678901234567890}', "invalid_id", "string"),
  job("17 a number as label", { projectId: 7 }, "invalid_project_id"),
  raw("18 1e999", '{"task":"hash","retries":1e999}', "invalid_retries", "finite"),
  raw("18 1e999 in input", '{"task":"hash","input":{"a":[1e999]}}', "invalid_number", "/input/a/0"),
  raw("18 -0", '{"task":"hash","retries":-0}', "invalid_retries", "-0"),
  raw("19 lone surrogate", '{"task":"hash","input":"\\ud800"}', "not_well_formed", "/input"),
  raw("19 in a name", '{"task":"hash","operation":"\\udc00"}', "not_well_formed", "/operation"),
  job("17 a key without a scope", { key: "project" }, "invalid_key"),
  job("17 nine keys", { keys: "abcdefghi".split("").map((c) => `a:${c}`) }, "invalid_keys"),
  job("20 long key", { idempotencyKey: "k".repeat(300) }, "invalid_idempotency_key"),
  job("20 NUL in key", { idempotencyKey: "a\0b" }, "invalid_idempotency_key"),
  {
    name: "20 long Idempotency-Key",
    body: { task: "hash" },
    headers: { "idempotency-key": "k".repeat(300) },
    status: 400,
    code: "invalid_idempotency_key",
  },
  {
    name: "20 Idempotency-Key with many jobs",
    body: { jobs: [{ task: "hash" }] },
    headers: { "idempotency-key": "k" },
    status: 400,
    code: "invalid_idempotency_key",
  },
  bad("21 empty shell", { shell: " \n" }, "invalid_shell", "/shell"),
  bad("21 a shell that is no text", { shell: ["ls"] }, "invalid_shell", "/shell"),
  bad("21 NUL in shell", { shell: "a\0b" }, "argv_nul", "/shell"),
  bad("21 a long shell", { shell: "a".repeat(131_072) }, "argv_too_long", "/shell"),
  bad("21 args that are no texts", { shell: "ls", args: [1] }, "argv_not_string", "/args/0"),
  bad("21 NUL in args", { shell: "ls", args: ["a", "\0"] }, "argv_nul", "/args/1"),
  argv("22 empty argv", [], "argv_empty"),
  argv("22 empty program", [""], "argv_empty", "/command/0"),
  argv("22 number in argv", [1], "argv_not_string", "/command/0"),
  argv("22 NUL in argv", ["ls", "a\0b"], "argv_nul", "/command/1"),
  argv("22 long argument", ["ls", "a".repeat(131_072)], "argv_too_long", "/command/1"),
  argv("22 long in bytes", ["ls", "ä".repeat(65_536)], "argv_too_long", "/command/1"),
  argv("22 a string as argv", "ls -l", "invalid_command"),
  bad("22 neither", {}, "no_command"),
  bad("22 both", { task: "hash", command: ["ls"] }, "invalid_job"),
  ...["LD_PRELOAD", "BASH_ENV", "DENO_DIR", "GIT_SSH", "A=B", "", "a\0b"].map((name) =>
    bad(
      `23 env ${JSON.stringify(name)}`,
      { command: ["ls"], env: { [name]: "x" } },
      "env_not_allowed",
      `/env/${name}`,
    )
  ),
  bad("23 NUL value", { command: ["ls"], env: { A: "\0" } }, "env_not_allowed", "/env/A"),
  bad("24 NUL in cwd", { command: ["ls"], cwd: "/\0" }, "invalid_cwd", "/cwd"),
  ...stages("no stages", [], "invalid_stages", ""),
  ...stages("33 stages", Array(33).fill({ name: "a", command: ["a"] }), "invalid_stages", ""),
  ...stages("a stage that is none", ["ls"], "invalid_stage", "/0"),
  ...stages("no name", [{ command: ["a"] }], "invalid_stage_name", "/0/name"),
  ...stages("a bad name", [{ name: "a b", command: ["a"] }], "invalid_stage_name", "/0/name"),
  ...stages(
    "a name twice",
    [{ name: "a", command: ["a"] }, { name: "a", command: ["b"] }],
    "invalid_stage_name",
    "/1/name",
  ),
  ...stages("no work", [{ name: "a" }], "no_command", "/0"),
  ...stages("two works", [{ name: "a", task: "b", command: ["c"] }], "invalid_job", "/0"),
  ...stages("stages in stages", [{ name: "a", stages: [] }], "unrecognized_key", "/0/stages"),
  ...stages("NUL", [{ name: "a", command: ["\0"] }], "argv_nul", "/0/command/0"),
  ...stages(
    "its variable",
    [{ name: "a", command: ["b"], env: { LD_PRELOAD: "c" } }],
    "env_not_allowed",
    "/0/env/LD_PRELOAD",
  ),
  ...stages(
    "its time",
    [{ name: "a", command: ["b"], timeoutMs: 0 }],
    "invalid_timeout",
    "/0/timeoutMs",
  ),
  ...stages("always", [{ name: "a", command: ["b"], always: 1 }], "invalid_always", "/0/always"),
  ...["/etc", "../b", "a//b", "a/../b", "a\0b"].flatMap((cwd) =>
    stages(`cwd ${cwd}`, [{ name: "a", command: ["b"], cwd }], "invalid_cwd", "/0/cwd")
  ),
  ...["/a", "..", "a/./b", ""].map((path) =>
    workspace(`keeps ${JSON.stringify(path)}`, { keep: [path] }, "/keep/0")
  ),
  workspace("keep no list", { keep: "a" }, "/keep"),
  workspace("both", { keep: ["a"], reset: ["b"] }, ""),
  bad(
    "workspace: without a project",
    { stages: [{ name: "a", command: ["b"] }], workspace: { keep: ["c"] } },
    "invalid_workspace",
    "/workspace",
  ),
  bad(
    "workspace: of a command",
    { command: ["a"], projectId: "p", workspace: { keep: ["c"] } },
    "invalid_workspace",
    "/workspace",
  ),
  bad(
    "bulk: names the job",
    {
      jobs: [{ task: "hash" }, { task: "hash" }, { command: [] }],
    },
    "argv_empty",
    "/jobs/2/command",
  ),
  bad("bulk: no jobs", { jobs: [] }, "invalid_jobs", "/jobs"),
  bad("not an object", [], "invalid_job"),
  { name: "wait", path: "/api/v1/jobs?wait=30", body: {}, status: 400, code: "invalid_wait" },
  { name: "29 NUL id", method: "GET", path: "/api/v1/jobs/%00", status: 404, code: "not_found" },
  { name: "29 dots", method: "GET", path: "/api/v1/jobs/..%2f..", status: 404, code: "not_found" },
  { name: "29 unknown", method: "GET", path: "/api/v1/jobs/j99", status: 404, code: "not_found" },
  { name: "29 no page", method: "GET", path: "/nothing", status: 404, code: "not_found" },
  {
    name: "29 bad escape",
    method: "GET",
    path: "/api/v1/jobs/%ff",
    status: 404,
    code: "not_found",
  },
  { name: "30 PUT", method: "PUT", status: 405, code: "method_not_allowed" },
  ...[-1, 1e9, "4", 1.5].map((workers) => ({
    name: `32 resize ${workers}`,
    method: "PATCH",
    path: "/api/v1/pools/default",
    body: { workers },
    status: 400,
    code: "invalid_workers",
    pointer: "/workers",
  })),
  {
    name: "32 unknown field",
    method: "PATCH",
    path: "/api/v1/pools/default",
    body: { size: -1 },
    status: 400,
    code: "unrecognized_key",
    pointer: "/size",
  },
  {
    name: "32 two wishes",
    method: "PATCH",
    path: "/api/v1/pools/default",
    body: { workers: 1, paused: true },
    status: 400,
    code: "invalid_patch",
  },
  {
    name: "32 for without a unit",
    method: "PATCH",
    path: "/api/v1/pools/default",
    body: { workers: 1, for: 10 },
    status: 400,
    code: "invalid_for",
    pointer: "/for",
  },
  {
    name: "unknown pool",
    method: "GET",
    path: "/api/v1/pools/nope",
    status: 404,
    code: "unknown_pool",
  },
  {
    name: "limit",
    method: "GET",
    path: "/api/v1/decisions?limit=0",
    status: 400,
    code: "invalid_limit",
    pointer: "/limit",
  },
  {
    name: "token in URL",
    method: "GET",
    path: "/livez?token=x",
    status: 400,
    code: "token_in_url",
  },
];

/** A job whose body has this many levels. */
export function nested(levels: number): string {
  return `{"task":"hash","input":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
}

function keys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
}
