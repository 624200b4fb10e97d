/**
 * How objectives are met.
 *
 * @module
 */
import type { ObjectiveView } from "../../messages/business.ts";
import { burnRate, complianceRatio, type Counts } from "../../policies/business/objective.ts";
import { readObjectives, type Time, timeOf } from "../series/read.ts";
import type { Series } from "../series/series.ts";
import { windows } from "./time.ts";

const none: Counts = { good: 0, total: 0 };

/** All objectives, by name: in `time`, and how their budgets burn. */
export async function objectivesOf(
  series: Series,
  time: Time,
  wallMs: number,
): Promise<readonly ObjectiveView[]> {
  if (series.objectives.all.length === 0) return [];
  const inLast = (window: "5m" | "1h") =>
    readObjectives(series, timeOf(windows[window].step, windows[window].lengthMs, wallMs));
  const [whole, short, long] = [
    await readObjectives(series, time),
    await inLast("5m"),
    await inLast("1h"),
  ];
  return series.objectives.all.map(({ name, objective }): ObjectiveView => {
    const { operation, projectId, latencyMs, durationMs, goodRatio } = objective;
    const { good, total } = whole.get(name) ?? none;
    const ratio = complianceRatio({ good, total });
    return {
      ...{ name, operation, projectId, latencyMs, durationMs, goodRatio, good, total },
      complianceRatio: ratio,
      met: ratio === null ? null : ratio >= goodRatio,
      burnRates: {
        "5m": burnRate(short.get(name) ?? none, goodRatio),
        "1h": burnRate(long.get(name) ?? none, goodRatio),
      },
    };
  }).sort((one, other) => one.name < other.name ? -1 : 1);
}
