/**
 * `deno task sim:policies`: what each policy costs in each scenario, where a start takes 20 ms, 2 s
 * and 30 s. Cost is worker-seconds for each second of work, and 10 mean run times for each late job;
 * 1 is perfect. Beside it is the share of late jobs, below the mean of cost over the lower bound.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Choice } from "../../policies/choice.ts";
import { docsRows } from "../../policies/choice.ts";
import { scalingPolicies } from "../../policies/scaling/mod.ts";
import { bestFixed } from "../../simulation/best_fixed.ts";
import { type Scenario, scenarios } from "../../simulation/scenarios.ts";
import { simulate, type SimulateOptions } from "../../simulation/simulate.ts";
import type { Workload } from "../../simulation/workload.ts";
import { judged, lowerBounds, scarce } from "./bounds.ts";
import { recordedScenarios } from "./recorded.ts";

/** Times from the start of a worker to its first job, ms. */
const delaysMs = [20, 2_000, 30_000] as const;
/** Largest pool. */
const workersMax = 400;

/** One way to decide. */
export interface Contender {
  readonly name: string;
  options(scenario: Scenario): Pick<SimulateOptions, "policy" | "ordering">;
}

/** All policies that decide by themselves, and the default one with late jobs served last. */
export function contenders(): readonly Contender[] {
  const own = docsRows(scalingPolicies)
    .filter(({ name }) => !/^(fixed|external|schedule)$/.test(name))
    .map(({ name, options }): Contender => {
      const has = new Set(options.map((option) => option.name));
      return { name, options: (scenario) => ({ policy: knobs(name, has, scenario) }) };
    });
  const governor = own.find(({ name }) => name === "governor")!;
  const late = (scenario: Scenario) => ({ name: "punctual", targetMs: scenario.waitTargetMs });
  return [{
    name: "governor+late",
    options: (scenario) => ({ ...governor.options(scenario), ordering: late(scenario) }),
  }, ...own];
}

/** What a scenario demands goes to whoever has an option for it; all else is as it is by default. */
function knobs(name: string, has: ReadonlySet<string>, { waitTargetMs }: Scenario): Choice {
  // An idle worker costs here what a busy one does.
  const keepAliveMs = name === "governor" ? { keepAliveMs: null } : {};
  const wanted = { waitTargetMs, workersMax, max: workersMax, ...keepAliveMs };
  return { name, ...Object.fromEntries(Object.entries(wanted).filter(([key]) => has.has(key))) };
}

/** One cell. */
interface Cell {
  readonly cost: number;
  readonly latePercent: number;
}

/** One line of the table: a scenario, and what it costs by contender. */
async function row(
  scenario: Scenario,
  workload: Workload,
  startMs: number,
  chosen: readonly Contender[],
): Promise<Map<string, Cell>> {
  const world = { max: workersMax, ...scenario.world, startMs };
  const options = { ...world, waitTargetMs: scenario.waitTargetMs };
  const cells = new Map<string, Cell>();
  for (const contender of chosen) {
    cells.set(
      contender.name,
      await simulate(workload, { ...options, ...contender.options(scenario) }),
    );
  }
  cells.set("bestfixed", await bestFixed(workload, options));
  return cells;
}

const shown = ({ cost, latePercent }: Cell) =>
  `${cost >= 99.5 ? cost.toFixed(0) : cost.toFixed(2)} (${latePercent.toFixed(1)})`;

const geometric = (values: readonly number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Prints the table for one start time; returns the mean over the bound of each contender. */
async function table(
  startMs: number,
  all: ReadonlyMap<string, Scenario>,
  chosen: readonly Contender[],
  names: readonly string[],
): Promise<void> {
  const columns = [...chosen.map(({ name }) => name), "bestfixed"];
  console.log(`\n**a start takes ${startMs / 1_000} s**: cost (late %)\n`);
  console.log(`| scenario | bound | ${columns.join(" | ")} |`);
  console.log(`|---|---|${columns.map(() => "---|").join("")}`);
  const delay = delaysMs.findIndex((ms) => ms === startMs);
  const ratios = new Map<string, number[]>();
  const worst = new Map<string, [number, string]>();
  const lates = new Map<string, number[]>();
  for (const name of names) {
    const scenario = all.get(name);
    if (!scenario) continue;
    const cells = await row(scenario, scenario.workload(), startMs, chosen);
    const bound = lowerBounds[name]?.[delay] ?? NaN;
    const cost = cells.get("bestfixed")!.cost;
    for (const [column, cell] of cells) {
      const ratio = cell.cost / cost;
      if (ratio > (worst.get(column)?.[0] ?? 0)) worst.set(column, [ratio, name]);
      if (!judged.includes(name)) continue;
      ratios.set(column, [...ratios.get(column) ?? [], cell.cost / bound]);
      lates.set(column, [...lates.get(column) ?? [], cell.latePercent]);
    }
    const line = columns.map((column) => shown(cells.get(column)!));
    console.log(`| ${name} | ${bound} | ${line.join(" | ")} |`);
  }
  const means = columns.map((column) => geometric(ratios.get(column) ?? [NaN]).toFixed(3));
  console.log(`| mean over the bound | 1 | ${means.join(" | ")} |`);
  const late = columns.map((column) => Math.max(0, ...lates.get(column) ?? []).toFixed(2));
  console.log(`| most late, % | 0 | ${late.join(" | ")} |`);
  const most = columns.map((column) => worst.get(column)!).map(([ratio, name]) =>
    `${ratio.toFixed(2)} ${name}`
  );
  console.log(`| worst against the best fixed size | | ${most.join(" | ")} |`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      policy: { type: "string", multiple: true },
      scenario: { type: "string", multiple: true },
      delay: { type: "string", multiple: true },
    },
  });
  const recorded = await recordedScenarios();
  const all = new Map([...scenarios, ...recorded]);
  if (recorded.size === 0) {
    console.log("There are no traces here (../shared/traces, or TRACES): made-up scenarios alone.");
  }
  const chosen = contenders().filter(({ name }) => values.policy?.includes(name) ?? true);
  const names = values.scenario ?? [...judged, ...scarce];
  for (const startMs of delaysMs) {
    if (values.delay && !values.delay.includes(String(startMs))) continue;
    await table(startMs, all, chosen, names);
  }
}
