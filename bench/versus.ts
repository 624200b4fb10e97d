/**
 * Runs the sides of a match in turn, A B A B …, so that a noisy machine hits them alike; gives each
 * one's medians and the round by round ratio of ours to theirs.
 *
 * ```sh
 * deno run -A bench/versus.ts noop --rounds=7 [--output=FILE]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { table } from "../examples/scanner/table.ts";
import { type Match, matches, type Side } from "./matches.ts";
import { oneOf, options, whole } from "./options.ts";
import { node } from "./peers.ts";
import { at, head, store } from "./result.ts";
import { bootstrap, type Interval, median, ratios, rounded } from "./statistics.ts";

const root = new URL("..", import.meta.url);
const engines = { deno: Deno.execPath(), node };

/** What one side's program printed, once a round. */
export type Measured = Readonly<Record<string, unknown>>;

/** Medians of every field by label, and our ratio to each other side. */
export interface Comparison {
  readonly medians: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly vs: Readonly<Record<string, Readonly<Record<string, Interval>>>>;
}

/** Runs each side once a round; `tell` hears what is going on. */
export async function play(
  { sides }: Match,
  rounds: number,
  tell: (text: string) => void,
): Promise<Map<string, Measured[]>> {
  const measured = new Map(sides.map(({ label }) => [label, [] as Measured[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      tell(`round ${round} of ${rounds}, ${side.label}`);
      measured.get(side.label)!.push(await run(side));
    }
  }
  return measured;
}

/** Compares the first side with each of the others, field by field. */
export function compare(
  fields: readonly string[],
  measured: ReadonlyMap<string, readonly Measured[]>,
): Comparison {
  const column = (label: string, field: string) =>
    measured.get(label)!.map((one) => at(one, field)).filter((value) => typeof value === "number");
  const byField = <T>(make: (field: string) => T) =>
    Object.fromEntries(fields.map((field) => [key(field), make(field)]));
  const [ours, ...others] = [...measured.keys()] as [string, ...string[]];
  return {
    medians: Object.fromEntries([...measured.keys()].map((label) => [
      label,
      byField((field) => rounded(median(column(label, field)))),
    ])),
    vs: Object.fromEntries(others.map((label) => [
      label,
      byField((field) => tidy(bootstrap(ratios(column(ours, field), column(label, field))))),
    ])),
  };
}

/** A field's name where its results are stored: dots would be read as a path. */
const key = (field: string): string => field.replaceAll(".", "_");

const tidy = ({ median, low, high }: Interval): Interval => ({
  median: rounded(median),
  low: rounded(low),
  high: rounded(high),
});

async function run({ label, argv: [engine, ...args] }: Side): Promise<Measured> {
  const { success, stdout } = await new Deno.Command(engines[engine], {
    args,
    cwd: root,
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${label} failed: see bench/peers/README.md for what it needs`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

/** A comparison for people. */
export function versusTable(name: string, fields: readonly string[], found: Comparison): string {
  const rows = Object.entries(found.medians).flatMap(([label, medians]) => {
    const ours = found.vs[label];
    const values = [label, ...fields.map((field) => medians[key(field)]!.toLocaleString("en")), ""];
    if (!ours) return [values];
    const times = fields.map((field) => `${ours[key(field)]!.median} x`);
    return [values, [`  ours to ${label}`, ...times, ""]];
  });
  return table([name, ...fields, ""], rows);
}

if (import.meta.main) {
  const { name, rounds, output } = options(() => {
    const { values, positionals } = parseArgs({
      args: Deno.args,
      allowPositionals: true,
      options: { rounds: { type: "string", default: "7" }, output: { type: "string" } },
    });
    return {
      name: oneOf("MATCH", positionals[0] ?? "", Object.keys(matches)),
      rounds: whole("--rounds", values.rounds),
      output: values.output,
    };
  });
  const match = matches[name]!;
  const measured = await play(match, rounds, (text) => console.error(`${name}: ${text}`));
  const found = compare(match.fields, measured);
  const result = {
    ...head(`versus_${name}`),
    about: match.about,
    rounds,
    ...found,
    runs: Object.fromEntries(measured),
  };
  if (output) await store(result, output);
  console.log(versusTable(name, match.fields, found));
}
