/**
 * What Prometheus is told, told to OpenTelemetry too, at its own rhythm. Distributions can't be
 * handed over ready-made there: of them the mean can be had from their counts and sums.
 *
 * @module
 */
import { metrics, type Observable, type ObservableResult } from "@opentelemetry/api";
import type { Family } from "../exports/family.ts";
import { version } from "../version.ts";

/** Values of one name. */
interface Reported {
  readonly name: string;
  readonly help: string;
  readonly isSum: boolean;
  readonly samples: readonly (readonly [Readonly<Record<string, string>>, number | null])[];
}

/** Reports what `scrape` says whenever it is asked; returns the way to stop. */
export async function openMeters(scrape: () => Promise<readonly Family[]>): Promise<() => void> {
  const meter = metrics.getMeter("flyball", version);
  let latest = byName(await scrape());
  let asked: Promise<void> | null = null;
  // All names are asked for at once: one scrape answers them.
  const refresh = () =>
    asked ??= scrape().then(
      (families) => void (latest = byName(families)),
      () => void (latest = new Map()), // Not known is not reported.
    ).finally(() => asked = null);
  const reporting: (() => void)[] = [];
  for (const { name, help, isSum } of latest.values()) {
    const options = { description: help };
    const instrument: Observable = isSum
      ? meter.createObservableCounter(name, options)
      : meter.createObservableGauge(name, options);
    const report = async (result: ObservableResult) => {
      await refresh();
      for (const [labels, value] of latest.get(name)?.samples ?? []) {
        if (value !== null) result.observe(value, labels);
      }
    };
    instrument.addCallback(report);
    reporting.push(() => instrument.removeCallback(report));
  }
  return () => reporting.forEach((stop) => stop());
}

function byName(families: readonly Family[]): ReadonlyMap<string, Reported> {
  const all = families.flatMap((family): Reported[] => {
    const { name, help } = family;
    if (family.type !== "histogram") {
      return [{ name, help, isSum: family.type === "counter", samples: family.samples }];
    }
    const { samples } = family;
    return [
      {
        ...{ name: `${name}_count`, help, isSum: true },
        samples: samples.map(([labels, { count }]) => [labels, count]),
      },
      {
        ...{ name: `${name}_sum`, help, isSum: true },
        samples: samples.map(([labels, { sum }]) => [labels, sum / 1_000]),
      },
    ];
  });
  return new Map(all.map((reported) => [reported.name, reported]));
}
