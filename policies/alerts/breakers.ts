/**
 * Breakers that hold jobs.
 *
 * @module
 */
import { z } from "zod/mini";
import { alertRule, usualOptions } from "./rule.ts";

const marks = { warning: 1, critical: null, clear: 1 };

/** One incident a breaker, until it is closed. */
export const breakers = alertRule({
  name: "breakers",
  help: "A breaker holds the jobs of an operation or a host.",
  options: () => z.strictObject(usualOptions({ sustainMs: 0, clearMs: 0 })),
  start: () => null,
  step: (memory, { breakers }) => [
    breakers.map(({ name, because }) => ({
      subject: name,
      value: 1,
      marks,
      because: () => because,
    })),
    memory,
  ],
});
