/**
 * A case for `map` and GNU parallel.
 *
 * @module
 */

/** One case. */
export interface MapCase {
  readonly name: string;
  /** Arguments of `map`; those of parallel follow from them. */
  readonly args: readonly string[];
  readonly input?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** What `map` prints; as it is when the order is kept, else in any order of lines. */
  readonly stdout: string;
  readonly stderr?: RegExp;
  /** Exit code. Default 0. */
  readonly code?: number;
  /** Rows of the job log `log`: number, exit value, signal and command. */
  readonly joblog?: readonly string[];
  /** Where parallel does something else: what, why, and what it prints. */
  readonly parallel?: {
    readonly because: string;
    readonly stdout?: string;
    readonly code?: number;
    readonly args?: readonly string[];
  };
}
