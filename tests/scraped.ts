/**
 * What a scrape says, read by a parser of Prometheus' own format.
 *
 * @module
 */
import parse from "parse-prometheus-text-format";
import { scrape } from "../actors/exports/scrape.ts";
import { prometheusText } from "../actors/exports/prometheus.ts";
import { statusOf } from "../actors/status.ts";
import type { System } from "../actors/system.ts";

/** A family as the parser gives it. */
interface Parsed {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly {
    readonly value?: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
}

/** The text that a system exports. */
export async function exported(system: System): Promise<string> {
  const frame = { version: "0.0.0", startedAt: 0, tasks: [] };
  return prometheusText(await scrape(system, statusOf(system, frame)));
}

/** The parsed text; names, types and numbers that are none fail. */
export function parsed(text: string) {
  const families = parse(text) as Parsed[];
  // The parser loses the labels of histograms, so their lines are read a second time as plain ones.
  const plain = parse(text.replace(/^# TYPE .*\n/gm, "")) as Parsed[];
  const samples = new Map<string, number>();
  for (const { name, metrics } of plain) {
    for (const { value, labels = {} } of metrics) {
      const key = `${name}${JSON.stringify(labels)}`;
      const number = Number(value === "+Inf" ? Infinity : value);
      if (value === undefined || Number.isNaN(number)) throw new TypeError(`${key} is ${value}`);
      if (samples.has(key)) throw new TypeError(`${key} is there twice`);
      samples.set(key, number);
    }
  }
  return {
    families,
    samples,
    /** A number by its name and labels; undefined where it was left out. */
    of: (name: string, labels: Readonly<Record<string, string>> = {}) =>
      samples.get(`${name}${JSON.stringify(labels)}`),
    /** Values of a label. */
    values: (label: string) =>
      new Set(
        plain.flatMap(({ metrics }) => metrics.flatMap(({ labels }) => labels?.[label] ?? [])),
      ),
  };
}
