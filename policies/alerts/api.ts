/**
 * Answers of the API that take long.
 *
 * @module
 */
import { z } from "zod/mini";
import { span } from "../span.ts";
import { alertRule, durationMs, marksAt, usualOptions, volume } from "./rule.ts";

/** Of the answers of the last minute 95 of 100 take no longer. */
export const api = alertRule({
  name: "api",
  help: "The API takes long to answer.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 20_000 }),
      /** What 95 of 100 answers of the last minute take at most. */
      warningMs: z._default(durationMs, 300),
      criticalMs: z._default(z.nullable(durationMs), 1_000),
      clearMarkMs: z._default(durationMs, 200),
      /** Answers without which nothing is said. */
      volumeMin: z._default(volume, 20),
    }),
  start: () => null,
  step(memory, sight, { warningMs, criticalMs, clearMarkMs, volumeMin }) {
    const api = sight.api();
    const value = api === null ? 0 : api.requests < volumeMin ? null : api.p95Ms;
    const marks = marksAt(warningMs, criticalMs, clearMarkMs);
    const because = () =>
      `95 of 100 answers of the API took up to ${span(api?.p95Ms ?? 0)}, ` +
      `most of it was for ${api?.slowest.route} (${span(api?.slowest.meanMs ?? 0)} in the mean)`;
    return [[{ subject: null, value, marks, because }], memory];
  },
});
