/**
 * What may be asked of a simulation from outside, checked field by field.
 *
 * @module
 */
import { z } from "zod/mini";
import { english } from "../messages/schemas/english.ts";
import { choice } from "../policies/choice.ts";
import { scalingPolicies } from "../policies/scaling/mod.ts";
import { orderingChoice } from "../policies/ordering/mod.ts";
import { scenarios } from "./scenarios.ts";
import { readTrace } from "./read_trace.ts";
import type { WhatIf } from "./what_if.ts";
import { type Workload, workloadOf } from "./workload.ts";

/** Policies, and values of a sweep, at most. */
const policiesMax = 8;
const valuesMax = 16;
/** Runs that one wish may come to. */
export const runsMax = 32;
/** Largest pool that can be simulated. */
const workersMax = 1_000;
const dayMs = 86_400_000;

const ms = (least: number, most: number) => z.number().check(z.gte(least), z.lte(most));
const size = z.int().check(z.gte(0), z.lte(workersMax));
const positive = z.number().check(z.positive());

/** The fields beside the trace. */
export const wishFields = {
  policies: z.optional(
    z.array(choice(scalingPolicies)).check(z.minLength(1), z.maxLength(policiesMax)),
  ),
  beside: z.optional(z.array(choice(scalingPolicies)).check(z.maxLength(policiesMax))),
  sweep: z.optional(z.strictObject({
    name: z.string().check(z.minLength(1), z.maxLength(64)),
    values: z.array(z.number()).check(z.minLength(1), z.maxLength(valuesMax)),
  })),
  ordering: z.optional(orderingChoice),
  min: z.optional(size),
  max: z.optional(size.check(z.gte(1))),
  slots: z.optional(z.int().check(z.gte(1), z.lte(1_024))),
  startMs: z.optional(ms(0, 600_000)),
  startJitterRatio: z.optional(z.number().check(z.gte(0), z.lte(5))),
  cpuRatio: z.optional(z.number().check(z.gte(0), z.lte(1))),
  waitTargetMs: z.optional(ms(1, dayMs)),
  latePriceRuns: z.optional(z.number().check(z.gte(0), z.lte(1e6))),
  seed: z.optional(z.int().check(z.gte(0))),
  machine: z.optional(z.strictObject({
    cores: z.optional(positive.check(z.lte(4_096))),
    memoryBytes: z.optional(positive),
    baseBytes: z.optional(z.number().check(z.gte(0))),
    workerBytes: z.optional(z.number().check(z.gte(0))),
    startCpuMs: z.optional(ms(0, 600_000)),
  })),
};

/** What jobs come: one of ours by name, counts a bin, jobs one by one, or the text of a trace. */
const traceFields = {
  scenario: z.optional(z.enum([...scenarios.keys()] as [string, ...string[]])),
  counts: z.optional(
    z.array(z.number().check(z.gte(0), z.lte(1e6))).check(
      z.minLength(1),
      z.maxLength(200_000),
    ),
  ),
  jobs: z.optional(
    z.array(z.strictObject({
      atMs: ms(0, 366 * dayMs),
      serviceMs: ms(0, dayMs),
      rank: z.optional(z.int().check(z.gte(0), z.lte(2))),
    })).check(z.minLength(1), z.maxLength(100_000)),
  ),
  csv: z.optional(z.string().check(z.minLength(1))),
  binMs: z.optional(ms(1, dayMs)),
  serviceMs: z.optional(ms(.001, dayMs)),
  duration: z.optional(z.string().check(z.maxLength(200))),
};

const schema = z.strictObject({ ...traceFields, ...wishFields });

/** A field that is not as it must be. */
export interface WishFlaw {
  /** Where: keys from the outside in. */
  readonly path: readonly PropertyKey[];
  /** What is wrong, without the name of the field. */
  readonly message: string;
}

/** A wish that can be simulated, or what is wrong with it. */
export type Wish =
  | { readonly workload: Workload; readonly whatIf: WhatIf }
  | { readonly flaws: readonly WishFlaw[] };

/** Reads a wish as it comes from outside. */
export function readWish(value: unknown): Wish {
  const parsed = schema.safeParse(value, english);
  if (!parsed.success) {
    return { flaws: parsed.error.issues.map(flawOf) };
  }
  const { scenario, counts, jobs, csv, binMs, serviceMs, duration, ...whatIf } = parsed.data;
  const kinds = [scenario, counts, jobs, csv].filter((given) => given !== undefined);
  if (kinds.length !== 1) {
    return {
      flaws: [flaw([], `must have exactly one of ${Object.keys(traceFields).slice(0, 4)}`)],
    };
  }
  const { min = 1, max = 400, policies = [], sweep } = whatIf;
  if (min > max) return { flaws: [flaw(["min"], `must be <= max (${max}), given ${min}`)] };
  if (Math.max(1, policies.length) * (sweep?.values.length ?? 1) > runsMax) {
    return { flaws: [flaw(["sweep"], `comes to more than ${runsMax} runs`)] };
  }
  const options = {
    ...(binMs !== undefined && { binMs }),
    ...(serviceMs !== undefined && { serviceMs }),
    ...(duration !== undefined && { duration }),
  };
  try {
    const workload = scenario !== undefined
      ? scenarios.get(scenario)!.workload()
      : jobs !== undefined
      ? workloadOf("jobs", jobs as Parameters<typeof workloadOf>[1])
      : readTrace(csv === undefined ? "counts" : "csv", csv ?? counts!.join("\n"), options);
    const usual = scenario === undefined ? {} : usualOf(scenario);
    // As they were given: what they are by default is no name for them.
    const { policies, beside } = value as WhatIf;
    const given = { ...(policies && { policies }), ...(beside && { beside }) };
    return { workload, whatIf: { ...usual, ...whatIf, ...given } as WhatIf };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { flaws: [flaw([csv === undefined ? "counts" : "csv"], error.message)] };
  }
}

/** What a scenario demands, where nobody says otherwise. */
export function usualOf(name: string): Partial<WhatIf> {
  const { world, waitTargetMs } = scenarios.get(name)!;
  return { ...world, waitTargetMs };
}

function flawOf(issue: z.core.$ZodIssue): WishFlaw {
  if (issue.code === "unrecognized_keys") {
    return flaw([...issue.path, issue.keys[0]!], "is not a field here");
  }
  const isName = issue.code === "invalid_union" && issue.path.at(-1) === "name";
  const names = scalingPolicies.map(({ name }) => name).join(", ");
  const isPolicy = isName && ["policies", "beside"].includes(String(issue.path[0]));
  const { message } = issue;
  return flaw(issue.path, isPolicy ? `must be one of ${names}` : `is wrong: ${message}`);
}

const flaw = (path: readonly PropertyKey[], message: string): WishFlaw => ({ path, message });
