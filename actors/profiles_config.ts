/**
 * What a configuration says of profiles.
 *
 * @module
 */
import { z } from "zod/mini";
import { limitsSchema } from "../messages/schemas/limits.ts";
import { durationMsMax } from "./units.ts";

const durationMs = z.nullable(z.int().check(z.minimum(1), z.maximum(durationMsMax)));

/** A profile: everything may be left to the job, to its operation or to the defaults of all. */
export const profileSchema = z.strictObject({
  /** The pool whose policy and bounds hold; null: one called as the profile is, where there is one. */
  pool: z._default(z.nullable(z.string().check(z.minLength(1))), null),
  /** The class of its jobs; null: that of any job. */
  priority: z._default(z.nullable(z.enum(["high", "normal", "low"])), null),
  /** Longest run of one attempt. */
  timeoutMs: z._default(durationMs, null),
  /** Longest wait for a start. */
  queueTimeoutMs: z._default(durationMs, null),
  /** Attempts after the first. */
  retries: z._default(z.nullable(z.int().check(z.minimum(0), z.maximum(100))), null),
  /** What each job may take; its own limits can only be tighter. */
  limits: z.prefault(limitsSchema, {}),
});

/** The profiles that there are in any case. */
export const usualProfiles = {
  /** Somebody waits for it: at once or not at all. */
  quick: { priority: "high" as const, timeoutMs: 60_000, queueTimeoutMs: 60_000, retries: 0 },
  /** As long as it takes. */
  deep: { timeoutMs: 21_600_000, retries: 2 },
  /** When there is room for it. */
  scheduled: { priority: "low" as const, timeoutMs: 7_200_000, retries: 3 },
};
