/**
 * What comes again, changes for good, grows and comes in bursts: public series where they are there,
 * our own where not.
 *
 * @module
 */
import { createBurst, takeArrivals, unevenness } from "../../../policies/detectors/burst.ts";
import { type Change, takeValue, unchanged } from "../../../policies/detectors/change.ts";
import { daysUntil, noDays, takeDay, trendOf } from "../../../policies/detectors/growth.ts";
import { periodsOf } from "../../../policies/detectors/season.ts";
import { normal, poisson, red, series, wave } from "../../series.ts";
import { median } from "../sample.ts";
import { atLeast, atMost, exactly, type Row } from "../row.ts";
import { lines, numenta, sums, windows } from "./traces.ts";

const weeks = 4 * 168;

/** All rows about patterns. */
export async function patternRows(quick: boolean): Promise<readonly Row[]> {
  const runs = quick ? 10 : 200;
  return [
    ...await seasonRows(runs),
    ...await changeRows(runs),
    growthRow(runs),
    ...await burstRows(),
  ];
}

async function seasonRows(runs: number): Promise<Row[]> {
  const taxi = await numenta("nyc_taxi");
  const nasa = await lines("nasa_http_1s.txt");
  const week = (seed: number) => {
    const chance = normal(seed);
    return series(weeks, (i) => 100 + 30 * wave(i, 24) + 20 * wave(i, 168) + 12 * chance());
  };
  const row = (line: string, values: readonly number[], hours: readonly number[]): Row => ({
    line: `${line}: periods off by more than an hour or missing`,
    run: () => {
      const found = periodsOf(values).map(({ length }) => length);
      const wrong = hours.filter((hour) => !found.some((one) => Math.abs(one - hour) <= 1));
      return Promise.resolve(exactly(wrong.length, 0, "periods", `found ${found.join(", ")} h`));
    },
  });
  return [
    taxi
      ? row("taxis of New York, four weeks", sums(taxi.values, 2).slice(0, weeks), [24, 168])
      : row("a synthetic series (no public one here), four weeks", week(1), [24, 168]),
    ...nasa
      ? [row("requests to NASA, four weeks", sums(nasa.map(Number), 3_600).slice(0, 661), [24])]
      : [],
    {
      line: "noise, white and red: series in which a period is seen",
      run: () => {
        const wrong = series(
          runs,
          (seed) =>
            [normal(seed + 1), red(seed + 1, .5), red(seed + 1, .9)]
              .filter((chance) => periodsOf(series(weeks, chance)).length > 0).length,
        );
        const sum = wrong.reduce((all, one) => all + one, 0);
        return Promise.resolve(atMost(sum / (3 * runs), .01, "of all", `${sum} of ${3 * runs}`));
      },
    },
  ];
}

/** Numbers of the values at which another level began, as told. */
function changes(values: readonly number[]): number[] {
  let change: Change = unchanged;
  return values.flatMap((value, i) => {
    change = takeValue(change, value);
    return change.changed === null ? [] : [i + 1 - change.changed.sinceTicks];
  });
}

async function changeRows(runs: number): Promise<Row[]> {
  const cpu = await numenta("ec2_cpu_utilization_825cc2");
  const label = (await windows())?.get("ec2_cpu_utilization_825cc2")?.[0];
  const real: Row[] = cpu === null || label === undefined ? [] : [{
    line: "CPU of a server that dropped to another level (Numenta): changes found in its window",
    run: () => {
      const ats = changes(cpu.values).map((i) => cpu.ats[i]!);
      const inside = ats.filter((at) => label[0] <= at && at <= label[1]).length;
      return Promise.resolve(atLeast(inside, 1, "changes", `${ats.length} in two weeks`));
    },
  }];
  return [...real, {
    line: "a shift by two deviations at value 120: how far from there it is told to be",
    run: () => {
      const off = series(runs, (seed) => {
        const chance = normal(seed + 1);
        const [first = Infinity] = changes(series(240, (i) => chance() + (i >= 120 ? 2 : 0)));
        return Math.abs(first - 120);
      });
      return Promise.resolve(atMost(median(off), 1, "values", `median of ${runs}`));
    },
  }, {
    line: "noise, white and red: values until another level is told",
    run: () => {
      const length = 1_000;
      const told = [0, .5, .8].flatMap((rho) =>
        series(runs / 2, (seed) => changes(series(length, red(seed + 1, rho))).length)
      );
      const alarms = told.reduce((all, one) => all + one, 0);
      const each = told.length * length / (alarms + 1);
      const detail = `${alarms} in ${told.length * length}`;
      return Promise.resolve(atLeast(each, Math.min(2e4, 500 * runs), "values", detail));
    },
  }];
}

function growthRow(runs: number): Row {
  return {
    line: "demand that grows by 3 % a day, six weeks known: day on which it is all there is",
    run: () => {
      const truth = Math.log(10) / Math.log(1.03) - 41;
      const off = series(runs, (seed) => {
        const chance = normal(seed + 1);
        const days = series(42, (i) => 10 * 1.03 ** i * Math.exp(.03 * chance()));
        const { days: told } = daysUntil(trendOf(days.reduce(takeDay, noDays))!, 100);
        return Math.abs((told ?? Infinity) / truth - 1);
      }).sort((a, b) => a - b);
      const p95 = off[Math.ceil(.95 * runs) - 1]!;
      return Promise.resolve(atMost(100 * p95, 10, "% off", `95 of 100 of ${runs} series`));
    },
  };
}

function dispersion(counts: readonly number[]): number {
  const burst = createBurst();
  counts.forEach((count, second) => takeArrivals(burst, count, second * 1_000));
  return unevenness(burst)?.dispersion ?? NaN;
}

async function burstRows(): Promise<Row[]> {
  const azure = await lines("azure_llm_code_2023_jobs.csv");
  const jobs = azure?.slice(1).map((row) => Math.floor(Number(row.split(",")[0])));
  const counts = jobs === undefined ? null : Array(jobs.at(-1)! + 1).fill(0) as number[];
  jobs?.forEach((second) => counts![second]!++);
  const lumps = series(7_200, (i) => i % 20 === 0 ? 40 : 1);
  const whose = counts ? "requests for code (Azure)" : "lumps (synthetic, no public ones here)";
  return [
    {
      line: "arrivals that don't know of each other: how far their dispersion is from 1",
      run: () => {
        const off = [.5, 5, 100].map((mean) =>
          Math.abs(dispersion(series(7_200, poisson(1, mean))) - 1)
        );
        return Promise.resolve(
          atMost(Math.max(...off), .1, "", "worst of 0.5, 5 and 100 a second"),
        );
      },
    },
    {
      line: `${whose}: dispersion`,
      run: () => Promise.resolve(atLeast(dispersion(counts ?? lumps), 2, "")),
    },
  ];
}
