/**
 * Judges what jobs were worth in a window. All of it is read from what is stored of jobs, so that it is
 * the same after a restart.
 *
 * @module
 */
import type {
  BusinessMetrics,
  BusinessPage,
  BusinessQuery,
  BusinessWindow,
  Costs,
  Utilisation,
} from "../../messages/business.ts";
import type { Breakdown } from "../../messages/series.ts";
import { arePriced, billOf, type Prices } from "../../policies/business/costs.ts";
import { breakdowns, Flaws } from "../series/parse.ts";
import { readJobs, readLevels, type Tallies, type Time, timeOf } from "../series/read.ts";
import type { Series } from "../series/series.ts";
import type { Sources } from "../workflows/view.ts";
import { gainsOf } from "./gains.ts";
import { objectivesOf } from "./objectives_view.ts";
import { windows } from "./time.ts";
import { workflowTimes } from "./workflow_times.ts";
import { type Parted, sumOf, worthOf } from "./worth.ts";

/** Items of one answer. */
const itemsMax = 512;

/** What jobs were worth; throws Refusal where the query is none. */
export async function judgeBusiness(
  series: Series,
  sources: Sources,
  given: BusinessQuery = {},
): Promise<BusinessPage> {
  const { window, by } = parse(given);
  const to = series.clock.wallMs();
  const { step, lengthMs } = windows[window];
  const time = timeOf(step, lengthMs, to);
  const parted = { from: time.from, to };
  const operations = await readJobs(series, time, { by: "operation" });
  const groups = by === "operation"
    ? operations
    : await readJobs(series, time, { ...by && { by } });
  const utilisation = await utilisationOf(series, time);
  const { items, costs } = price([...groups], parted, by, utilisation, series.prices);
  const totals = { costs, idle: costs === null ? null : costs.idle };
  return {
    window,
    from: new Date(time.from).toISOString(),
    to: new Date(to).toISOString(),
    all: {
      labels: {},
      ...worthOf(together(groups), parted),
      cost: totals.costs?.jobs ?? null,
      idleCost: totals.idle,
    },
    items,
    utilisation,
    costs,
    objectives: await objectivesOf(series, time, to),
    gains: gainsOf(series, operations),
    workflows: await workflowTimes(sources, time.from),
  };
}

/** Reads a query; throws Refusal with every flaw. */
function parse(given: BusinessQuery): {
  readonly window: BusinessWindow;
  readonly by: Breakdown | undefined;
} {
  const flaws = new Flaws();
  flaws.fields(given, ["window", "by"]);
  const { window = "1h", by = "operation" } = given;
  flaws.choice("window", Object.keys(windows), window);
  flaws.choice("by", [...breakdowns, "all"], by);
  flaws.throw();
  return { window, by: by === "all" ? undefined : by };
}

/** What each kind of jobs was worth, and what it has to bear of all costs. */
function price(
  groups: readonly (readonly [label: string | null, tallies: Tallies])[],
  time: Parted,
  by: Breakdown | undefined,
  { workerSeconds }: Utilisation,
  prices: Prices | null,
): { readonly items: readonly BusinessMetrics[]; readonly costs: Costs | null } {
  const uses = groups.map(([, tallies]) => sumOf(tallies.values()).paidFor);
  const bill = prices && arePriced(prices) ? billOf(uses, workerSeconds, prices) : null;
  const items = groups.map(([label, tallies], i): BusinessMetrics => ({
    labels: by === undefined ? {} : { [by]: label },
    ...worthOf(tallies, time),
    cost: bill && bill.costs[i]!,
    idleCost: bill && bill.idleCosts[i]!,
  }));
  const words = ({ labels }: BusinessMetrics) => Object.values(labels).join();
  items.sort((one, other) => other.ended - one.ended || (words(one) < words(other) ? -1 : 1));
  const costs = bill && prices && {
    currency: prices.currency,
    total: bill.total,
    jobs: bill.total - bill.idle,
    idle: bill.idle,
  };
  return { items: items.slice(0, itemsMax), costs };
}

/** All kinds of jobs as one. */
function together(groups: ReadonlyMap<string | null, Tallies>): Tallies {
  const all: Tallies = new Map();
  for (const tallies of groups.values()) {
    for (const [at, tally] of tallies) {
      const known = all.get(at);
      all.set(at, sumOf(known ? [known, tally] : [tally]));
    }
  }
  return all;
}

/** How workers were used in a time. */
async function utilisationOf(series: Series, time: Time): Promise<Utilisation> {
  let [workerSeconds, busySeconds] = [0, 0];
  for (const { byName } of (await readLevels(series, time)).values()) {
    workerSeconds += byName.get("workerSeconds")?.sum ?? 0;
    busySeconds += byName.get("busySeconds")?.sum ?? 0;
  }
  const busyRatio = workerSeconds === 0 ? null : busySeconds / workerSeconds;
  return { workerSeconds, busySeconds, busyRatio };
}
