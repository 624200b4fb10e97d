/**
 * The words of schemas for what is wrong.
 *
 * @module
 */
import { z } from "zod/mini";

/**
 * For a parse whose words somebody reads: this build of Zod has none of its own. Handed to each
 * parse, as `z.config` would speak for all schemas of a program that we are a part of.
 */
export const english: { readonly error: z.core.$ZodErrorMap } = {
  error: z.locales.en().localeError,
};
