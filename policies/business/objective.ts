/**
 * Objectives: how many of some jobs must end well, and in time. The error budget is the share that
 * need not; it burns at rate 1 when just that share is bad.
 *
 * @module
 */
import { z } from "zod/mini";

const name = z.string().check(z.minLength(1), z.maxLength(255));
/** Longest time that a good job may take, ms: that of a timer. */
const timeMsMax = 2_147_483_647;
const time = z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(timeMsMax))), null);
/** Objectives of one service. */
const objectivesMax = 32;

const objective = z.strictObject({
  /** Whose jobs: of an operation, or of all whose names begin alike (`fetch-*`). */
  operation: z._default(name, "*"),
  /** Only those of a project; null: of all and of none. */
  projectId: z._default(z.nullable(name), null),
  /** From when a job could begin to its end, at most; null: it is enough to end `done`. */
  latencyMs: time,
  /** From the begin of its last attempt to its end, at most; null: any time. */
  durationMs: time,
  /** Share of the jobs that must be good. 1 would leave no budget. */
  goodRatio: z._default(z.number().check(z.minimum(0), z.maximum(0.999999)), 0.99),
});

/** Parsed objective. */
export type Objective = z.output<typeof objective>;

/** Objectives by name. */
export const objectivesSchema = z.record(
  z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    error: "a name of 1..64 letters, digits, '.', '_' and '-'",
  })),
  objective,
).check(z.superRefine((all, context) => {
  if (Object.keys(all).length <= objectivesMax) return;
  context.addIssue({ code: "custom", message: `at most ${objectivesMax} objectives` });
}));

/** Whether an objective is about such a job. */
export function isAbout(
  { operation: wanted, projectId }: Objective,
  operation: string,
  project: string | undefined,
): boolean {
  if (projectId !== null && projectId !== project) return false;
  return wanted.endsWith("*") ? operation.startsWith(wanted.slice(0, -1)) : operation === wanted;
}

/** Jobs that an objective was about. */
export interface Counts {
  readonly good: number;
  readonly total: number;
}

/** Share of good jobs; null where there were none. */
export const complianceRatio = ({ good, total }: Counts): number | null =>
  total === 0 ? null : good / total;

/** How many times as fast as it may the error budget is used up; null where there were no jobs. */
export function burnRate({ good, total }: Counts, goodRatio: number): number | null {
  if (total === 0) return null;
  // 1 - 0.99 is a little more than 0.01.
  const budgetRatio = Math.round((1 - goodRatio) * 1e12) / 1e12;
  return (total - good) / total / budgetRatio;
}
