/**
 * What a job said while it ran.
 *
 * @module
 */

/** Where a piece came from: a task's `log`, or one of a command's streams. */
export type LogStream = "log" | "stdout" | "stderr";

/** A piece of a job's log: a whole line of a task, any part of what a command wrote. */
export interface LogPiece {
  /** When it was heard, epoch ms. */
  readonly at: number;
  /** In which attempt of the job. */
  readonly attempt: number;
  /** Where it came from. */
  readonly stream: LogStream;
  /** What was said. */
  readonly text: string;
  /** Characters that were left out before this piece to keep within the cap. */
  readonly droppedChars?: number;
  /** For the whole output of a stream, from the outcome: when its attempt began, epoch ms. */
  readonly since?: number;
  /** Where it ends: given as `after`, the log goes on behind it. */
  readonly place?: string;
}
