/**
 * Reads questions about numbers.
 *
 * @module
 */
import type {
  Breakdown,
  OperationsQuery,
  SeriesFilter,
  SeriesQuery,
  Span,
  Step,
} from "../../messages/series.ts";
import { refusalOf } from "../admission.ts";
import { flaw } from "../flaw.ts";
import { isObject } from "../is_object.ts";
import { classes } from "../job.ts";
import type { Flaw } from "../json_value.ts";
import { isLevel, names as all } from "./names.ts";
import { slotsMax } from "./read.ts";
import { keptMs, stepMs, steps } from "./steps.ts";

/** Where nothing is said: an hour, in at most so many slots. */
const [rangeUsualMs, slotsUsual] = [3_600_000, 360];
/** Names of one query. */
const namesMax = 20;
/** What jobs can be told apart by. */
export const breakdowns = [
  "operation",
  "priority",
  "projectId",
] as const satisfies readonly Breakdown[];

/** Length of each window. */
export const spanMs: Readonly<Record<Span, number>> = {
  "1m": 60_000,
  "5m": 300_000,
  "1h": 3_600_000,
};

/** A query that was read. */
export interface Wanted {
  readonly names: readonly string[];
  readonly rangeMs: number;
  readonly step: Step;
  readonly by: Breakdown | undefined;
  readonly wanted: Omit<SeriesFilter, "by">;
}

/** Gathers what is wrong. */
export class Flaws {
  readonly all: Flaw[] = [];

  refuse(name: string, expected: string, value: unknown): void {
    this.all.push(flaw(`invalid_${name}`, `/${name}`, expected, value, name));
  }

  /** Refuses a value that is not one of `known`. */
  choice(name: string, known: readonly string[], value: unknown): void {
    if (value !== undefined && !known.includes(value as string)) {
      this.refuse(name, `one of ${known.join(", ")}`, value);
    }
  }

  /** Refuses what is no object of these fields. */
  fields(given: unknown, known: readonly string[]): void {
    if (!isObject(given)) {
      throw refusalOf([flaw("invalid_query", "", "an object", given, "The query")]);
    }
    for (const name of Object.keys(given)) {
      if (known.includes(name)) continue;
      const expected = `one of ${known.join(", ")}`;
      const message = `${name.slice(0, 80)} is not something to ask: there are ${known.join(", ")}`;
      this.all.push({ code: "unrecognized_key", pointer: "", message, expected, given: name });
    }
  }

  filter({ operation, priority, projectId }: Omit<SeriesFilter, "by">): void {
    for (const [name, text] of Object.entries({ operation, projectId })) {
      const isText = typeof text === "string" && text.length >= 1 && text.length <= 512;
      if (text !== undefined && !isText) this.refuse(name, "a text of 1..512 characters", text);
    }
    this.choice("priority", classes, priority);
  }

  throw(): void {
    if (this.all.length > 0) throw refusalOf(this.all);
  }
}

const filterFields = ["by", "operation", "priority", "projectId"];

/** Reads a query of series; throws Refusal with every flaw. */
export function parseQuery(given: SeriesQuery): Wanted {
  const flaws = new Flaws();
  flaws.fields(given, ["names", "rangeMs", "step", ...filterFields]);
  const { names, rangeMs = rangeUsualMs, step, by, ...wanted } = given;
  const isList = Array.isArray(names) && names.length >= 1 && names.length <= namesMax;
  if (!isList) flaws.refuse("names", `a list of 1..${namesMax} names of series`, names);
  else for (const name of names) flaws.choice("names", all, name);
  const isRange = typeof rangeMs === "number" && rangeMs >= 1 && rangeMs <= keptMs["1d"];
  if (!isRange) {
    flaws.refuse("range", `a time of 1 ms to ${keptMs["1d"] / stepMs["1d"]} d`, rangeMs);
  }
  flaws.choice("step", steps, step);
  flaws.choice("by", breakdowns, by);
  flaws.filter(wanted);
  flaws.throw();
  const level = names.find((name) => isLevel(name) && !tellsApart(name, by, wanted));
  if (level !== undefined) {
    flaws.refuse("names", `of jobs, where they are chosen or told apart (${level} is not)`, level);
  }
  const chosen = step ?? steps.find((step) => rangeMs / stepMs[step] <= slotsUsual) ?? "1d";
  if (rangeMs / stepMs[chosen] > slotsMax) {
    const least = steps.find((step) => rangeMs / stepMs[step] <= slotsMax)!;
    flaws.refuse("step", `${least} or more for a range of ${rangeMs / 1_000} s`, step);
  }
  flaws.throw();
  return { names: [...new Set(names)], rangeMs, step: chosen, by, wanted };
}

/** Whether a level can be had as it is asked for: only the oldest wait is known by class. */
const tellsApart = (
  name: string,
  by: Breakdown | undefined,
  wanted: Omit<SeriesFilter, "by">,
): boolean =>
  Object.values(wanted).every((value) => value === undefined) &&
  (by === undefined || (by === "priority" && name === "oldestWaitMs"));

/** Reads a query of operations; throws Refusal with every flaw. */
export function parseOperations(
  given: OperationsQuery,
): Omit<Wanted, "names" | "rangeMs" | "step"> & { readonly window: Span } {
  const flaws = new Flaws();
  flaws.fields(given, ["window", ...filterFields]);
  const { window = "5m", by = "operation", ...wanted } = given;
  flaws.choice("window", Object.keys(spanMs), window);
  flaws.choice("by", [...breakdowns, "all"], by);
  flaws.filter(wanted);
  flaws.throw();
  return { window, by: by === "all" ? undefined : by, wanted };
}
