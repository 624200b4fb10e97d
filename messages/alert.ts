/**
 * Incidents: something is not as it should be, from when that was told until it was over.
 *
 * @module
 */

/** How bad it is. */
export type AlertLevel = "warning" | "critical";

/** One incident. */
export interface Incident {
  /** Unique; the same in every message and fact about it. */
  readonly id: string;
  /** Name of the rule that found it: `cpu`, `errors`, … */
  readonly rule: string;
  /** What of many the rule is about (an operation, a breaker); null where there is only one. */
  readonly subject: string | null;
  /** Whether it goes on. */
  readonly state: "open" | "cleared";
  /** The worst it has been. */
  readonly level: AlertLevel;
  /** One sentence for people, of when it reached that level. */
  readonly message: string;
  /** What was measured then, in the rule's own unit; null where nothing is. */
  readonly value: number | null;
  /** When it was raised, ISO 8601. */
  readonly raisedAt: string;
  /** When it was over, ISO 8601; null while it is open. */
  readonly clearedAt: string | null;
}

/** One who is told of incidents. */
export interface SinkStatus {
  /** Its name in the configuration. */
  readonly name: string;
  /** How it is told. */
  readonly type: "webhook" | "slack" | "email";
  /** Messages that wait. */
  readonly queued: number;
  /** Messages it has taken, since the start. */
  readonly delivered: number;
  /** Messages given up, as it would not take them or too many waited, since the start. */
  readonly dropped: number;
  /** Why the latest attempt failed; null after one that worked. */
  readonly because: string | null;
}

/** Incidents and who is told of them. */
export interface Alerts {
  /** Open ones first, then those that are over, latest first. */
  readonly items: readonly Incident[];
  /** Who is told, as the configuration names them. */
  readonly sinks: readonly SinkStatus[];
}
