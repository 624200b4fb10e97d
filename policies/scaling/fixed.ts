/**
 * One size for ever.
 *
 * @module
 */
import { z } from "zod/mini";
import { scalingPolicy } from "../policy.ts";

/** Keeps the pool at one size; the baseline every other policy must beat. */
export const fixed = scalingPolicy({
  name: "fixed",
  help: "Keeps the pool at one size.",
  options: z.strictObject({
    workers: z._default(z.int().check(z.nonnegative()), 4).check(z.describe("The size.")),
  }),
  everyMs: () => 5_000,
  start: () => null,
  step: (memory, _reading, { workers }) => [
    { floor: workers, cap: workers, because: `fixed at ${workers}` },
    memory,
  ],
});
