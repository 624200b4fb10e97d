/**
 * How stages ended, and what all of them took together.
 *
 * @module
 */
import type { Outcome, Resources, StageEnding } from "../messages/outcome.ts";
import { unmeasured } from "./job.ts";

/** Characters of JSON of a task's output that are kept of a stage: a run has many. */
const outputCharsMax = 65_536;

/** The numbers of something that never ran. */
export const skipped = {
  attempts: 0,
  waitMs: 0,
  durationMs: 0,
  resources: unmeasured,
  worker: null,
} as const;

/** The ending of the stage `name`. An output that is too large to keep counts as dropped. */
export function stageEnding(
  name: string,
  { traceId: _, stages: _stages, workspace: _workspace, output, ...outcome }: Outcome,
  tookMs: number,
): StageEnding {
  const size = output === undefined ? 0 : JSON.stringify(output)?.length ?? 0;
  return {
    name,
    ...outcome,
    tookMs,
    ...(output !== undefined && size <= outputCharsMax && { output }),
    ...(size > outputCharsMax && { droppedBytes: size }),
  };
}

/** What all stages used: null where one of those that ran does not know. */
export function sumOf(stages: readonly StageEnding[]): Resources {
  const all = stages.filter(({ type }) => type !== "skipped").map(({ resources }) => resources);
  const known = (values: readonly (number | null)[]) =>
    values.length > 0 && !values.includes(null) ? values as readonly number[] : null;
  const sum = (values: readonly (number | null)[]) =>
    known(values)?.reduce((total, value) => total + value, 0) ?? null;
  const peaks = known(all.map(({ peakBytes }) => peakBytes));
  const sources = new Set(all.map(({ source }) => source));
  return {
    cpuSeconds: sum(all.map(({ cpuSeconds }) => cpuSeconds)),
    peakBytes: peaks && Math.max(...peaks),
    ioBytes: sum(all.map(({ ioBytes }) => ioBytes)),
    source: sources.size === 1 ? all[0]!.source : "none",
  };
}
