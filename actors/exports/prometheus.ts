/**
 * Families as text for Prometheus, format 0.0.4.
 *
 * @module
 */
import { countTo, type Histogram } from "../../policies/estimators/histogram.ts";
import type { Family, Labels } from "./family.ts";

/** Upper bounds of buckets, s: from what a task takes to what a long command does. */
const boundsS: readonly number[] = [
  ...[.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600],
];

/** The text of all families; those without samples are left out. */
export function prometheusText(families: readonly Family[]): string {
  let text = "";
  for (const family of families) text += block(family);
  return text;
}

function block(family: Family): string {
  const lines = family.type === "histogram"
    ? family.samples.flatMap(([labels, values]) => buckets(family.name, labels, values))
    : family.samples.flatMap(([labels, value]) =>
      value === null ? [] : [line(family.name, labels, value)]
    );
  if (lines.length === 0) return "";
  const help = family.help.replace(/[\\\n]/g, (sign) => sign === "\n" ? "\\n" : "\\\\");
  return `# HELP ${family.name} ${help}\n# TYPE ${family.name} ${family.type}\n${lines.join("")}`;
}

function buckets(name: string, labels: Labels, values: Histogram): string[] {
  const upTo = (le: string, count: number) => line(`${name}_bucket`, { ...labels, le }, count);
  return [
    ...boundsS.map((boundS) => upTo(String(boundS), countTo(values, boundS * 1_000))),
    upTo("+Inf", values.count),
    line(`${name}_sum`, labels, values.sum / 1_000),
    line(`${name}_count`, labels, values.count),
  ];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, of]) => `${label}="${escaped(of)}"`);
  const braced = pairs.length === 0 ? "" : `{${pairs.join()}}`;
  return `${name}${braced} ${numeral(value)}\n`;
}

const signs: Readonly<Record<string, string>> = { "\n": "\\n", '"': '\\"', "\\": "\\\\" };

/** Names of operations are the callers' own: what has no form in UTF-8 is replaced. */
const escaped = (text: string): string =>
  text.toWellFormed().replace(/[\\\n"]/g, (sign) => signs[sign]!);

function numeral(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
