/**
 * The border of schedules. What a job or a cron pattern has to be is checked beside it.
 *
 * @module
 */
import { z } from "zod";

/** Longest delay of a job of a schedule, ms: a day. */
export const jitterMsMost = 86_400_000;

/** What a schedule may be called. */
export const scheduleName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A schedule as it may come from outside. */
export const scheduleSchema = z.strictObject({
  cron: z.string().min(1).max(255),
  timeZone: z.string().min(1).max(64).exactOptional(),
  job: z.record(z.string(), z.unknown()),
  missed: z.enum(["skip", "once", "all"]).exactOptional(),
  overlap: z.enum(["allow", "skip"]).exactOptional(),
  jitterMs: z.int().min(0).max(jitterMsMost).exactOptional(),
  paused: z.boolean().exactOptional(),
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
