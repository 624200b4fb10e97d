/**
 * What a runtime in this process is made of.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import type { Alerts } from "./alerts/alerts.ts";
import type { ClosingParts } from "./closing.ts";
import type { Config } from "./config.ts";
import type { ConfigDesk } from "./config_desk.ts";
import type { Inspection } from "./inspection.ts";
import type { Intake } from "./intake.ts";
import type { Keys } from "./keys.ts";
import type { OperationLimits } from "./limits/operation_limits.ts";
import type { CommandPlace, Orders } from "./orders.ts";
import type { ScheduleDesk } from "./schedules/desk.ts";

/** What a local runtime stands on. */
export interface LocalParts extends ClosingParts {
  readonly orders: Orders;
  readonly keys: Keys;
  readonly inspection: Inspection;
  /** Limits of operations. */
  readonly limits: OperationLimits;
  /** Makes orders of what is submitted. */
  readonly intake: Intake;
  readonly config: ConfigDesk;
  readonly schedules: ScheduleDesk;
  readonly alerts: Alerts;
  /** The data directory, if there is one. */
  readonly data: string | undefined;
  /** Who may ask through `fetch`. */
  readonly server: Config["server"];
  /** Where commands run that this process runs itself. */
  readonly place: (spec: JobSpec) => CommandPlace;
  readonly gaveUp: Promise<string>;
  readonly version: string;
}
