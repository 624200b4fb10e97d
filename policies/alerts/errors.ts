/**
 * The share of jobs that fail.
 *
 * @module
 */
import { z } from "zod/mini";
import { span } from "../span.ts";
import { alertRule, marksAt, percent, ratio, usualOptions, volume, windowMs } from "./rule.ts";
import { grown, takeTotals, watchTotals } from "./totals.ts";

/** Jobs of all operations; cancelled ones are neither good nor bad. */
export const errors = alertRule({
  name: "errors",
  help: "Many jobs fail, of all that ended lately.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 0 }),
      /** Share of failed jobs; null: there is no such level. */
      warningRatio: z._default(z.nullable(ratio), null),
      /** Share of failed jobs. Seed 2: critical above 5 %. */
      criticalRatio: z._default(ratio, .05),
      /** What is below is calm again. */
      clearRatio: z._default(ratio, .03),
      /** Jobs that must have ended before the share means anything: 1 of 2 is no alarm. */
      volumeMin: z._default(volume, 20),
      /** Window in which jobs are counted. */
      windowMs: z._default(windowMs, 60_000),
    }),
  start: ({ windowMs }) => watchTotals(windowMs),
  step(memory, { nowMs, done, failed }, options) {
    const totals = [done, failed];
    const { by: [good = 0, bad = 0], isWhole } = grown(memory, nowMs, totals);
    const ended = good + bad;
    const { warningRatio, criticalRatio, clearRatio, volumeMin, windowMs } = options;
    // Too few say nothing; that none has ended for a whole window means that none fails.
    const value = ended >= volumeMin ? bad / ended : ended === 0 && isWhole ? 0 : null;
    const marks = marksAt(warningRatio, criticalRatio, clearRatio);
    const because = () =>
      `${bad} of ${ended} jobs failed in the last ${span(windowMs)} (${percent(bad / ended)})`;
    return [[{ subject: null, value, marks, because }], takeTotals(memory, nowMs, totals)];
  },
});
