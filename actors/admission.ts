/**
 * The one gate for jobs: programs, HTTP and the command line get the same answer to the same job.
 *
 * @module
 */
import type { z } from "zod";
import type { JobSpec } from "../messages/job.ts";
import { jobSchema, longestMs } from "../messages/schemas/job.ts";
import { environmentFlaw } from "./environment.ts";
import { esc, type Flaw, flawOf } from "./json_value.ts";
import { type Issue, Refusal } from "./runtime.ts";

/** Issues that are reported at most; the rest is not looked for. */
const issuesMax = 20;

/** Longest argument the kernel passes to a program, bytes (MAX_ARG_STRLEN with its final NUL). */
const argumentMaxBytes = 131_071;

/** Arguments of one command. */
const argumentsMax = 32_768;

const named = "a name of 1..64 letters, digits, '.', '_' and '-'";
const label = "a string of 1..255 characters";
const duration = `an integer 1..${longestMs}`;

/** What each field has to be, and the word for programs when it is not. */
const fields: Readonly<
  Record<keyof JobSpec, { readonly code: string; readonly expected: string }>
> = {
  task: { code: "invalid_task_name", expected: named },
  command: { code: "invalid_command", expected: "an array of strings: program and arguments" },
  input: { code: "invalid_input", expected: "a JSON value" },
  pool: { code: "invalid_pool", expected: named },
  operation: { code: "invalid_operation", expected: label },
  priority: { code: "invalid_priority", expected: "one of high, normal, low" },
  timeoutMs: { code: "invalid_timeout", expected: duration },
  queueTimeoutMs: { code: "invalid_queue_timeout", expected: duration },
  progressTimeoutMs: { code: "invalid_progress_timeout", expected: duration },
  totalTimeoutMs: { code: "invalid_total_timeout", expected: duration },
  retries: { code: "invalid_retries", expected: "an integer 0..100" },
  backoff: {
    code: "invalid_backoff",
    expected: `{ baseMs?, maxMs? }, each an integer 0..${longestMs}`,
  },
  idempotencyKey: { code: "invalid_idempotency_key", expected: label },
  env: { code: "invalid_env", expected: "an object of strings" },
  cwd: { code: "invalid_cwd", expected: "a path of 1..4096 characters" },
  stdin: { code: "invalid_stdin", expected: "a string" },
  projectId: { code: "invalid_project_id", expected: label },
  executionId: { code: "invalid_execution_id", expected: label },
  taskId: { code: "invalid_task_id", expected: label },
  correlationId: { code: "invalid_correlation_id", expected: label },
  traceparent: { code: "invalid_traceparent", expected: "a W3C traceparent" },
  onLoss: { code: "invalid_on_loss", expected: "one of retry, fail" },
};

/** Fields a job will have one day; asking for them is refused rather than ignored. */
const unsupported = new Set(["id", "after", "runAt", "key", "keys", "rank", "cache"]);

/**
 * Reads one job. Fields that are `undefined` count as absent.
 *
 * @param pointer where the job stands in what was sent: `/jobs/17`
 * @throws {Refusal} with every issue found, at most 20
 */
export function parseJob(value: unknown, pointer = ""): JobSpec {
  const flaws: Flaw[] = [];
  const job = readJob(value, pointer, flaws);
  if (job === null) throw refusalOf(flaws);
  return job;
}

/**
 * Reads the body of a submit: one job, or `{ jobs: [...] }`.
 *
 * @throws {Refusal} with every issue found, at most 20; then no job is accepted
 */
export function parseJobs(body: unknown): JobSpec[] {
  if (!isObject(body) || !Object.hasOwn(body, "jobs")) return [parseJob(body)];
  const flaws: Flaw[] = [];
  for (const key of Object.keys(body).slice(0, issuesMax + 1)) {
    if (key !== "jobs") flaws.push(unknownField(key, ""));
  }
  const { jobs } = body;
  if (!Array.isArray(jobs) || jobs.length === 0) {
    flaws.push(flaw("invalid_jobs", "/jobs", "an array of at least one job", jobs));
    throw refusalOf(flaws);
  }
  const read: JobSpec[] = [];
  for (let i = 0; i < jobs.length && flaws.length < issuesMax; i++) {
    const job = readJob(jobs[i], `/jobs/${i}`, flaws);
    if (job !== null) read.push(job);
  }
  if (flaws.length > 0) throw refusalOf(flaws);
  return read;
}

/** Reads a job or adds what is wrong with it to `flaws`. */
function readJob(value: unknown, pointer: string, flaws: Flaw[]): JobSpec | null {
  if (!isObject(value)) {
    flaws.push(flaw("invalid_job", pointer, "an object", value));
    return null;
  }
  const before = flaws.length;
  const job: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = value[key];
    if (field === undefined) continue;
    if (!Object.hasOwn(fields, key)) {
      flaws.push(unknownField(key, pointer, field));
      if (flaws.length - before >= issuesMax) return null;
      continue;
    }
    job[key] = field;
    const found = fieldFlaw(key, field, `${pointer}/${key}`);
    if (found !== null) flaws.push(found);
  }
  if (flaws.length > before) return null;
  const parsed = jobSchema.safeParse(job);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) flaws.push(shapeFlaw(issue, job, pointer));
    return null;
  }
  const choice = choiceFlaw(job, pointer);
  if (choice === null) return parsed.data;
  flaws.push(choice);
  return null;
}

/** What a shape can't say about one field. Also stands before it, so that its cost stays bounded. */
function fieldFlaw(name: string, value: unknown, pointer: string): Flaw | null {
  switch (name) {
    case "input":
      return flawOf(value, pointer);
    case "command":
      return argvFlaw(value, pointer);
    case "env":
      return environmentFlaw(value, pointer);
  }
  if (typeof value === "number") {
    if (Number.isFinite(value) && !Object.is(value, -0)) return null;
    return flaw(fields[name as keyof JobSpec].code, pointer, "a finite number", value);
  }
  if (typeof value !== "string") return null;
  if (!value.isWellFormed()) return flaw("not_well_formed", pointer, "well-formed Unicode", value);
  if (name === "stdin" || !value.includes("\0")) return null;
  return flaw(fields[name as keyof JobSpec].code, pointer, "a string without NUL", value);
}

function argvFlaw(argv: unknown, pointer: string): Flaw | null {
  if (!Array.isArray(argv)) {
    return flaw("invalid_command", pointer, fields.command.expected, argv);
  }
  if (argv.length === 0) return flaw("argv_empty", pointer, "a program and its arguments", argv);
  if (argv.length > argumentsMax) {
    return flaw("argv_too_long", pointer, `at most ${argumentsMax} arguments`, argv.length);
  }
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i];
    const at = `${pointer}/${i}`;
    if (typeof argument !== "string") return flaw("argv_not_string", at, "a string", argument);
    if (argument.includes("\0")) return flaw("argv_nul", at, "a string without NUL", argument);
    if (!argument.isWellFormed()) {
      return flaw("not_well_formed", at, "well-formed Unicode", argument);
    }
    if (argument.length * 3 > argumentMaxBytes && bytesOf(argument) > argumentMaxBytes) {
      return flaw("argv_too_long", at, `at most ${argumentMaxBytes} bytes`, argument);
    }
  }
  if (argv[0] !== "") return null;
  return flaw("argv_empty", `${pointer}/0`, "the name of a program", argv[0]);
}

function choiceFlaw(job: Record<string, unknown>, pointer: string): Flaw | null {
  const hasTask = "task" in job;
  if (hasTask === "command" in job) {
    const given = hasTask ? "both" : "neither";
    return {
      code: hasTask ? "invalid_job" : "no_command",
      pointer,
      message: `A job must have exactly one of task and command, given ${given}`,
      expected: "exactly one of task and command",
      given,
    };
  }
  if (!hasTask) {
    return "input" in job
      ? flaw("invalid_input", `${pointer}/input`, "absent beside a command (use stdin)", job.input)
      : null;
  }
  for (const name of ["env", "cwd", "stdin"] as const) {
    if (name in job) {
      return flaw(fields[name].code, `${pointer}/${name}`, "absent beside a task", job[name]);
    }
  }
  return null;
}

function unknownField(key: string, pointer: string, value?: unknown): Flaw {
  const at = `${pointer}/${esc(key)}`;
  if (key === "shell") {
    const message = "A shell line is not allowed: send command, an array of program and arguments";
    return { code: "shell_not_allowed", pointer: at, message, expected: "command" };
  }
  if (key === "id" && typeof value !== "string") {
    return flaw("invalid_id", at, "a string", value);
  }
  if (unsupported.has(key)) {
    return { code: "not_supported", pointer: at, message: `${at} is not supported yet` };
  }
  const expected = `one of ${Object.keys(fields).join(", ")}`;
  const message = `${at} is not a field of a job`;
  return { code: "unrecognized_key", pointer: at, message, expected, given: key.slice(0, 80) };
}

/** Turns what the shape refused into our words. */
function shapeFlaw(issue: z.core.$ZodIssue, job: Record<string, unknown>, pointer: string): Flaw {
  const name = issue.path[0] as keyof JobSpec;
  const { code, expected } = fields[name];
  const at = [pointer, ...issue.path.map((key) => esc(String(key)))].join("/");
  const inside = issue.path.slice(1).reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    job[name],
  );
  return flaw(code, at, expected, inside);
}

function flaw(code: string, pointer: string, expected: string, value: unknown): Flaw {
  const given = show(value);
  const message = `${pointer || "The job"} must be ${expected}, given ${given}`;
  return { code, pointer, message, expected, given };
}

/** One refusal for all flaws; a missing right speaks before a mistake. */
function refusalOf(flaws: readonly Flaw[]): Refusal {
  const first = flaws.find(({ code }) => code === "shell_not_allowed") ?? flaws[0]!;
  const issues = flaws.slice(0, issuesMax).map(({ code: _code, ...issue }): Issue => issue);
  const more = flaws.length > 1 ? ` (and ${flaws.length - 1} more)` : "";
  return new Refusal(first.code, first.message + more, issues);
}

/** A value in a message: short, on one line. */
function show(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `an array of ${value.length}`;
  if (typeof value === "string") {
    return value.length > 80 ? `a string of ${value.length} characters` : JSON.stringify(value);
  }
  return value !== null && typeof value === "object" ? "an object" : String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
