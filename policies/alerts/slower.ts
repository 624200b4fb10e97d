/**
 * Operations that take longer than they did when they were learned, minute after minute.
 *
 * @module
 */
import { z } from "zod/mini";
import { alertRule, marksAt, usualOptions } from "./rule.ts";

const times = z.number().check(z.gt(1), z.maximum(1_000));

/** What is seen has lasted for minutes already, so nothing has to last beyond that. */
export const slower = alertRule({
  name: "slower",
  help: "An operation takes longer than it did, and stays so.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 0, clearMs: 0 }),
      /** Times as long. */
      warningTimes: z._default(times, 1.5),
      criticalTimes: z._default(z.nullable(times), null),
      clearTimes: z._default(times, 1.2),
    }),
  start: () => null,
  step(memory, sight, { warningTimes, criticalTimes, clearTimes }) {
    const marks = marksAt(warningTimes, criticalTimes, clearTimes);
    const findings = sight.slower().map(({ operation, timesAsLong, since }) => ({
      subject: operation,
      value: timesAsLong,
      marks,
      because: () =>
        `Jobs of ${operation} take ${
          timesAsLong.toFixed(1)
        } times as long as they did, since ${since}`,
    }));
    return [findings, memory];
  },
});
