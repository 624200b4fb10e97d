/**
 * Operations whose jobs cost more than they used to, with their part of idle workers.
 *
 * @module
 */
import { z } from "zod/mini";
import { alertRule, marksAt, usualOptions } from "./rule.ts";

const times = z.number().check(z.gt(1), z.maximum(1_000));

/** Half an hour beside a week; where nothing has a price it is the time of workers. */
export const costs = alertRule({
  name: "costs",
  help: "A job of an operation costs more than it used to.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 600_000 }),
      /** Times as much. */
      warningTimes: z._default(times, 2),
      criticalTimes: z._default(z.nullable(times), null),
      clearTimes: z._default(times, 1.5),
    }),
  start: () => null,
  step(memory, sight, { warningTimes, criticalTimes, clearTimes }) {
    const marks = marksAt(warningTimes, criticalTimes, clearTimes);
    const findings = sight.costs().map(({ operation, timesAsMuch, cost, currency }) => ({
      subject: operation,
      value: timesAsMuch,
      marks,
      because: () =>
        `A job of ${operation} costs ${Number(cost.toPrecision(3))} ${currency}, ` +
        `${timesAsMuch.toFixed(1)} times as much as in the last days`,
    }));
    return [findings, memory];
  },
});
