/**
 * What is asked for and can't be done.
 *
 * @module
 */

/** One thing that was wrong with an input. */
export interface Issue {
  /** JSON pointer to the field: `/jobs/17/command`. */
  readonly pointer: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What would have been right. */
  readonly expected?: string;
  /** What came instead, shortened. */
  readonly given?: string;
}

/**
 * Something was asked that can't be done as asked. The doors turn `code` into a status or an exit
 * code; the message names the field, what was expected and what was given.
 */
export class Refusal extends RangeError {
  /** For programs that tell errors apart by name. */
  override readonly name = "Refusal";
  /** A stable word for programs: `unknown_task`, `invalid_timeout`, … */
  readonly code: string;
  /** What was wrong, at most 20. */
  readonly issues: readonly Issue[];
  /** When to try again, ms; null: not by itself. */
  readonly retryAfterMs: number | null;

  /** Refuses with a stable `code` and a sentence for people. */
  constructor(
    code: string,
    message: string,
    issues: readonly Issue[] = [],
    retryAfterMs: number | null = null,
  ) {
    super(message);
    this.code = code;
    this.issues = issues;
    this.retryAfterMs = retryAfterMs;
  }
}
