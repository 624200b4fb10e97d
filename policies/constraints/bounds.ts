/**
 * The smallest and the largest size of a pool, and the jobs that it may have at once.
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
  runningMax: z._default(z.nullable(z.int().check(z.minimum(1))), null).check(
    z.describe("Jobs in its workers at most. Null: as many as these have room for."),
  ),
}).check(({ value, issues }) => {
  if (value.max === null || value.min <= value.max) return;
  const message = `min (${value.min}) must be <= max (${value.max})`;
  issues.push({ code: "custom", path: ["min"], message, input: value.min });
});

/** Keeps a pool between `min` and `max` workers, with at most `runningMax` jobs in them. */
export const bounds = constraint({
  name: "bounds",
  help: "Keeps a pool between its smallest and its largest size.",
  options,
  constrain: ({ cores }, { min, max, runningMax }) => {
    const most = max ?? Math.max(min, largest(cores));
    const because = `bounds ${min} to ${most}`;
    if (runningMax === null) return { floor: min, cap: most, because };
    return { floor: min, cap: most, runningMax, because: `${because}, ${runningMax} jobs` };
  },
});
