/**
 * The border of jobs: the shape and the ranges of a {@link JobSpec}, for whoever asks from outside.
 * What goes beyond a shape (exactly one kind of work, NUL bytes, the environment's deny-list) is
 * checked by the admission beside the queue.
 *
 * @module
 */
import { z } from "zod";
import type { JobSpec, Stage, Standing, Workspace } from "../job.ts";
import { limitsSchema } from "./limits.ts";

/** Longest duration a timer keeps, ms: 2^31-1; a longer one would fire at once. */
export const longestMs = 2_147_483_647;

/** Longest delay of a job, ms: 10 years. */
export const longestDelayMs = 315_360_000_000;

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const label = z.string().min(1).max(255);
const durationMs = z.int().min(1).max(longestMs);
const delayMs = z.int().min(0).max(longestMs);

const backoffSchema = z.strictObject({
  baseMs: delayMs.exactOptional(),
  maxMs: delayMs.exactOptional(),
});

/** Stages of one run, and paths that one workspace keeps, at most. */
export const stagesMost = 32;
export const keptMost = 64;

/** Keys of one job, at most. */
export const keysMost = 8;

/** What a key looks like: a scope, a colon and a name. Tested beside the shape, as it is often. */
export const keyShape = /^[a-z][a-z0-9_-]{0,31}:.{1,255}$/s;

/** What names keys in the configuration: one key, or what some begin with and a star. */
export const patternShape = /^[a-z][a-z0-9_-]{0,31}:[^*]{0,255}\*?$/;
export const patternExpected = "a key (scope:name), or what some begin with and a star (scope:*)";

/** Last instant that JavaScript's dates know, epoch ms. */
const lastInstant = 8.64e15;

const instant = z.union([
  z.iso.datetime({ offset: true }),
  z.int().min(0).max(lastInstant),
]);

/** Jobs that one waits for, at most. */
export const afterMost = 1_000;

const dependency = z.union([
  label,
  z.strictObject({
    id: label,
    onFailure: z.enum(["fail", "run", "skip"]).exactOptional(),
  }),
]);
/** What a unit of a rate is called. */
export const unitShape = /^[a-z][A-Za-z0-9]{0,31}$/;
export const unitExpected = "a unit: a small letter, then letters and digits, at most 32";
/** Units of one job, and the most of one. */
export const unitsMost = 8;
export const amountMost = 1_000_000_000_000;

const work = {
  task: name.exactOptional(),
  command: z.array(z.string()).min(1).exactOptional(),
  shell: z.string().min(1).exactOptional(),
  args: z.array(z.string()).exactOptional(),
  input: z.unknown().exactOptional(),
  env: z.record(z.string(), z.string()).exactOptional(),
  cwd: z.string().min(1).max(4_096).exactOptional(),
  stdin: z.string().exactOptional(),
};

const stageSchema = z.strictObject({
  ...work,
  name,
  timeoutMs: durationMs.exactOptional(),
  progressTimeoutMs: durationMs.exactOptional(),
  always: z.boolean().exactOptional(),
}) satisfies z.ZodType<Stage>;

const workspaceSchema = z.strictObject({
  keep: z.array(z.string().min(1).max(1_024)).max(keptMost).exactOptional(),
  reset: z.array(z.string()).min(1).exactOptional(),
}) satisfies z.ZodType<Workspace>;

const standing = {
  priority: z.enum(["high", "normal", "low"]).exactOptional(),
  rank: z.int().min(-100).max(100).exactOptional(),
};

/** What a job's place in the queue follows from. */
export const standingSchema = z.strictObject(standing) satisfies z.ZodType<Standing>;

/** A job as it may come from outside. */
export const jobSchema = z.strictObject({
  ...work,
  stages: z.array(stageSchema).min(1).max(stagesMost).exactOptional(),
  workspace: workspaceSchema.exactOptional(),
  pool: name.exactOptional(),
  operation: label.exactOptional(),
  ...standing,
  after: z.array(dependency).max(afterMost).exactOptional(),
  runAt: instant.exactOptional(),
  deadlineAt: instant.exactOptional(),
  delayMs: z.int().min(0).max(longestDelayMs).exactOptional(),
  timeoutMs: durationMs.exactOptional(),
  queueTimeoutMs: durationMs.exactOptional(),
  progressTimeoutMs: durationMs.exactOptional(),
  totalTimeoutMs: durationMs.exactOptional(),
  retries: z.int().min(0).max(100).exactOptional(),
  backoff: backoffSchema.exactOptional(),
  idempotencyKey: label.exactOptional(),
  key: z.string().exactOptional(),
  keys: z.array(z.string()).max(keysMost).exactOptional(),
  units: z.record(z.string().regex(unitShape), z.int().min(0).max(amountMost))
    .refine((units) => Object.keys(units).length <= unitsMost).exactOptional(),
  projectId: label.exactOptional(),
  executionId: label.exactOptional(),
  taskId: label.exactOptional(),
  correlationId: label.exactOptional(),
  traceparent: z.string().regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .exactOptional(),
  onLoss: z.enum(["retry", "fail"]).exactOptional(),
  limits: limitsSchema.exactOptional(),
}) satisfies z.ZodType<JobSpec>;
