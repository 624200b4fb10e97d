/**
 * A schedule: a job that is made again and again, at instants that a cron pattern names.
 *
 * @module
 */
import type { JobSpec } from "./job.ts";

/** What a caller asks for. */
export interface ScheduleSpec {
  /** Five fields (minute first) or six (second first), or `@daily` and its like. */
  readonly cron: string;
  /** IANA name of the zone whose clock the pattern is about. Default `UTC`. */
  readonly timeZone?: string;
  /** The job; it has no `after`, no instant and no idempotency key of its own. */
  readonly job: JobSpec;
  /**
   * What becomes of instants that were missed, while the service was down or busy for more than a
   * minute: none, one job for all of them (default), or a job for each of the last 100.
   */
  readonly missed?: "skip" | "once" | "all";
  /** Whether a job is made while the one before it is open. Default `allow`. */
  readonly overlap?: "allow" | "skip";
  /** Longest delay of each job, ms; the same for one instant. Default 0. */
  readonly jitterMs?: number;
  /** Makes no jobs until it is resumed. Default false. */
  readonly paused?: boolean;
}

/** A schedule as shown to people and programs. Times are ISO 8601. */
export interface ScheduleView extends Required<ScheduleSpec> {
  /** Its name. */
  readonly name: string;
  /** Whether the configuration or a call made it. */
  readonly source: "configuration" | "call";
  /** Its next instants, the first one first; none while it is paused, or when there are no more. */
  readonly next: readonly string[];
  /** Its latest job and the instant it was made for. */
  readonly last: { readonly id: string; readonly at: string } | null;
}
