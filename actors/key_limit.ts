/**
 * What a configuration says of jobs with the same key.
 *
 * @module
 */
import { z } from "zod";
import type { KeyLimit } from "../messages/limits.ts";
import { unitExpected, unitShape } from "../messages/schemas/job.ts";
import { parseRate } from "./units.ts";

const most = z.int().min(1).max(1_000_000_000).nullable();

/** So much in each period, as `3500/min`. */
const rateText = z.string().superRefine((given, context) => {
  try {
    parseRate(given);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as RangeError).message });
  }
});

const rate = z.preprocess(
  (given) => typeof given === "string" ? { rate: given } : given,
  z.strictObject({
    rate: rateText,
    /** Most at once; the rest flows in evenly. Null: all of it. */
    burst: z.number().min(1).nullable().default(null),
  }),
);

/** How many jobs of a key may run at once, and what they may take. */
export const keyLimitSchema = z.strictObject({
  /** Jobs of each key; null: any number. */
  each: most.default(null),
  /** Keys of the pattern with jobs that run; null: any number. */
  keys: most.default(null),
  /** By unit, what jobs of each key may take: `requests: 3500/min`. */
  rates: z.record(z.string().regex(unitShape, { error: unitExpected }), rate).exactOptional(),
}) satisfies z.ZodType<KeyLimit>;
