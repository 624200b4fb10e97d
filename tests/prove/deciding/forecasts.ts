/**
 * What forecasts are worth on series of real services: whether they beat the count before, and how
 * often the truth is where they say that it is.
 *
 * @module
 */
import { leader, learn, learnMore, reach, tell } from "../../../policies/estimators/forecasters.ts";
import { lines, numenta, sums } from "../measuring/traces.ts";
import { atLeast, atMost, type Row } from "../row.ts";

/** Counts of equal bins, and how many bins make a day. */
interface Counts {
  readonly values: readonly number[];
  readonly day: number;
}

const perLine = (name: string, every: number, day: number) => async (): Promise<Counts | null> => {
  const all = await lines(name);
  if (all === null) return null;
  const values = all.filter((line) => !line.startsWith("#")).map(Number);
  return { values: sums(values, every), day };
};

const ofNumenta = (name: string) => async (): Promise<Counts | null> => {
  const trace = await numenta(name);
  return trace && { values: trace.values, day: Math.round(86_400_000 / trace.everyMs) };
};

/** The series: requests of web servers and of a load balancer, and rides of taxis. */
const series: Readonly<Record<string, () => Promise<Counts | null>>> = {
  "World Cup 98": perLine("worldcup98_60s.txt", 5, 288),
  NASA: perLine("nasa_http_1s.txt", 600, 144),
  "load balancer": ofNumenta("elb_request_count_8c0756"),
  taxis: ofNumenta("nyc_taxi"),
};

/** Traces on which a forecast has to be better than none. */
const tracesMin = 3;

/** The rows; `quick` reads the first week of each series. */
export function forecastRows(quick: boolean): readonly Row[] {
  let known: Promise<readonly Scored[]> | null = null;
  const all = () => known ??= scores(quick);
  const missing = async () => {
    const here = (await Promise.all(Object.values(series).map((read) => read()))).filter(Boolean);
    return here.length >= tracesMin
      ? null
      : `${here.length} of the traces are here; TRACES names the folder that has them`;
  };
  return [
    {
      line:
        "forecasts of recorded counts: traces on which they are less wrong than the count before",
      missing,
      run: async () => {
        const told = await all();
        const better = told.filter(({ scaled }) => scaled < 1);
        const detail = told.map(({ name, scaled }) => `${name} ${scaled.toFixed(2)}`).join(", ");
        return atLeast(better.length, tracesMin, "traces", `mistakes to those of it: ${detail}`);
      },
    },
    {
      line: "forecasts of recorded counts: share of the truth within 90 %, the furthest from it",
      missing,
      run: async () => {
        const told = await all();
        const off = Math.max(...told.map(({ within }) => Math.abs(within - 90)));
        const detail = told.map(({ name, within }) => `${name} ${within.toFixed(1)} %`).join(", ");
        return atMost(off, 5, "points", detail);
      },
    },
  ];
}

interface Scored {
  readonly name: string;
  /** Mean absolute mistake, to that of who says what was counted last. */
  readonly scaled: number;
  /** Share of counts up to where the interval ends, %. */
  readonly within: number;
}

async function scores(quick: boolean): Promise<readonly Scored[]> {
  const told: Scored[] = [];
  for (const [name, read] of Object.entries(series)) {
    const counts = await read();
    if (counts) told.push({ name, ...score(counts, quick ? 7 : Infinity) });
  }
  return told;
}

/** Each count is foretold by who was best so far, from the third day on. */
function score({ values, day }: Counts, days: number) {
  let [wrong, naively, within, told] = [0, 0, 0, 0];
  let learnt = learn(values[0]!, 0);
  for (const value of values.slice(1, days * day)) {
    if (learnt.scored >= day) {
      const point = tell(learnt, leader(learnt), 1, day);
      wrong += Math.abs(value - point);
      naively += Math.abs(value - learnt.counts.at(-1)!);
      if (value <= point + reach(learnt, point)) within++;
      told++;
    }
    learnt = learnMore(learnt, value, day);
  }
  return { scaled: wrong / naively, within: 100 * within / told };
}
