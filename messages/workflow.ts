/**
 * A workflow: all jobs with one `executionId`.
 *
 * @module
 */
import type { JobState } from "./job.ts";

/** Whether a job of it is open, all are done (or were skipped), or one is neither. */
export type WorkflowState = "running" | "done" | "failed";

/** What the time of a step went into, ms: from its acceptance to its end, or to now. */
export interface StepTimes {
  /** It waited for its instant. */
  readonly scheduledMs: number;
  /** It waited for other jobs. */
  readonly dependenciesMs: number;
  /** Earlier attempts, and the waits between them. */
  readonly retriesMs: number;
  /** Keys or their rates held it. */
  readonly keysMs: number;
  /** It could have run, but for a worker. */
  readonly queueMs: number;
  /** Its last attempt ran. */
  readonly runMs: number;
}

/** A job of a workflow. Instants are ISO 8601. */
export interface StepView {
  /** Id of the job. */
  readonly id: string;
  /** Its `taskId`, else what it is counted under. */
  readonly name: string;
  /** Where it stands. */
  readonly state: JobState;
  /** Ids of the jobs that it waits for, or waited for. */
  readonly after: readonly string[];
  /** When the job was safe. */
  readonly acceptedAt: string;
  /** When its last attempt began; absent while none runs. */
  readonly startedAt?: string;
  /** When it ended; absent until then. */
  readonly endedAt?: string;
  /** What its time went into so far. */
  readonly times: StepTimes;
}

/**
 * The steps that the workflow took its time for: those before were done when each could begin, and
 * no other chain of steps took longer.
 */
export interface CriticalPath {
  /** Ids of jobs, the first one first. */
  readonly steps: readonly string[];
  /** From when the first one could begin to the end of the last one, ms. */
  readonly totalMs: number;
  /** What that went into; waits for the steps before are those steps themselves. */
  readonly times: StepTimes;
}

/** A workflow with its steps, in order of acceptance. */
export interface WorkflowView {
  /** The `executionId`. */
  readonly id: string;
  /** Where it stands as a whole. */
  readonly state: WorkflowState;
  /** At most 10,000. */
  readonly steps: readonly StepView[];
  /** What it took its time for. */
  readonly criticalPath: CriticalPath;
}

/** A workflow in a list. */
export interface WorkflowSummary {
  /** The `executionId`. */
  readonly id: string;
  /** Where it stands as a whole. */
  readonly state: WorkflowState;
  /** Its jobs. */
  readonly jobs: number;
  /** Of them, those that have not ended. */
  readonly open: number;
  /** Of them, those that are done or were skipped. */
  readonly done: number;
  /** Id of its latest job: the cursor of the list. */
  readonly lastId: string;
}

/** A page of the list, the workflow with the latest job first. */
export interface WorkflowPage {
  /** Workflows. */
  readonly items: readonly WorkflowSummary[];
  /** What `before` has to be for the next page; absent on the last one. */
  readonly next?: string;
}
