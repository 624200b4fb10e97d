/**
 * Pools that cost more than one of a fixed size would, estimate after estimate.
 *
 * @module
 */
import { z } from "zod/mini";
import { alertRule, marksAt, ratio, usualOptions } from "./rule.ts";

/** Each estimate is about an hour, so nothing has to last beyond several of them. */
export const regret = alertRule({
  name: "regret",
  help: "A pool costs more than a fixed size would, hour after hour.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 0, clearMs: 0 }),
      /** How much more, in each of the latest estimates. */
      warningRatio: z._default(ratio, .05),
      criticalRatio: z._default(z.nullable(ratio), null),
      clearRatio: z._default(ratio, .03),
      /** What comes to fewer workers all the time is not worth a word. */
      lossWorkersMin: z._default(z.number().check(z.minimum(0), z.maximum(10_000)), 1),
      /** Estimates in a row. */
      estimates: z._default(z.int().check(z.minimum(1), z.maximum(24)), 3),
    }),
  start: () => null,
  step(memory, sight, { warningRatio, criticalRatio, clearRatio, lossWorkersMin, estimates }) {
    const marks = marksAt(warningRatio, criticalRatio, clearRatio);
    const findings = sight.regrets().map(({ pool, latelyRatio, lossWorkers, workers }) => {
      const last = latelyRatio.slice(-estimates);
      const least = lossWorkers < lossWorkersMin ? 0 : Math.min(...last);
      return {
        subject: pool,
        value: last.length < estimates ? null : Math.max(0, least),
        marks,
        because: () =>
          `Pool ${pool} cost at least ${
            Math.round(100 * least)
          } % more than one fixed size would ` +
          `have, in each of the last ${last.length} estimates; of late that is ${workers} workers: ` +
          `flyball pool pin ${workers} --pool ${pool}, or another policy`,
      };
    });
    return [findings, memory];
  },
});
