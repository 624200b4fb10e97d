/**
 * Waits that break a promise, by how fast they use up what it allows.
 *
 * Where 95 % of jobs are promised to start in time, 5 % may be late. The burn is how many times as
 * many are. It counts only when the long and the short window agree: the long one so that a moment
 * is no alarm, the short one so that what is over is over (Google's SRE workbook, chapter 5).
 *
 * @module
 */
import { z } from "zod/mini";
import { span } from "../span.ts";
import { alertRule, durationMs, marksAt, percent, usualOptions, volume, windowMs } from "./rule.ts";
import { grown, takeTotals, type Totals, watchTotals } from "./totals.ts";

const burns = z.number().check(z.minimum(.001), z.maximum(1_000_000));

/** Nothing is promised unless `waitMs` says so. */
export const latency = alertRule({
  name: "latency",
  help: "Jobs wait longer than was promised.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 0, clearMs: 60_000 }),
      /** Longest wait that is in time; null: nothing is promised. */
      waitMs: z._default(z.nullable(durationMs), null),
      /** Share of jobs that must be in time. */
      objectiveRatio: z._default(z.number().check(z.gt(0), z.lt(1)), .95),
      /** Times what is allowed. At 14.4 a month's allowance is gone in two days. */
      warningBurns: z._default(burns, 6),
      criticalBurns: z._default(burns, 14.4),
      /** Windows in both of which it must burn too fast: the long one. */
      longMs: z._default(windowMs, 3_600_000),
      /** The short one. */
      shortMs: z._default(windowMs, 300_000),
      /** Jobs that must have ended in the short window. */
      volumeMin: z._default(volume, 20),
    }),
  start: ({ longMs, shortMs }) => [watchTotals(longMs), watchTotals(shortMs)] as readonly Totals[],
  step(memory, { nowMs, waited }, options) {
    const { waitMs, objectiveRatio, volumeMin, longMs, shortMs } = options;
    if (waitMs === null) return [[], memory];
    const { ended, late } = waited(waitMs);
    const totals = [ended, late];
    const seen = memory.map((window) => grown(window, nowMs, totals));
    const shares = seen.map(({ by: [all = 0, over = 0] }) => all === 0 ? 0 : over / all);
    const { by: [lately = 0], isWhole } = seen[1]!;
    const burn = Math.min(...shares) / (1 - objectiveRatio);
    const value = lately >= volumeMin ? burn : lately === 0 && isWhole ? 0 : null;
    // A promise of 90 % can't burn 14 times as fast: where all are late it is as bad as can be.
    const most = 1 / (1 - objectiveRatio);
    const [warning, critical] = [options.warningBurns, options.criticalBurns].map((mark) =>
      Math.min(mark, most)
    );
    const because = () =>
      `${percent(shares[1]!)} of jobs in the last ${span(shortMs)} and ${percent(shares[0]!)} in ` +
      `the last ${span(longMs)} waited longer than ${span(waitMs)}: ` +
      `${Math.round(burn * 10) / 10} times as many as may`;
    return [
      [{ subject: null, value, marks: marksAt(warning!, critical!, 1), because }],
      memory.map((window) => takeTotals(window, nowMs, totals)),
    ];
  },
});
