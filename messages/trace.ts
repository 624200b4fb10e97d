/**
 * What the time of one job went into.
 *
 * @module
 */

/** A part of a job's life. */
export interface TraceSpan {
  /**
   * `scheduled`, `dependencies`, `retries`, `keys`, `queue`, `attempt`, `workspace`, or the name of a
   * stage.
   */
  readonly name: string;
  /** From the acceptance of the job to its begin, ms. */
  readonly fromMs: number;
  /** Its length, ms; of what is not over, so far. */
  readonly tookMs: number;
  /** It is not over. */
  readonly isOpen?: true;
  /** It lies within the one before it that does not. */
  readonly isPart?: true;
  /** What came of it, or what is waited for. */
  readonly note?: string;
}

/** Something that happened at an instant. */
export interface TraceMark {
  /** From the acceptance of the job, ms. */
  readonly atMs: number;
  /** In words. */
  readonly what: string;
}

/** The answer of `trace`. */
export interface JobTrace {
  /** The job. */
  readonly id: string;
  /** Where it is now, or how it ended. */
  readonly state: string;
  /** Its operation. */
  readonly operation: string;
  /** Trace id of the job, 32 hex digits, where it has one. */
  readonly traceId?: string;
  /** When the job was safe, ISO 8601. */
  readonly acceptedAt: string;
  /** From the acceptance to the end, or to now, ms: the spans that are no parts add up to it. */
  readonly tookMs: number;
  /** In order. */
  readonly spans: readonly TraceSpan[];
  /** What is still known of what happened to it and to its worker, in order. */
  readonly marks: readonly TraceMark[];
}
