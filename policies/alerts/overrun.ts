/**
 * Jobs that take longer than they should, told while they still run.
 *
 * @module
 */
import { z } from "zod/mini";
import { span } from "../span.ts";
import { alertRule, durationMs, type Finding, marksAt, usualOptions } from "./rule.ts";
import type { RunningJob } from "./sight.ts";

const factor = z.number().check(z.minimum(.001), z.maximum(1_000));

/** By operation: what several jobs of it do at once is one incident. */
export const overrun = alertRule({
  name: "overrun",
  help: "A job runs longer than its operation should.",
  options: () =>
    z.strictObject({
      ...usualOptions({ sustainMs: 0, clearMs: 0 }),
      /** How long a job of an operation (`tests`), or of those that begin so (`fetch-*`), should run. */
      targets: z._default(
        z.record(
          z.string().check(z.minLength(1), z.maxLength(255)),
          z.strictObject({
            /** How long it should run. */
            targetMs: durationMs.check(z.minimum(1)),
          }),
        ),
        {},
      ),
      /** Shares of the target. Seed 2: 75 % and 100 %. */
      warningRatio: z._default(factor, .75),
      criticalRatio: z._default(factor, 1),
    }),
  start: ({ targets }) => targetOf(targets),
  step(find, { running }, { targets, warningRatio, criticalRatio }) {
    if (Object.keys(targets).length === 0) return [[], find];
    const worst = new Map<string, RunningJob>();
    for (const job of running()) {
      if (find(job.operation) === null) continue;
      const other = worst.get(job.operation);
      if (!other || other.ranMs < job.ranMs) worst.set(job.operation, job);
    }
    const marks = marksAt(warningRatio, criticalRatio, warningRatio);
    const findings = [...worst].map(([subject, { id, ranMs }]): Finding => {
      const targetMs = find(subject)!;
      const value = ranMs / targetMs;
      const because = () =>
        `Job ${id} of ${subject} has run for ${span(ranMs)}, ` +
        `${Math.round(100 * value)} % of its target of ${span(targetMs)}`;
      return { subject, value, marks, because };
    });
    return [findings, find];
  },
});

/** The target of an operation: its own, or that of the longest beginning that fits; null: none. */
function targetOf(targets: Readonly<Record<string, { readonly targetMs: number }>>) {
  const patterns = Object.keys(targets).filter((name) => name.endsWith("*"))
    .sort((a, b) => b.length - a.length);
  return (operation: string): number | null => {
    const name = Object.hasOwn(targets, operation)
      ? operation
      : patterns.find((pattern) => operation.startsWith(pattern.slice(0, -1)));
    return name === undefined ? null : targets[name]!.targetMs;
  };
}
