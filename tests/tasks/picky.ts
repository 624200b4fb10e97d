/**
 * A task that checks what it takes and what it gives.
 *
 * @module
 */
import { z } from "zod";
import { defineTask } from "../../task.ts";

export default defineTask({
  input: z.strictObject({ path: z.string().min(1), depth: z.int().max(9).default(1) }),
  output: z.object({ depth: z.int().min(0), twice: z.int().min(0) }),
  run: ({ depth }) => ({ depth, twice: depth * 2 }),
});
