/**
 * What the product says of the runs: its metrics, objectives, alerts and costs.
 *
 * @module
 */
import type {
  BusinessMetrics,
  BusinessPage,
  Incident,
  OperationMetrics,
  Runtime,
} from "@flyball/flyball";
import { type Stage, stages } from "./jobs.ts";

/** What it says of a stage. */
export interface StageFigures {
  readonly numbers: OperationMetrics;
  readonly worth: BusinessMetrics;
}

/** All of it. */
export interface Figures {
  readonly stages: Readonly<Record<Stage, StageFigures>>;
  readonly business: BusinessPage;
  /** What was taken of the provider's rates, by unit. */
  readonly taken: Readonly<Record<string, number>>;
  readonly alerts: readonly Incident[];
}

/** Asks for it. */
export async function figuresOf(
  runtime: Pick<Runtime, "metrics" | "status" | "alerts">,
): Promise<Figures> {
  const { items } = await runtime.metrics.operations({ window: "1h" });
  const business = await runtime.metrics.business({ window: "1h" });
  const limit = runtime.status().limits.find(({ pattern }) => pattern === "provider:llm");
  return {
    stages: Object.fromEntries(stages.map((stage) => [stage, {
      numbers: find(items, stage),
      worth: find(business.items, stage),
    }])) as Figures["stages"],
    business,
    taken: Object.fromEntries(limit?.rates?.map(({ unit, taken }) => [unit, taken]) ?? []),
    alerts: runtime.alerts().items,
  };
}

function find<T extends Pick<OperationMetrics, "labels">>(items: readonly T[], stage: Stage): T {
  const item = items.find(({ labels }) => labels.operation === stage);
  if (!item) throw new Error(`There are no numbers of ${stage}`);
  return item;
}
