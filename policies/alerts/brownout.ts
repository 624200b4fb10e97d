/**
 * The service leaves things undone.
 *
 * @module
 */
import { z } from "zod/mini";
import { alertRule, usualOptions } from "./rule.ts";

const marks = { warning: 1, critical: 2, clear: 1 };

/** One incident from the first level until nothing is left undone. Levels last by themselves. */
export const brownout = alertRule({
  name: "brownout",
  help: "The service leaves things undone, as it or its machine is short of something.",
  options: () => z.strictObject(usualOptions({ sustainMs: 0, clearMs: 0 })),
  start: () => null,
  step: (memory, { brownout }) => [
    brownout === null ? [] : [{
      subject: null,
      value: brownout.level,
      marks,
      because: () => `The service does less (level ${brownout.level}): ${brownout.because}`,
    }],
    memory,
  ],
});
