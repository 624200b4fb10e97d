/**
 * Workers that are paid for and have nothing to do.
 *
 * @module
 */
import { z } from "zod/mini";
import { alertRule, marksAt, percent, ratio, usualOptions } from "./rule.ts";

/** What the policy keeps ready on purpose is no waste. */
export const waste = alertRule({
  name: "waste",
  help: "Workers beyond those that are kept ready have nothing to do.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 600_000 }),
      /** Share of all workers that is idle, and not kept ready on purpose. */
      warningRatio: z._default(ratio, .5),
      criticalRatio: z._default(z.nullable(ratio), null),
      clearRatio: z._default(ratio, .4),
    }),
  start: () => null,
  step(memory, { workers, idle, floor }, { warningRatio, criticalRatio, clearRatio }) {
    const spare = Math.max(0, Math.min(idle, workers - floor));
    const value = workers === 0 ? 0 : spare / workers;
    const marks = marksAt(warningRatio, criticalRatio, clearRatio);
    const because = () => `${spare} of ${workers} workers have nothing to do (${percent(value)})`;
    return [[{ subject: null, value, marks, because }], memory];
  },
});
