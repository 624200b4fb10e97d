/**
 * What a configuration says of jobs with the same key.
 *
 * @module
 */
import { z } from "zod/mini";
import type { KeyLimit } from "../messages/limits.ts";
import { unitExpected, unitShape } from "../messages/schemas/job.ts";
import { parseRate } from "./units.ts";

const most = z.nullable(z.int().check(z.minimum(1), z.maximum(1_000_000_000)));

/** So much in each period, as `3500/min`. */
const rateText = z.string().check(z.superRefine((given, context) => {
  try {
    parseRate(given);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as RangeError).message });
  }
}));

const rate = z.pipe(
  z.transform((given: unknown) => typeof given === "string" ? { rate: given } : given),
  z.strictObject({
    rate: rateText,
    /** Most at once; the rest flows in evenly. Null: all of it. */
    burst: z._default(z.nullable(z.number().check(z.minimum(1))), null),
  }),
);

/** How many jobs of a key may run at once, and what they may take. */
export const keyLimitSchema = z.strictObject({
  /** Jobs of each key; null: any number. */
  each: z._default(most, null),
  /** Keys of the pattern with jobs that run; null: any number. */
  keys: z._default(most, null),
  /** By unit, what jobs of each key may take: `requests: 3500/min`. */
  rates: z.exactOptional(
    z.record(z.string().check(z.regex(unitShape, { error: unitExpected })), rate),
  ),
}) satisfies z.core.$ZodType<KeyLimit>;
