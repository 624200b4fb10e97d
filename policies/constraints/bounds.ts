/**
 * The smallest and the largest size of a pool.
 *
 * @module
 */
import { z } from "zod/mini";
import { largest } from "../largest.ts";
import { constraint } from "./constraint.ts";

const options = z.strictObject({
  min: z._default(z.int().check(z.nonnegative()), 1).check(z.describe("Workers at least.")),
  max: z._default(z.nullable(z.int().check(z.nonnegative())), null).check(
    z.describe("Workers at most. Null: 12 a core, at most 100."),
  ),
}).check(({ value, issues }) => {
  if (value.max === null || value.min <= value.max) return;
  const message = `min (${value.min}) must be <= max (${value.max})`;
  issues.push({ code: "custom", path: ["min"], message, input: value.min });
});

/** Keeps a pool between `min` and `max` workers. */
export const bounds = constraint({
  name: "bounds",
  help: "Keeps a pool between its smallest and its largest size.",
  options,
  constrain: ({ cores }, { min, max }) => {
    const most = max ?? Math.max(min, largest(cores));
    return { floor: min, cap: most, because: `bounds ${min} to ${most}` };
  },
});
