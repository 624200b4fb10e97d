/**
 * The border of schedules. What a job or a cron pattern has to be is checked beside it.
 *
 * @module
 */
import { z } from "zod/mini";

/** Longest delay of a job of a schedule, ms: a day. */
export const jitterMsMost = 86_400_000;

/** What a schedule may be called. */
export const scheduleName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A schedule as it may come from outside. */
export const scheduleSchema = z.strictObject({
  cron: z.string().check(z.minLength(1), z.maxLength(255)),
  timeZone: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(64))),
  job: z.record(z.string(), z.unknown()),
  missed: z.exactOptional(z.enum(["skip", "once", "all"])),
  overlap: z.exactOptional(z.enum(["allow", "skip"])),
  jitterMs: z.exactOptional(z.int().check(z.minimum(0), z.maximum(jitterMsMost))),
  paused: z.exactOptional(z.boolean()),
});

/** What each field has to be, in words. */
export const scheduleExpected: Readonly<Record<keyof z.output<typeof scheduleSchema>, string>> = {
  cron: "a cron pattern of five or six fields",
  timeZone: "the name of a time zone, such as Europe/Berlin",
  job: "a job",
  missed: "one of skip, once, all",
  overlap: "one of allow, skip",
  jitterMs: `an integer 0..${jitterMsMost}`,
  paused: "true or false",
};
