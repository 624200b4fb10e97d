/**
 * Where workers and operations stand that use more than they should.
 *
 * @module
 */

/** One measure of a worker, or of all running jobs of an operation, against its thresholds. */
export interface ThresholdStatus {
  /** Whose. */
  readonly of: "worker" | "operation";
  /** `seat.generation`, or the operation's name. */
  readonly name: string;
  /** What is measured: memory in bytes, CPU time in cores. */
  readonly measure: "memory" | "cpu";
  /** From `warning` on an operation begins no jobs, and a worker is given none. */
  readonly level: "calm" | "warning" | "critical";
  /** As it was seen last. */
  readonly value: number;
  /** Where the levels begin. */
  readonly warning: number;
  /** Null: there is no such level. */
  readonly critical: number | null;
}
