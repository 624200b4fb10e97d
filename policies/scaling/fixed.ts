/**
 * One size for ever.
 *
 * @module
 */
import { z } from "zod";
import { scalingPolicy } from "../policy.ts";

/** Keeps the pool at one size; the baseline every other policy must beat. */
export const fixed = scalingPolicy({
  name: "fixed",
  help: "Keeps the pool at one size.",
  options: z.strictObject({
    workers: z.int().nonnegative().default(4).describe("The size."),
  }),
  everyMs: () => 5_000,
  start: () => null,
  step: (memory, _reading, { workers }) => [
    { floor: workers, cap: workers, because: `fixed at ${workers}` },
    memory,
  ],
});
