/**
 * The border of jobs: the shape and the ranges of a {@link JobSpec}, for whoever asks from outside.
 * What goes beyond a shape (exactly one kind of work, NUL bytes, the environment's deny-list) is
 * checked by the admission beside the queue.
 *
 * @module
 */
import { z } from "zod/mini";
import {
  type JobSpec,
  longestWindowMs,
  type Stage,
  type Standing,
  type Workspace,
} from "../job.ts";
import { limitsSchema } from "./limits.ts";

/** Longest duration a timer keeps, ms: 2^31-1; a longer one would fire at once. */
export const longestMs = 2_147_483_647;

/** Longest delay of a job, ms: 10 years. */
export const longestDelayMs = 315_360_000_000;

const name = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/));
const label = z.string().check(z.minLength(1), z.maxLength(255));
const durationMs = z.int().check(z.minimum(1), z.maximum(longestMs));
const delayMs = z.int().check(z.minimum(0), z.maximum(longestMs));

const backoffSchema = z.strictObject({
  baseMs: z.exactOptional(delayMs),
  maxMs: z.exactOptional(delayMs),
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
  z.int().check(z.minimum(0), z.maximum(lastInstant)),
]);

/** Jobs that one waits for, at most. */
export const afterMost = 1_000;

const dependency = z.union([
  label,
  z.strictObject({
    id: label,
    onFailure: z.exactOptional(z.enum(["fail", "run", "skip"])),
  }),
]);
/** What a unit of a rate is called. */
export const unitShape = /^[a-z][A-Za-z0-9]{0,31}$/;
export const unitExpected = "a unit: a small letter, then letters and digits, at most 32";
/** Units of one job, and the most of one. */
export const unitsMost = 8;
export const amountMost = 1_000_000_000_000;

const work = {
  task: z.exactOptional(name),
  command: z.exactOptional(z.array(z.string()).check(z.minLength(1))),
  shell: z.exactOptional(z.string().check(z.minLength(1))),
  args: z.exactOptional(z.array(z.string())),
  input: z.exactOptional(z.unknown()),
  env: z.exactOptional(z.record(z.string(), z.string())),
  cwd: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(4_096))),
  stdin: z.exactOptional(z.string()),
};

const stageSchema = z.strictObject({
  ...work,
  name,
  timeoutMs: z.exactOptional(durationMs),
  progressTimeoutMs: z.exactOptional(durationMs),
  always: z.exactOptional(z.boolean()),
}) satisfies z.core.$ZodType<Stage>;

const workspaceSchema = z.strictObject({
  keep: z.exactOptional(
    z.array(z.string().check(z.minLength(1), z.maxLength(1_024))).check(z.maxLength(keptMost)),
  ),
  reset: z.exactOptional(z.array(z.string()).check(z.minLength(1))),
}) satisfies z.core.$ZodType<Workspace>;

const standing = {
  priority: z.exactOptional(z.enum(["high", "normal", "low"])),
  rank: z.exactOptional(z.int().check(z.minimum(-100), z.maximum(100))),
};

/** What a job's place in the queue follows from. */
export const standingSchema = z.strictObject(standing) satisfies z.core.$ZodType<Standing>;

/** A job as it may come from outside. */
export const jobSchema = z.strictObject({
  ...work,
  stages: z.exactOptional(z.array(stageSchema).check(z.minLength(1), z.maxLength(stagesMost))),
  workspace: z.exactOptional(workspaceSchema),
  pool: z.exactOptional(name),
  profile: z.exactOptional(name),
  operation: z.exactOptional(label),
  ...standing,
  after: z.exactOptional(z.array(dependency).check(z.maxLength(afterMost))),
  runAt: z.exactOptional(instant),
  deadlineAt: z.exactOptional(instant),
  delayMs: z.exactOptional(z.int().check(z.minimum(0), z.maximum(longestDelayMs))),
  timeoutMs: z.exactOptional(durationMs),
  queueTimeoutMs: z.exactOptional(durationMs),
  progressTimeoutMs: z.exactOptional(durationMs),
  totalTimeoutMs: z.exactOptional(durationMs),
  retries: z.exactOptional(z.int().check(z.minimum(0), z.maximum(100))),
  backoff: z.exactOptional(backoffSchema),
  idempotencyKey: z.exactOptional(label),
  idempotencyWindowMs: z.exactOptional(z.int().check(z.minimum(1), z.maximum(longestWindowMs))),
  singletonKey: z.exactOptional(label),
  cache: z.exactOptional(z.boolean()),
  key: z.exactOptional(z.string()),
  keys: z.exactOptional(z.array(z.string()).check(z.maxLength(keysMost))),
  units: z.exactOptional(
    z.record(
      z.string().check(z.regex(unitShape)),
      z.int().check(z.minimum(0), z.maximum(amountMost)),
    ).check(z.refine((units) => Object.keys(units).length <= unitsMost)),
  ),
  projectId: z.exactOptional(label),
  executionId: z.exactOptional(label),
  taskId: z.exactOptional(label),
  correlationId: z.exactOptional(label),
  traceparent: z.exactOptional(
    z.string().check(z.regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)),
  ),
  onLoss: z.exactOptional(z.enum(["retry", "fail"])),
  limits: z.exactOptional(limitsSchema),
}) satisfies z.core.$ZodType<JobSpec>;
