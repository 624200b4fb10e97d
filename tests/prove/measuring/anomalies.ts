/**
 * Strange values: labelled windows of public series, or spikes of our own.
 *
 * @module
 */
import { takeAnomaly, watchAnomaly } from "../../../policies/detectors/anomaly.ts";
import { normal, series, wave } from "../../series.ts";
import { atLeast, atMost, type Row } from "../row.ts";
import { numenta, type Trace, windows } from "./traces.ts";

const dayMs = 86_400_000;

/** What was found in labelled series. */
interface Found {
  readonly windows: number;
  readonly hits: number;
  readonly false: number;
  readonly days: number;
}

type Labelled = readonly [trace: Trace, windows: readonly (readonly [number, number])[]];

function find(all: readonly Labelled[]): Found {
  const sum = { windows: 0, hits: 0, false: 0, days: 0 };
  for (const [{ everyMs, ats, values }, labels] of all) {
    const inside = labels.filter(([from]) => from < ats.at(-1)!);
    const told = alarms(values, everyMs).map((i) => ats[i]!);
    const isIn = (at: number) => ([from, until]: readonly [number, number]) =>
      from <= at && at <= until;
    sum.windows += inside.length;
    sum.hits += inside.filter((window) => told.some((at) => isIn(at)(window))).length;
    sum.false += told.filter((at) => !inside.some(isIn(at))).length;
    sum.days += values.length * everyMs / dayMs;
  }
  return sum;
}

function alarms(values: readonly number[], everyMs: number): number[] {
  let anomaly = watchAnomaly(everyMs);
  return values.flatMap((value, i) => (anomaly = takeAnomaly(anomaly, value)).isNew ? [i] : []);
}

/** Two weeks of an office with one spike of an hour, which is labelled. */
function office(seed: number): Labelled {
  const chance = normal(seed);
  const start = 2_000 + 37 * seed % 1_500;
  const values = series(4_032, (i) => {
    const spike = i >= start && i < start + 12 ? 3 : 1;
    return spike * (100 + 50 * wave(i, 288)) * (1 + .08 * chance());
  });
  const ats = values.map((_, i) => i * 300_000);
  return [{ everyMs: 300_000, ats, values }, [[ats[start]!, ats[start + 12]!]]];
}

/** Rows over public series where they are there, over our own where not. */
export async function anomalyRows(quick: boolean): Promise<readonly Row[]> {
  const labels = await windows();
  const traces: Labelled[] = [];
  for (const [name, list] of labels ?? []) {
    const trace = await numenta(name);
    if (trace) traces.push([trace, list]);
  }
  const isReal = traces.length > 0;
  const all = isReal ? traces : series(quick ? 3 : 20, (i) => office(i + 1));
  const kind = isReal ? "public series (Numenta)" : "synthetic series (no public ones here)";
  let known: Found | null = null;
  const found = () => known ??= find(all);
  return [
    {
      line: `strange values in ${kind}: labelled windows that are found`,
      run: () => {
        const { windows, hits } = found();
        const told = `${hits} of ${windows} in ${all.length} series`;
        return Promise.resolve(atLeast(hits / windows, isReal ? 9 / 21 : 1, "of all", told));
      },
    },
    {
      line: `strange values in ${kind}: alarms outside of the windows`,
      run: () => {
        const { days, false: alarms } = found();
        const told = `${alarms} in ${Math.round(days)} days`;
        return Promise.resolve(atMost(alarms / days, .05, "a day", told));
      },
    },
  ];
}
