/**
 * A queue that builds up: more jobs come than end.
 *
 * @module
 */
import { z } from "zod/mini";
import { span } from "../span.ts";
import { alertRule, durationMs, marksAt, usualOptions, windowMs } from "./rule.ts";
import { grown, takeTotals, type Totals, watchTotals } from "./totals.ts";

/** Longest time that is told, ms: where nothing ends it would be endless. */
const drainMaxMs = 86_400_000;

interface Memory {
  readonly totals: Totals;
  /** Since when more come than end; Infinity: they do not. */
  readonly sinceMs: number;
  /** That has lasted, and much still waits. */
  readonly isStuck: boolean;
}

/** What is measured is the time in which the queue would be empty if no more jobs came. */
export const backlog = alertRule({
  name: "backlog",
  help: "More jobs come than end, and those that wait will take long.",
  options: () =>
    z.strictObject({
      // Longer than the window: jobs that were submitted together are no rush of jobs.
      ...usualOptions({ sustainMs: 90_000 }),
      /** Time to drain. */
      warningMs: z._default(durationMs, 60_000),
      criticalMs: z._default(durationMs, 600_000),
      /** Time to drain that is good again. */
      drainedMs: z._default(durationMs, 30_000),
      /** Window over which the pace is measured. */
      windowMs: z._default(windowMs, 60_000),
    }),
  start: ({ windowMs }): Memory => ({
    totals: watchTotals(windowMs),
    sinceMs: Infinity,
    isStuck: false,
  }),
  step({ totals, sinceMs, isStuck }, { nowMs, accepted, done, failed, queued }, options) {
    const now = [accepted, done + failed];
    const { by: [came = 0, ended = 0], ms, isWhole } = grown(totals, nowMs, now);
    const drainMs = queued === 0
      ? 0
      : ended === 0
      ? drainMaxMs
      : Math.min(drainMaxMs, queued * ms / ended);
    const { warningMs, criticalMs, drainedMs, sustainMs } = options;
    const isGrowing = isWhole && came > ended && drainMs >= warningMs;
    const fromMs = isGrowing ? Math.min(sinceMs, nowMs) : Infinity;
    // Once it has lasted it stays so until little waits, whether or not more jobs come.
    const stays = isStuck ? drainMs >= drainedMs : nowMs - fromMs >= sustainMs;
    const because = () =>
      `${queued} jobs wait, about ${span(drainMs)} of work: in the last ${span(ms)} ` +
      `${came} came and ${ended} ended`;
    const value = !isWhole ? null : isGrowing || stays ? drainMs : 0;
    return [
      [{ subject: null, value, marks: marksAt(warningMs, criticalMs, drainedMs), because }],
      { totals: takeTotals(totals, nowMs, now), sinceMs: fromMs, isStuck: stays },
    ];
  },
});
