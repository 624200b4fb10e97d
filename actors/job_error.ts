/**
 * A job that did not end `done`.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";

/** Rejection of who waits for a job's output: the job did not end `done`. */
export class JobError extends Error {
  /** For programs that tell errors apart by name. */
  override readonly name = "JobError";
  /** How the job ended. */
  readonly outcome: Outcome;
  /** Id of the job. */
  readonly id: string;

  /** Wraps the ending of job `id`. */
  constructor(id: string, outcome: Outcome) {
    super(outcome.message ?? `Job ${id} ended ${outcome.type}: ${outcome.code ?? "no code"}`);
    this.id = id;
    this.outcome = outcome;
  }
}
