/**
 * What a configuration says of operations.
 *
 * @module
 */
import { z } from "zod/mini";
import { limitsSchema } from "../messages/schemas/limits.ts";
import { learntTimeoutRules } from "../policies/limits/learnt_timeout.ts";
import { thresholdsSchema } from "../policies/limits/threshold.ts";
import { usualShareRatio } from "../policies/ordering/share.ts";
import { retryRules } from "../policies/retry/rules.ts";
import { keepingSchema } from "./cache/config.ts";

/**
 * What holds for all jobs of one operation: a task's name, a command's base name, `shell`, or
 * `run:prep` for the stage `prep` of staged runs; a job that says its `operation` counts as that.
 */
const operation = z.strictObject({
  /** What each of its jobs may take; a job's own limits can only be tighter. */
  limits: z.prefault(limitsSchema, {}),
  /** From when on, of what its running jobs use together, none of it is begun. */
  thresholds: z.prefault(thresholdsSchema, {}),
  /** Share of the workers that its tasks may be in while other operations need some. */
  shareRatio: z._default(z.number().check(z.minimum(0), z.maximum(1)), usualShareRatio),
  /** The pool that its jobs go to which name none; null: the usual one. */
  pool: z._default(z.nullable(z.string().check(z.minLength(1))), null),
  /** The profile of its jobs that name none; null: none. */
  profile: z._default(z.nullable(z.string().check(z.minLength(1))), null),
  /** A limit of the time of its jobs that do not say one, learnt from them; null: `jobs.learntTimeout`. */
  learntTimeout: z._default(z.nullable(learntTimeoutRules), null),
  /** Which failures of its jobs are tried again, when, and how many. */
  retry: z.prefault(retryRules, {}),
  /** Whether its jobs may be given what earlier ones gave. */
  cache: z.prefault(keepingSchema, {}),
});

type OperationConfig = z.output<typeof operation>;

/** What counts for one operation alone must not be said of many: none of them would heed it. */
const isHeeded = ([name, { limits, thresholds, shareRatio }]: [string, OperationConfig]) =>
  !name.endsWith("*") ||
  (Object.keys(limits).length === 0 && !thresholds.memory && !thresholds.cpu &&
    shareRatio === usualShareRatio);

/** By operation, or by what the names of several begin with (`fetch-*`). */
export const operationsSchema = z.record(
  z.string().check(z.minLength(1), z.maxLength(255)),
  operation,
).check(z.superRefine((all, context) => {
  for (const [name, said] of Object.entries(all)) {
    if (isHeeded([name, said])) continue;
    const message = "the name of one operation for limits, thresholds and shareRatio";
    context.addIssue({ code: "custom", path: [name], message });
  }
}));
