/**
 * What a configuration says of all jobs.
 *
 * @module
 */
import { z } from "zod/mini";
import { learntTimeoutRules } from "../policies/limits/learnt_timeout.ts";
import { durationMsMax } from "./units.ts";

const durationMs = z.int().check(z.minimum(1), z.maximum(durationMsMax));

const retention = z.strictObject({
  /** How long jobs that ended `done` are kept. */
  doneMs: z._default(durationMs, 86_400_000),
  /** How long jobs with another ending are kept. */
  otherMs: z._default(durationMs, 1_209_600_000),
  /** Rows kept of each. */
  rows: z._default(z.int().check(z.minimum(1), z.maximum(100_000_000)), 100_000),
});

/** Longest waits for a start, by class; null: any. */
const queueTimeouts = z.strictObject({
  /** Longest wait for a start of jobs of this class; null: any. */
  highMs: z._default(z.nullable(durationMs), null),
  normalMs: z._default(z.nullable(durationMs), null),
  lowMs: z._default(z.nullable(durationMs), null),
});

/** Times, attempts and how long jobs are kept. */
export const jobsSchema = z.strictObject({
  /** Longest run of one attempt in the service; null: no limit. */
  timeoutMs: z._default(z.nullable(durationMs), 3_600_000),
  /** A shorter limit, learnt of each operation by itself; null: none. */
  learntTimeout: z._default(z.nullable(learntTimeoutRules), null),
  /** Attempts after the first. */
  retries: z._default(z.int().check(z.minimum(0), z.maximum(100)), 0),
  queueTimeouts: z.prefault(queueTimeouts, {}),
  retention: z.prefault(retention, {}),
});
