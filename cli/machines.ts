/**
 * `flyball machines ls|export NAME|matrix`: the statecharts of this version, for people and for tools
 * that draw them. No service is needed.
 *
 * @module
 */
import { Argument, Option } from "commander";
import { nearest } from "../actors/nearest.ts";
import { Refusal } from "../actors/runtime.ts";
import { type Chart, chartOf, statesOf } from "../machines/chart/chart.ts";
import { dotOf } from "../machines/chart/dot.ts";
import { mermaidOf } from "../machines/chart/mermaid.ts";
import { statelyOf } from "../machines/chart/stately.ts";
import { type Cell, matrix } from "../machines/may.ts";
import { machines as all } from "../machines/mod.ts";
import { exit } from "./exit.ts";
import { lookOfStdout } from "./paint.ts";
import { table } from "./table.ts";
import type { Verb } from "./verb.ts";

interface Flags {
  readonly stately?: boolean;
  readonly mermaid?: boolean;
  readonly dot?: boolean;
  readonly json?: boolean;
}

type Machine = (typeof all)[keyof typeof all];

/** What can be done with them; each answers with what is printed. */
const deeds: Readonly<Record<string, (name: string | undefined, flags: Flags) => string>> = {
  ls: (_name, { json }) => {
    const rows = Object.entries(all).map(([name, machine]) => rowOf(name, chartOf(machine)));
    return json ? JSON.stringify(rows) : aligned([
      ["NAME", "STATES", "ARROWS", "WHAT IT SAYS"],
      ...rows.map(({ name, states, arrows, says }) => [name, `${states}`, `${arrows}`, says]),
    ]);
  },
  export: (name, flags) => exported(named(name), flags).trimEnd(),
  matrix: (_name, { json }) => json ? JSON.stringify(matrix()) : tableOf(matrix()),
};

/** The verb `machines`. */
export const machines: Verb = {
  declare: (command) =>
    command
      .addArgument(
        new Argument("[what]", "list them, export one, or show what their states allow")
          .choices(Object.keys(deeds)).default("ls"),
      )
      .argument("[name]", "name of the machine (export)")
      .addOption(
        new Option("--stately", "source text for Stately Studio's import (the default of export)")
          .conflicts(["mermaid", "dot", "json"]),
      )
      .addOption(new Option("--mermaid", "a Mermaid state diagram").conflicts(["dot", "json"]))
      .addOption(new Option("--dot", "a Graphviz graph").conflicts("json"))
      .option("--json", "print JSON"),
  run: (command) => {
    const [what = "ls", name] = command.args;
    console.log(deeds[what]!(name, command.opts<Flags>()));
    return Promise.resolve(exit.ok);
  },
};

function named(name: string | undefined): Machine {
  const names = Object.keys(all);
  if (name === undefined) {
    throw new Refusal("usage", `Which machine? One of ${names.join(", ")}`);
  }
  if (Object.hasOwn(all, name)) return all[name as keyof typeof all];
  const near = nearest(name, names, 1)[0];
  const meant = near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
  throw new Refusal("unknown_machine", `There is no machine ${name.slice(0, 80)}: ${meant}`);
}

function exported(machine: Machine, { mermaid, dot, json }: Flags): string {
  if (json) return JSON.stringify(machine.config);
  if (mermaid) return mermaidOf(chartOf(machine));
  return dot ? dotOf(chartOf(machine)) : statelyOf(machine);
}

function rowOf(name: string, { root, arrows }: Chart) {
  const states = statesOf(root).filter((state) => state.states.length === 0).length;
  return { name, states, arrows: arrows.length, says: root.description };
}

/** The decision matrix: a row for each value of the scaling machine. */
function tableOf(cells: readonly Cell[]): string {
  const regions = Object.keys(cells[0]!.value) as (keyof Cell["value"])[];
  return aligned([
    [...regions.map((region) => region.toUpperCase()), "GROW", "SHRINK", "BECAUSE"],
    ...cells.map(({ value, grow, shrink, because }) => [
      ...regions.map((region) => value[region]),
      grow ? "yes" : "no",
      shrink ? "yes" : "no",
      because,
    ]),
  ]);
}

/** Rows below a head, as a table. */
function aligned([head = [], ...rows]: readonly (readonly string[])[]): string {
  return table(head.map((name) => ({ name })), rows, lookOfStdout()).join("\n");
}
