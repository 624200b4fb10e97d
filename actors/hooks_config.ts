/**
 * The part of the configuration about functions of others.
 *
 * @module
 */
import { z } from "zod/mini";

/** Functions of others that are called at certain moments. */
export const hooksSchema = z.strictObject({
  /** Files of modules that export them, in the order in which they are called. */
  modules: z._default(z.array(z.string().check(z.minLength(1))).check(z.maxLength(16)), []),
  /** What one call may take. */
  timeoutMs: z._default(z.int().check(z.minimum(1), z.maximum(60_000)), 1_000),
});
