/**
 * The fields of a job and of a stage: what each has to be, and the word for programs when it is not.
 *
 * @module
 */
import { type JobSpec, longestWindowMs, type Stage } from "../messages/job.ts";
import {
  afterMost,
  amountMost,
  keptMost,
  keyShape,
  keysMost,
  longestDelayMs,
  longestMs,
  stagesMost,
  unitsMost,
} from "../messages/schemas/job.ts";
import { limitsExpected } from "../messages/schemas/limits.ts";
import { argvFlaw, shellFlaw } from "./argv.ts";
import { environmentFlaw } from "./environment.ts";
import { flaw } from "./flaw.ts";
import { type Flaw, flawOf } from "./json_value.ts";

/** One row: the code of a flaw, and what would have been right. */
export interface FieldRow {
  readonly code: string;
  readonly expected: string;
}

const named = "a name of 1..64 letters, digits, '.', '_' and '-'";
const label = "a string of 1..255 characters";
const key = "scope:name, a scope of 1..32 small letters, digits, '_' and '-' " +
  "and a name of 1..255 characters";
const duration = `an integer 1..${longestMs}`;
const delay = `an integer 0..${longestMs}`;

const workFields = {
  task: { code: "invalid_task_name", expected: named },
  command: { code: "invalid_command", expected: "an array of strings: program and arguments" },
  shell: { code: "invalid_shell", expected: "a text for the shell" },
  args: { code: "invalid_args", expected: "an array of strings" },
  input: { code: "invalid_input", expected: "a JSON value" },
  env: { code: "invalid_env", expected: "an object of strings" },
  cwd: { code: "invalid_cwd", expected: "a path of 1..4096 characters" },
  stdin: { code: "invalid_stdin", expected: "a string" },
  timeoutMs: { code: "invalid_timeout", expected: duration },
  progressTimeoutMs: { code: "invalid_progress_timeout", expected: duration },
};

/** Fields of a stage. */
export const stageFields: Readonly<Record<keyof Stage, FieldRow>> = {
  ...workFields,
  name: { code: "invalid_stage_name", expected: named },
  always: { code: "invalid_always", expected: "true or false" },
};

/** Fields of a job. */
export const jobFields: Readonly<Record<keyof JobSpec, FieldRow>> = {
  ...workFields,
  stages: { code: "invalid_stages", expected: `an array of 1..${stagesMost} stages` },
  workspace: {
    code: "invalid_workspace",
    expected: `{ keep?, reset? }: at most ${keptMost} paths, a program and its arguments`,
  },
  pool: { code: "invalid_pool", expected: named },
  profile: { code: "invalid_profile", expected: named },
  operation: { code: "invalid_operation", expected: label },
  priority: { code: "invalid_priority", expected: "one of high, normal, low" },
  rank: { code: "invalid_rank", expected: "an integer -100..100" },
  after: {
    code: "invalid_after",
    expected:
      `an array of at most ${afterMost} jobs, each an id, the taskId of a job of the same ` +
      "submit, or { id, onFailure: one of fail, run, skip }",
  },
  runAt: {
    code: "invalid_run_at",
    expected: "an instant: ISO 8601 with an offset (2027-03-01T09:00:00Z), or epoch ms",
  },
  deadlineAt: {
    code: "invalid_deadline",
    expected: "an instant: ISO 8601 with an offset (2027-03-01T09:00:00Z), or epoch ms",
  },
  delayMs: { code: "invalid_delay", expected: `an integer 0..${longestDelayMs}` },
  queueTimeoutMs: { code: "invalid_queue_timeout", expected: duration },
  totalTimeoutMs: { code: "invalid_total_timeout", expected: duration },
  retries: { code: "invalid_retries", expected: "an integer 0..100" },
  backoff: {
    code: "invalid_backoff",
    expected: `{ baseMs?, maxMs? }, each ${delay}`,
  },
  idempotencyKey: { code: "invalid_idempotency_key", expected: label },
  idempotencyWindowMs: {
    code: "invalid_idempotency_window",
    expected: `an integer 1..${longestWindowMs}, beside an idempotencyKey`,
  },
  singletonKey: { code: "invalid_singleton_key", expected: label },
  cache: { code: "invalid_cache", expected: "true or false" },
  key: { code: "invalid_key", expected: key },
  keys: { code: "invalid_keys", expected: `an array of at most ${keysMost} keys, each ${key}` },
  units: {
    code: "invalid_units",
    expected: `at most ${unitsMost} units, a small letter, then letters and digits, ` +
      `each an integer 0..${amountMost}`,
  },
  projectId: { code: "invalid_project_id", expected: label },
  executionId: { code: "invalid_execution_id", expected: label },
  taskId: { code: "invalid_task_id", expected: label },
  correlationId: { code: "invalid_correlation_id", expected: label },
  traceparent: { code: "invalid_traceparent", expected: "a W3C traceparent" },
  onLoss: { code: "invalid_on_loss", expected: "one of retry, fail" },
  limits: {
    code: "invalid_limits",
    expected: `an object of ${Object.keys(limitsExpected).join(", ")}`,
  },
};

/** What the fields of a field have to be. */
export const innerFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  limits: limitsExpected,
  backoff: { baseMs: delay, maxMs: delay },
};

/** What a shape can't say about one field. Also stands before it, so that its cost stays bounded. */
export function fieldFlaw(
  name: string,
  value: unknown,
  pointer: string,
  { code }: FieldRow,
): Flaw | null {
  switch (name) {
    case "input":
      return flawOf(value, pointer);
    case "command":
    case "reset":
      return argvFlaw(value, pointer, code);
    case "args":
      return argvFlaw(value, pointer, code, 0);
    case "shell":
      return shellFlaw(value, pointer);
    case "env":
      return environmentFlaw(value, pointer);
    case "key":
      if (typeof value === "string" && !keyShape.test(value)) {
        return flaw(code, pointer, key, value);
      }
      break;
    case "keys":
      return keysFlaw(value, pointer, code);
  }
  if (typeof value === "number") {
    if (Number.isFinite(value) && !Object.is(value, -0)) return null;
    return flaw(code, pointer, "a finite number", value);
  }
  if (typeof value !== "string") return null;
  if (!value.isWellFormed()) return flaw("not_well_formed", pointer, "well-formed Unicode", value);
  if (name === "stdin" || !value.includes("\0")) return null;
  return flaw(code, pointer, "a string without NUL", value);
}

/** The first key that is none. */
function keysFlaw(value: unknown, pointer: string, code: string): Flaw | null {
  if (!Array.isArray(value) || value.length > keysMost) return null; // That is the shape's to say.
  const row = { code, expected: key };
  for (let i = 0; i < value.length; i++) {
    const found = typeof value[i] === "string"
      ? fieldFlaw("key", value[i], `${pointer}/${i}`, row)
      : null;
    if (found) return found;
  }
  return null;
}
