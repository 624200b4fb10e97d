/**
 * Growth that gained nothing, and what it ran into.
 *
 * @module
 */

/** What can stand in the way of jobs. */
export type CauseName =
  | "cpu"
  | "quota"
  | "stolen"
  | "memory"
  | "disk"
  | "downstream"
  | "lock"
  | "contention"
  | "limit"
  | "workers"
  | "operator"
  | "starts"
  | "service"
  | "failures"
  | "files"
  | "processes"
  | "api";

/** A size from which on more workers did no more. */
export interface Plateau {
  /** What stands in the way; null: nothing speaks for one thing. */
  readonly cause: CauseName | null;
  /** `slow`: jobs slowed each other down. `idle`: jobs waited, and workers had none. */
  readonly kind: "slow" | "idle";
  /** Jobs that go on at once: as many as do what is done, undisturbed. */
  readonly atOnce: number;
  /** Workers that there were when it was seen. */
  readonly workers: number;
}
