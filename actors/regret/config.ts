/**
 * When pools are compared with pools of one size.
 *
 * @module
 */
import { z } from "zod/mini";

/** The section `regret`. */
export const regretSchema = z.strictObject({
  /** Whether pools are compared with pools of one size. */
  enabled: z._default(z.boolean(), true),
  /** How often, and over which time: each estimate is about the time since the one before. */
  everyMs: z._default(z.int().check(z.minimum(60_000), z.maximum(86_400_000)), 3_600_000),
  /** Jobs without which there is nothing to compare. */
  jobsMin: z._default(z.int().check(z.minimum(10), z.maximum(10_000)), 100),
});

/** Parsed {@link regretSchema}. */
export type RegretConfig = z.output<typeof regretSchema>;
