/**
 * When so many jobs are lost that more of them at once would only lose more.
 *
 * @module
 */
import type { Tally } from "../estimators/tally.ts";

/** Share of jobs that fail for whatever reason above which it is not theirs alone. */
const failedHighRatio = .5;

/** What was lost, in words; null where nothing speaks of overload. */
export function lost(
  { finished, failed, timedOut, runMs }: Tally,
  { lossRatio, lateMs }: { readonly lossRatio: number; readonly lateMs: number | null },
): string | null {
  if (finished + timedOut === 0) return null;
  const ended = Math.max(finished, timedOut);
  const late = lateMs !== null && finished > 0 && runMs / finished >= lateMs;
  if (timedOut > lossRatio * ended) return `${timedOut} of ${ended} jobs timed out`;
  if (failed > failedHighRatio * ended) return `${failed} of ${ended} jobs failed`;
  return late ? `jobs run for ${Math.round(runMs / finished)} ms` : null;
}
