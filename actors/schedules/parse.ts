/**
 * Reads schedules that come from outside.
 *
 * @module
 */
import type { ScheduleSpec } from "../../messages/schedule.ts";
import { scheduleExpected, scheduleName, scheduleSchema } from "../../messages/schemas/schedule.ts";
import { parseJob, refusalOf } from "../admission.ts";
import { flaw } from "../flaw.ts";
import { isObject } from "../is_object.ts";
import { esc, type Flaw } from "../json_value.ts";
import { within } from "../within.ts";
import { instantsOf } from "./instants.ts";

const code = "invalid_schedule";

/** Fields that a schedule gives its jobs itself. */
const own = ["after", "runAt", "delayMs", "idempotencyKey"] as const;

/** Reads the name of a schedule. */
export function parseName(value: unknown): string {
  if (typeof value === "string" && scheduleName.test(value)) return value;
  const expected = "a name of 1..64 letters, digits, '.', '_' and '-'";
  throw refusalOf([flaw(code, "/name", expected, value)]);
}

/** Reads a schedule; throws Refusal with every field that is wrong, or with what is in its job. */
export function parseSchedule(value: unknown, nowAt: number): ScheduleSpec {
  if (!isObject(value)) throw refusalOf([flaw(code, "", "an object", value, "A schedule")]);
  const parsed = scheduleSchema.safeParse(value);
  if (!parsed.success) {
    throw refusalOf(parsed.error.issues.flatMap((issue) => flawsOf(issue, value)));
  }
  const { cron, timeZone = "UTC", job } = parsed.data;
  instantsOf(cron, timeZone, nowAt);
  const spec = parseJob(job, "/job");
  for (const name of own) {
    if (spec[name] === undefined) continue;
    const expected = "absent: a schedule gives it to each of its jobs";
    throw refusalOf([flaw(code, `/job/${name}`, expected, spec[name])]);
  }
  return { ...parsed.data, job: spec };
}

/** Checks a job of a schedule where it stands. */
export const inJob = <T>(check: () => T): T => within("/job", check);

type SchemaIssue = { readonly code?: string | undefined; readonly path: readonly PropertyKey[] };

function flawsOf(issue: SchemaIssue, value: Record<string, unknown>): Flaw[] {
  const [name] = issue.path;
  if (name !== undefined) {
    const field = name as keyof typeof scheduleExpected;
    return [flaw(code, `/${field}`, scheduleExpected[field], value[field])];
  }
  const known = Object.keys(scheduleExpected);
  return Object.keys(value).filter((key) => !known.includes(key)).slice(0, 20).map((key) => ({
    code: "unrecognized_key",
    pointer: `/${esc(key)}`,
    message: `/${esc(key)} is not a field of a schedule`,
    expected: `one of ${known.join(", ")}`,
    given: key.slice(0, 80),
  }));
}
