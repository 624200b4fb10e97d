/**
 * Why we end a job that did not end by itself. The reason is noted at the job before anything is
 * done to it, so that what follows, down to a killed worker, is told by our reason.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { Allowance } from "./allowance.ts";

/** How a job ended that no worker could tell the end of. */
export type Verdict = Pick<Outcome, "type"> & Partial<Outcome>;

/** What a reason is told from. */
interface Doomed {
  readonly spec: JobSpec;
  readonly timeoutMs: number;
  readonly begun: boolean;
  readonly because: string;
  /** Where its limit may have been learnt. */
  readonly allowance: Pick<Allowance, "words"> | null;
}

/** One reason. */
interface Row {
  /** Another attempt may follow where retries are left. */
  readonly again: boolean;
  readonly verdict: (job: Doomed) => Verdict;
}

const timeout = (code: string, message: string): Verdict => ({
  type: "timedOut",
  category: "timeout",
  code,
  message,
});

/** All reasons. */
const dooms = {
  cancelled: {
    again: false,
    verdict: ({ because }) => ({
      type: "cancelled",
      category: "cancelled",
      code: "cancelled",
      message: because || "Cancelled",
    }),
  },
  timedOut: {
    again: true,
    verdict: ({ timeoutMs, allowance }) =>
      timeout("run_timeout", `Ran longer than ${allowance?.words ?? `timeoutMs (${timeoutMs})`}`),
  },
  stalled: {
    again: true,
    verdict: ({ spec: { progressTimeoutMs } }) =>
      timeout(
        "progress_timeout",
        `Gave no sign of progress within progressTimeoutMs (${progressTimeoutMs})`,
      ),
  },
  /** It took more memory than its limit; `because` says how much. */
  oom: {
    again: true,
    verdict: ({ because }) => ({
      type: "failed",
      category: "oom",
      code: "memory_limit",
      message: because,
    }),
  },
  late: {
    again: false,
    verdict: ({ spec: { deadlineAt }, begun }) => ({
      ...timeout("deadline_passed", `Had not ended by its deadlineAt (${deadlineAt})`),
      ...(!begun && { type: "expired" }),
    }),
  },
  overdue: {
    again: false,
    verdict: ({ spec: { totalTimeoutMs }, begun }) => ({
      ...timeout(
        "total_timeout",
        `Had not ended within totalTimeoutMs (${totalTimeoutMs}) after it was accepted`,
      ),
      ...(!begun && { type: "expired" }),
    }),
  },
} satisfies Record<string, Row>;

/** Name of a reason. */
export type Doom = keyof typeof dooms;

/** The ending of a job that we end. One without a reason was cancelled. */
export const doom = (job: Doomed & { readonly doomed: Doom | null }): Verdict =>
  dooms[job.doomed ?? "cancelled"].verdict(job);

/** Whether a job may be tried again after it was ended for this reason, if for any. */
export const mayTryAgain = (doomed: Doom | null): boolean => doomed === null || dooms[doomed].again;
