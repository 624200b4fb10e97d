/**
 * The configuration: its schema with every default, and how it is composed from its sources.
 *
 * @module
 */
import { z } from "zod/mini";
import { english } from "../messages/schemas/english.ts";
import { patternExpected, patternShape } from "../messages/schemas/job.ts";
import { scheduleName, scheduleSchema } from "../messages/schemas/schedule.ts";
import { costsSchema } from "../policies/business/costs.ts";
import { objectivesSchema } from "../policies/business/objective.ts";
import { brownoutSchema } from "../policies/detectors/brownout.ts";
import { alertsSchema } from "./alerts/config.ts";
import { budgetSchema, overdrawn } from "./budget_config.ts";
import { breakerName, breakerRules } from "./circuits/rules.ts";
import { cacheSchema } from "./cache/config.ts";
import { describeIssues } from "./config_issues.ts";
import type { Part, Place } from "./config_issues.ts";
import { merge, normalise, plain, valueAt } from "./config_tree.ts";
import { hooksSchema } from "./hooks_config.ts";
import { jobsSchema } from "./jobs_config.ts";
import { keyLimitSchema } from "./key_limit.ts";
import { logSchema } from "./log_config.ts";
import { operationsSchema } from "./operations_config.ts";
import { unfoldModules } from "./policy_config.ts";
import { withKinds } from "./pool_kinds.ts";
import { poolsSchema, profileName, strays, unpriced } from "./pools_config.ts";
import { poolSchema } from "./pool_config.ts";
import { presets, usualLimits } from "./presets.ts";
import { profileSchema, usualProfiles } from "./profiles_config.ts";
import { programsSchema } from "./programs_config.ts";
import { type Issue, Refusal } from "./refusal.ts";
import { regretSchema } from "./regret/config.ts";

const server = z.strictObject({
  /** Address to listen on. Anything but loopback needs a token. */
  host: z._default(z.string().check(z.minLength(1), z.maxLength(255)), "127.0.0.1"),
  /** 0 picks a free port. */
  port: z._default(z.int().check(z.minimum(0), z.maximum(65_535)), 4477),
  /** File with the bearer token of an admin; null: none is needed on loopback. */
  tokenFile: z._default(z.nullable(z.string().check(z.minLength(1))), null),
  /** File of tokens with a name and roles each, read again at a SIGHUP; null: there is none. */
  tokensFile: z._default(z.nullable(z.string().check(z.minLength(1))), null),
  /** Values of the Host header accepted besides localhost, 127.0.0.1 and [::1]. */
  allowedHosts: z._default(
    z.array(z.string().check(z.minLength(1), z.maxLength(255))).check(z.maxLength(64)),
    [],
  ),
});

const store = z.strictObject({
  /** Where jobs are kept. What is in `memory` is gone with the process. */
  engine: z._default(z.enum(["sqlite", "memory"]), "sqlite"),
});

const queue = z.strictObject({
  /** Who keeps the order. */
  engine: z._default(
    z.literal("flyball", { error: "is not available in this version" }),
    "flyball",
  ),
  /** Most jobs accepted and not ended. */
  jobsMax: z._default(z.int().check(z.minimum(1), z.maximum(100_000_000)), 1_000_000),
  /** Most bytes of their specifications. */
  bytesMax: z._default(z.int().check(z.minimum(1_024)), 2 ** 30),
});

const commands = z.strictObject({
  /** Whether jobs may be commands. */
  allow: z._default(z.boolean(), true),
  /** Whether jobs may be text for a shell, which can start anything by itself. */
  shell: z._default(z.boolean(), false),
  /** Folders a command may name as its working directory. */
  roots: z._default(z.array(z.string().check(z.minLength(1))).check(z.maxLength(64)), ["."]),
});

const workspaces = z.strictObject({
  /** Workspaces of projects that are kept; the longest unused one makes room for another. */
  max: z._default(z.int().check(z.minimum(5), z.maximum(100_000)), 100),
});

const containment = z.strictObject({
  /** Highest level of containment that is used where the machine offers it. */
  level: z._default(z.literal([0, 1, 2, 3]), 3),
});

const sampler = z.strictObject({
  /** Time between two looks at the host. What is three times as old is not believed. Seed 0: 1 s. */
  everyMs: z._default(z.int().check(z.minimum(100), z.maximum(60_000)), 1_000),
});

const tuning = z.strictObject({
  /**
   * Whether who looks for a size or a limit by trying stays with what was found: `explore`, `gradient`,
   * `aimd`, `resource`, and the trials of `growth.mustGain`; and `select` with whom it follows.
   */
  frozen: z._default(z.boolean(), false),
});

const tracing = z.strictObject({
  /**
   * Part of the jobs that begin a trace, of those which nobody traced before; which traces are recorded
   * the sampler of OpenTelemetry says. A job that begins none costs nothing.
   */
  jobsRatio: z._default(z.number().check(z.minimum(0), z.maximum(1)), 1),
});

/** Who is let in, besides the bounds of the queue. */
const admission = z.strictObject({
  /** Jobs that may be submitted in a second; null: any number. */
  ratePerS: z._default(
    z.nullable(z.number().check(z.minimum(0.001), z.maximum(1_000_000_000))),
    null,
  ),
  /** Jobs that may be submitted at once. */
  burst: z._default(z.int().check(z.minimum(1), z.maximum(1_000_000_000)), 100),
  /** Share of the queue that jobs of class `normal`, or `low`, may fill: the rest is for better ones. */
  normalRatio: z._default(z.number().check(z.minimum(0), z.maximum(1)), 1),
  lowRatio: z._default(z.number().check(z.minimum(0), z.maximum(1)), 1),
  /** How fast jobs of each key (`tenant:acme`), or of all that begin so (`tenant:*`), may come. */
  keys: z.prefault(
    z.record(
      z.string().check(z.regex(patternShape, { error: patternExpected })),
      z.strictObject({
        /** Jobs of the key that may be submitted in a second. */
        ratePerS: z.number().check(z.minimum(0.001), z.maximum(1_000_000_000)),
        /** Jobs of the key that may be submitted at once. */
        burst: z._default(z.int().check(z.minimum(1), z.maximum(1_000_000_000)), 100),
      }),
    ),
    {},
  ),
});

/** What is kept of the schema: all but what only a start and a reload need. */
const sections = z.strictObject({
  preset: z._default(z.enum(Object.keys(presets)), "default"),
  server: z.prefault(server, {}),
  store: z.prefault(store, {}),
  queue: z.prefault(queue, {}),
  commands: z.prefault(commands, {}),
  workspaces: z.prefault(workspaces, {}),
  pools: z.prefault(poolsSchema(poolSchema), {}),
  /** What all pools may have together. */
  budget: z.prefault(budgetSchema, {}),
  admission: z.prefault(admission, {}),
  jobs: z.prefault(jobsSchema, {}),
  operations: z.prefault(operationsSchema, {}),
  cache: z.prefault(cacheSchema, {}),
  /** Worker programs of others, by name: they run tasks that they tell of themselves. */
  programs: z.prefault(programsSchema, {}),
  /** What jobs are given that name one of these. */
  profiles: z.prefault(z.record(profileName, profileSchema), usualProfiles),
  /** By key (`host:example.org`) or by what many begin with (`host:*`); the longest that fits holds. */
  limits: z.prefault(
    z.record(z.string().check(z.regex(patternShape, { error: patternExpected })), keyLimitSchema),
    usualLimits,
  ),
  /** Jobs that are made again and again, by name. */
  schedules: z.prefault(
    z.record(
      z.string().check(
        z.regex(scheduleName, { error: "a name of letters, digits, '.', '_' and '-'" }),
      ),
      scheduleSchema,
    ),
    {},
  ),
  /**
   * When jobs of an operation (`operation:fetch-*`) or with the key of a host (`host:*`) are held as most
   * of them fail; the longest that fits holds.
   */
  breakers: z.prefault(z.record(breakerName, breakerRules), {}),
  /** Objectives by name: how many of some jobs must be good. */
  slo: z.prefault(objectivesSchema, {}),
  /** What workers, processors, memory and disks cost. */
  costs: z.prefault(costsSchema, {}),
  containment: z.prefault(containment, {}),
  hooks: z.prefault(hooksSchema, {}),
  tuning: z.prefault(tuning, {}),
  sampler: z.prefault(sampler, {}),
  /** What is left undone while the service or its machine is short of something. */
  brownout: z.prefault(brownoutSchema, {}),
  /** Whether pools cost more than pools of one size would. */
  regret: z.prefault(regretSchema, {}),
  log: z.prefault(logSchema, {}),
  tracing: z.prefault(tracing, {}),
});

/** The schema of the whole configuration. Unknown keys are refused. */
export const configSchema = () =>
  z.extend(sections, {
    /** What is wrong when, and who is told. */
    alerts: z.prefault(alertsSchema(), {}),
  });

/** Names of its sections. */
export const configSections: readonly string[] = [...Object.keys(sections.shape), "alerts"];

/** A checked configuration with all defaults filled in. */
export type Config = z.output<ReturnType<typeof configSchema>>;

/** What it says of one pool. */
export type PoolConfig = Config["pools"]["default"];

/** A configuration as programs write it: every key may be left out. */
export type ConfigInput = z.input<ReturnType<typeof configSchema>>;

/** One place configuration comes from. Later sources win, key by key. */
export interface ConfigSource {
  /** Named in messages: `flyball.yaml`, `FLYBALL_PORT`, `--set`. */
  readonly name: string;
  readonly values: unknown;
  /** Where this source says something about a path, if it can tell: `flyball.yaml:3:8`. */
  readonly at?: Place;
}

/**
 * Composes defaults, preset and `sources` (weakest first) to one configuration. Throws a
 * {@link Refusal} `invalid_config` that lists all problems, at most 20, each with its full path.
 */
export function composeConfig(sources: readonly ConfigSource[]): Config {
  const issues: Issue[] = [];
  for (const source of sources) {
    if (!plain(source.values)) {
      issues.push({
        pointer: "",
        message: `${source.name}: expected a mapping of keys to values`,
        expected: "a mapping",
      });
    }
  }
  const given = sources.filter((source) => plain(source.values));
  const all = [{ name: "preset", values: presetOf(given) }, ...given];
  const written = all.reduce<unknown>((tree, { values }) => merge(tree, values), {
    limits: usualLimits,
    profiles: usualProfiles,
  });
  const { tree, problems } = normalise(unfoldModules(withKinds(written)));
  const schema = configSchema();
  const result = schema.safeParse(tree, english);
  const place: Place = (path, part) => placeOf(given, path, part);
  const found = [...problems, ...(result.error?.issues ?? []).filter(isNewTo(problems))];
  if (result.success) {
    found.push(...strays(result.data), ...overdrawn(result.data), ...unpriced(result.data));
  }
  issues.push(...describeIssues(found, { schema, written, place }));
  if (issues.length > 0 || !result.success) throw invalidConfig(issues);
  return Object.freeze(result.data);
}

/** Refuses a configuration for `issues`; the message is the first of them. */
export function invalidConfig(issues: readonly Issue[]): Refusal {
  const more = issues.length - 1;
  const message = issues[0]!.message + (more > 0 ? ` (and ${more} more)` : "");
  return new Refusal("invalid_config", message, issues.slice(0, 20));
}

function presetOf(sources: readonly ConfigSource[]): object {
  let name: unknown = "default";
  for (const { values } of sources) {
    if (plain(values) && values.preset !== undefined) name = values.preset;
  }
  return typeof name === "string" && Object.hasOwn(presets, name) ? presets[name]! : {};
}

/** The strongest source that says anything about `path` or about what contains it, and where. */
export function placeOf(
  sources: readonly ConfigSource[],
  path: readonly PropertyKey[],
  part: Part = "value",
): string | null {
  for (let length = path.length; length > 0; length--) {
    const known = path.slice(0, length);
    const source = sources.findLast(({ values }) => valueAt(values, known) !== undefined);
    if (source !== undefined) return source.at?.(known, part) ?? source.name;
  }
  return null;
}

/** A text that could not be read as a quantity needs no second complaint about its type. */
function isNewTo(problems: readonly { readonly path: readonly PropertyKey[] }[]) {
  const known = new Set(problems.map(({ path }) => path.join("\0")));
  return (issue: { readonly path: readonly PropertyKey[] }) => !known.has(issue.path.join("\0"));
}
