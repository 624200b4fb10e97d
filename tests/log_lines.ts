/**
 * The schema of the service's log: every line has to fit it, and `docs/logs.md` lists its fields.
 *
 * @module
 */
import { z } from "zod/mini";
import { logLevels } from "../actors/log_config.ts";
import type { ControlFact } from "../messages/facts.ts";

const text = z.string();
const some = text.check(z.minLength(1));
const count = z.int().check(z.minimum(0));

const common = {
  at: z.iso.datetime(),
  level: z.enum(logLevels),
  node: some,
  seq: z.nullable(count),
};

const ofJob = {
  correlation_id: some,
  project_id: z.nullable(text),
  execution_id: some,
  task_id: text.check(z.regex(/^[jr][0-9a-z]+$/)),
  caller_task_id: z.optional(text),
};

const incident = {
  incident: text,
  rule: text,
  subject: z.nullable(text),
  value: z.nullable(z.number()),
  message: text,
};

const line = <S extends z.core.$ZodShape>(type: string, shape: S) =>
  z.strictObject({ ...common, type: z.literal(type), ...shape });

/** A type of line is missing where a control fact has none. */
type Shapes =
  & Readonly<Record<Exclude<ControlFact["type"], "machine">, z.core.$ZodType>>
  & Readonly<Record<string, z.core.$ZodType>>;

/** Lines by type. */
export const lineSchemas = {
  opened: line("opened", { epoch: count, version: text }),
  config: line("config", {
    version: count,
    change: text,
    by: z.optional(text),
    config: z.optional(z.looseObject({})),
  }),
  decided: line("decided", {
    decision: count,
    pool: text,
    winner: text,
    envelope: z.looseObject({}),
    adopted: z.boolean(),
    blockedBy: z.unknown(),
    because: text,
  }),
  judged: line("judged", {
    pool: text,
    decision: count,
    verdict: z.enum(["helped", "neutral", "hurt"]),
    because: text,
    cause: z.nullable(text),
  }),
  resized: line("resized", {
    pool: text,
    from: count,
    to: count,
    decision: count,
    because: text,
  }),
  worker: line("worker", {
    pool: text,
    worker: text,
    pid: z.nullable(count),
    state: z.enum(["spawning", "ready", "draining", "gone"]),
    because: text,
  }),
  operated: line("operated", {
    pool: text,
    state: z.enum(["auto", "paused", "pausedIn", "pausedOut", "pinned", "drained"]),
    workers: z.nullable(count),
    until: z.nullable(z.iso.datetime()),
  }),
  warning: line("warning", { message: text }),
  alert: line("alert", { code: text, message: text }),
  alertRaised: line("alertRaised", incident),
  alertEscalated: line("alertEscalated", incident),
  alertCleared: line("alertCleared", {
    incident: text,
    rule: text,
    subject: z.nullable(text),
    was: z.enum(logLevels),
    lastedMs: z.number(),
    message: text,
  }),
  violation: line("violation", {
    pool: text,
    task: z.nullable(text),
    worker: text,
    permission: text,
    asked: text,
    times: count,
  }),
  job: line("job", {
    ...ofJob,
    operation: some,
    move: z.enum(["accepted", "began", "requeued", "ended"]),
    ending: z.optional(text),
    category: z.optional(z.nullable(text)),
    code: z.optional(z.nullable(text)),
    message: z.optional(z.nullable(text)),
    attempts: z.optional(count),
    waitMs: z.optional(z.number()),
    durationMs: z.optional(z.number()),
  }),
  told: line("told", { ...ofJob, operation: some, message: text }),
  status: line("status", {
    pending: count,
    scheduled: count,
    oldestWaitMs: z.number(),
    running: count,
    size: count,
    failedLastMinute: count,
    verdict: text,
  }),
  asked: line("asked", { by: text, request: text }),
  internal: line("internal", { correlation_id: text, message: text }),
  gap: line("gap", { from: count, to: count }),
  dropped: line("dropped", { lines: count }),
} as const satisfies Shapes;

/** A line that was read. */
export type Line = z.output<(typeof lineSchemas)["job"]> & Readonly<Record<string, unknown>>;

/** Reads a line; throws where it does not fit. */
export function readLine(text: string): Line {
  const json = JSON.parse(text);
  const schema = Object.entries(lineSchemas).find(([type]) => type === json.type)?.[1];
  if (schema === undefined) throw new Error(`no such type of line: ${text}`);
  const { success, error } = schema.safeParse(json);
  if (!success) throw new Error(`${text}: ${z.prettifyError(error)}`);
  return json;
}
