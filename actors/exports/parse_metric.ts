/**
 * What a registered metric must be.
 *
 * @module
 */
import type { MetricSpec } from "../../messages/metric.ts";
import { Refusal } from "../refusal.ts";

/** A metric as it is kept. */
export interface CheckedMetric {
  /** Name as it is exported: with its unit, a sum with `total` too. */
  readonly name: string;
  /** The name with its labels, in the order of their names. */
  readonly key: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly staleMs: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What has a name of our own can't be another's. */
const ours =
  /^(flyball_|(cpu_usage|memory_usage|network_io|disk_io|request_latency|queue_length|error_rate|throughput)($|_))/;
const word = /^[a-z][a-z0-9_]{0,63}$/;
const labelsMax = 4;
const textMax = 200;
const staleMinMs = 1_000;
const staleMaxMs = 86_400_000;

/** The metric that `given` describes, beside those there are; throws Refusal. */
export function parseMetric(given: MetricSpec, others: readonly CheckedMetric[]): CheckedMetric {
  const { name, help, unit, type = "gauge", staleMs, labels = {} } = given;
  const demand = (field: string, isRight: boolean, expected: string, value: unknown) => {
    if (!isRight) throw invalid(field, expected, value);
  };
  const isWord = (text: unknown) => typeof text === "string" && word.test(text);
  const isText = (text: unknown) =>
    typeof text === "string" && text !== "" && text.length <= textMax;
  demand("name", isWord(name), "small letters, digits and underscores, at most 64", name);
  demand("name", !ours.test(name), "another name: Flyball's own begin like this", name);
  demand("unit", isWord(unit), "a word of small letters, as `seconds` or `bytes`", unit);
  demand("help", isText(help), `a sentence of at most ${textMax} characters`, help);
  demand("type", type === "gauge" || type === "counter", "`gauge` or `counter`", type);
  const isAge = Number.isFinite(staleMs) && staleMs >= staleMinMs && staleMs <= staleMaxMs;
  demand("staleMs", isAge, `a number ${staleMinMs}..${staleMaxMs}`, staleMs);
  const pairs = Object.entries(labels).sort(([one], [other]) => one < other ? -1 : 1);
  demand("labels", pairs.length <= labelsMax, `at most ${labelsMax} labels`, pairs.length);
  for (const [label, value] of pairs) {
    demand(`labels/${label}`, isWord(label) && label !== "le", "a name of small letters", label);
    demand(`labels/${label}`, isText(value), `text of at most ${textMax} characters`, value);
  }
  const metric = { help, type, staleMs, labels: Object.fromEntries(pairs), ...named(given, pairs) };
  const like = others.find((other) => other.name === metric.name);
  if (like) demandLike(metric, like, others);
  return metric;
}

function named({ name, unit, type }: MetricSpec, pairs: readonly [string, string][]) {
  const own = name.replace(/_total$/, "");
  const whole = own === unit || own.endsWith(`_${unit}`) ? own : `${own}_${unit}`;
  const exported = type === "counter" ? `${whole}_total` : whole;
  const text = pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join();
  return { name: exported, key: pairs.length === 0 ? exported : `${exported}{${text}}` };
}

/** Metrics of one name are of one type and told apart by the same labels. */
function demandLike(
  metric: CheckedMetric,
  like: CheckedMetric,
  others: readonly CheckedMetric[],
): void {
  if (others.some(({ key }) => key === metric.key)) {
    throw new Refusal("metric_exists", `There is a metric ${metric.key} already`);
  }
  const wanted = Object.keys(like.labels).join(", ");
  const given = Object.keys(metric.labels).join(", ");
  if (wanted !== given) throw invalid("labels", `the labels ${wanted || "of none"}`, given);
  if (like.type !== metric.type) throw invalid("type", `\`${like.type}\``, metric.type);
}

function invalid(field: string, expected: string, value: unknown): Refusal {
  const given = (JSON.stringify(value) ?? typeof value).slice(0, 80);
  const message = `Cannot register a metric as ${field} must be ${expected}: it is ${given}`;
  return new Refusal("invalid_metric", message, [
    { pointer: `/${field}`, message, expected, given },
  ]);
}
