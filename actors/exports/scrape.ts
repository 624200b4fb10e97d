/**
 * Everything that is exported, at one moment.
 *
 * @module
 */
import type { Status } from "../../messages/status.ts";
import { createHistogram, type Histogram, merge } from "../../policies/estimators/histogram.ts";
import type { Answers } from "../answers.ts";
import type { Circuits } from "../circuits/circuits.ts";
import type { Metrics } from "../metrics.ts";
import { summarise } from "../series/operations.ts";
import type { Series } from "../series/series.ts";
import { counter, type Family, gauge, type Sample } from "./family.ts";
import { hostFamilies } from "./host.ts";
import { jobFamilies } from "./jobs.ts";
import type { Plugged, PluggedMetric } from "./plugged.ts";
import { seedFamilies } from "./seeds.ts";
import { serviceFamilies } from "./service.ts";
import type { Sight } from "./sight.ts";

/** Who is asked. */
export interface Scraped {
  readonly series: Series;
  readonly plugged: Plugged;
  readonly answers: Pick<Answers, "took" | "totals">;
  readonly metrics: Pick<Metrics, "starts">;
  readonly estates: ReadonlyMap<string, { readonly controller: { readonly made: number } }>;
  readonly queue: { readonly gates: { readonly circuits: Pick<Circuits, "all"> } };
}

/** All families of a system now. */
export async function scrape(system: Scraped, status: Status): Promise<readonly Family[]> {
  const { series, estates, metrics, plugged } = system;
  const minute = await summarise(series, { window: "1m" });
  const sight: Sight = {
    ...{ status, minute },
    answers: system.answers.totals,
    totals: series.totals.with(series.cells.all),
    starts: startsOf(metrics.starts.values()),
    decisions: new Map([...estates].map(([pool, { controller }]) => [pool, controller.made])),
    breakers: breakersOf(system.queue.gates.circuits),
  };
  return [
    ...seedFamilies(sight),
    ...jobFamilies(sight),
    ...serviceFamilies(sight),
    ...hostFamilies(sight),
    ...pluggedFamilies(plugged.look()),
  ];
}

/** What workers run is told apart, not each grant: those may be many. */
function startsOf(
  rows: Iterable<{ readonly grant: { readonly kind: string }; readonly startMs: Histogram }>,
): Sight["starts"] {
  const byKind = new Map<string, Histogram>();
  for (const { grant: { kind }, startMs } of rows) {
    let all = byKind.get(kind);
    if (!all) byKind.set(kind, all = createHistogram());
    merge(all, startMs);
  }
  return [...byKind];
}

function breakersOf({ all }: Pick<Circuits, "all">): Sight["breakers"] {
  const counts = { closed: 0, open: 0, halfOpen: 0 };
  for (const circuit of all.values()) {
    if (circuit.isClosed) counts.closed++;
    else if (circuit.snapshot!.context.deadlines.open === undefined) counts.halfOpen++;
    else counts.open++;
  }
  return counts;
}

/** Metrics of others; of stale ones it is told that they are. */
function pluggedFamilies(all: readonly PluggedMetric[]): readonly Family[] {
  const byName = Map.groupBy(all, ({ spec }) => spec.name);
  const families = [...byName].map(([name, metrics]): Family => {
    const { type, help } = metrics[0]!.spec;
    const samples = metrics.map(({ spec, value, isStale }): Sample => [
      spec.labels,
      isStale ? null : value,
    ]);
    return type === "counter" ? counter(name, help, samples) : gauge(name, help, samples);
  });
  const stale = all.map(({ spec, isStale }): Sample => [{ metric: spec.key }, Number(isStale)]);
  return [
    ...families,
    gauge("flyball_metric_stale", "1 for a metric without a fresh value.", stale),
  ];
}
