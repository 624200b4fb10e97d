/**
 * The configuration: its schema with every default, and how it is composed from its sources.
 *
 * @module
 */
import { z } from "zod";
import { patternExpected, patternShape } from "../messages/schemas/job.ts";
import { scheduleName, scheduleSchema } from "../messages/schemas/schedule.ts";
import { thresholdsSchema } from "../policies/limits/threshold.ts";
import { orderingChoice } from "../policies/ordering/mod.ts";
import { scalingChoice } from "../policies/scaling/mod.ts";
import { breakerName, breakerRules } from "./circuits/rules.ts";
import { describeIssues } from "./config_issues.ts";
import type { Place } from "./config_issues.ts";
import { durationMsMax } from "./units.ts";
import { merge, normalise, plain, valueAt } from "./config_tree.ts";
import { keyLimitSchema } from "./key_limit.ts";
import { operationsSchema } from "./operations_config.ts";
import { presets, usualLimits } from "./presets.ts";
import { type Issue, Refusal } from "./refusal.ts";

const durationMs = z.int().min(1).max(durationMsMax);

const server = z.strictObject({
  /** Address to listen on. Anything but loopback needs a token. */
  host: z.string().min(1).max(255).default("127.0.0.1"),
  /** 0 picks a free port. */
  port: z.int().min(0).max(65_535).default(4477),
  /** File with the bearer token; null: none is needed on loopback. */
  tokenFile: z.string().min(1).nullable().default(null),
  /** Values of the Host header accepted besides localhost, 127.0.0.1 and [::1]. */
  allowedHosts: z.array(z.string().min(1).max(255)).max(64).default([]),
});

const store = z.strictObject({
  engine: z.enum(["sqlite", "memory"]).default("sqlite"),
});

const queue = z.strictObject({
  engine: z.literal("flyball", { error: "is not available in this version" }).default("flyball"),
  /** Most jobs accepted and not ended. */
  jobsMax: z.int().min(1).max(100_000_000).default(1_000_000),
  /** Most bytes of their specifications. */
  bytesMax: z.int().min(1_024).default(2 ** 30),
});

const commands = z.strictObject({
  /** Whether jobs may be commands. */
  allow: z.boolean().default(true),
  /** Whether jobs may be text for a shell, which can start anything by itself. */
  shell: z.boolean().default(false),
  /** Folders a command may name as its working directory. */
  roots: z.array(z.string().min(1)).max(64).default(["."]),
});

const workspaces = z.strictObject({
  /** Workspaces of projects that are kept; the longest unused one makes room for another. */
  max: z.int().min(5).max(100_000).default(100),
});

const workersMost = 10_000;
/** Less than this and a worker could not even start, bytes. */
const workerBytesLeast = 96 * 2 ** 20;

/** Less than this and commands could only run one by one, bytes. */
const memoryBytesLeast = 64 * 2 ** 20;

const workers = z.strictObject({
  /** Workers kept at least; null: 1, or what the policy says. */
  min: z.int().min(0).max(workersMost).nullable().default(1),
  /** Workers at most; null: computed at the start from cores and free memory. */
  max: z.int().min(1).max(workersMost).nullable().default(null),
}).refine(({ min, max }) => min === null || max === null || min <= max, {
  path: ["min"],
  params: { atMost: "max" },
  // Also when other keys are wrong, so that all problems are listed at once.
  when: ({ value }) =>
    plain(value) && typeof value.min === "number" && typeof value.max === "number",
});

const slots = z.strictObject({
  /** Tasks begun and unfinished in one worker, at most. */
  max: z.int().min(1).max(65_536).default(1_024),
  /** Commands begun and unfinished in one worker, at most. */
  commands: z.int().min(1).max(1_024).default(16),
});

const recycle = z.strictObject({
  /** Jobs after which a worker is replaced; null: any number. */
  jobs: z.int().min(1).max(1_000_000_000).nullable().default(null),
  /** Age at which a worker is replaced; null: any. */
  ageMs: durationMs.nullable().default(null),
  /** Whether a worker is replaced whose memory grows for minutes on end. */
  leaks: z.boolean().default(true),
});

const pool = z.strictObject({
  workers: workers.prefault({}),
  /** Idle workers kept ready besides those that have jobs, within the largest size. */
  spares: z.int().min(0).max(workersMost).default(0),
  slots: slots.prefault({}),
  /** Most memory of all commands that run, by what is expected of them. Null: 90 % of what is free. */
  memoryBytes: z.int().min(memoryBytesLeast).nullable().default(null),
  /** Most resident memory of one worker; it is ended above. Null: no limit but that of its heap. */
  workerBytes: z.int().min(workerBytesLeast).nullable().default(null),
  /**
   * From when on a worker is given no jobs and is replaced. Of memory, where nothing is said: 80 % and
   * 93 % of `workerBytes`.
   */
  thresholds: thresholdsSchema.prefault({}),
  /** When workers are replaced; the next one is ready before the last one leaves. */
  recycle: recycle.prefault({}),
  /** Which of the jobs that wait is begun next: the name of a policy among its own options. */
  ordering: orderingChoice.prefault({ name: "classic" }),
  /** The scaling policy: its name among its own options. */
  policy: scalingChoice.prefault({ name: "governor" }),
});

const containment = z.strictObject({
  /** Highest level of containment that is used where the machine offers it. */
  level: z.literal([0, 1, 2, 3]).default(3),
});

const retention = z.strictObject({
  /** How long jobs that ended `done` are kept. */
  doneMs: durationMs.default(86_400_000),
  /** How long jobs with another ending are kept. */
  otherMs: durationMs.default(1_209_600_000),
  /** Rows kept of each. */
  rows: z.int().min(1).max(100_000_000).default(100_000),
});

/** Longest waits for a start, by class; null: any. */
const queueTimeouts = z.strictObject({
  highMs: durationMs.nullable().default(null),
  normalMs: durationMs.nullable().default(null),
  lowMs: durationMs.nullable().default(null),
});

/** Who is let in, besides the bounds of the queue. */
const admission = z.strictObject({
  /** Jobs that may be submitted in a second; null: any number. */
  ratePerS: z.number().min(0.001).max(1_000_000_000).nullable().default(null),
  /** Jobs that may be submitted at once. */
  burst: z.int().min(1).max(1_000_000_000).default(100),
  /** Share of the queue that jobs of class `normal`, or `low`, may fill: the rest is for better ones. */
  normalRatio: z.number().min(0).max(1).default(1),
  lowRatio: z.number().min(0).max(1).default(1),
});

const jobs = z.strictObject({
  /** Longest run of one attempt in the service; null: no limit. */
  timeoutMs: durationMs.nullable().default(3_600_000),
  /** Attempts after the first. */
  retries: z.int().min(0).max(100).default(0),
  queueTimeouts: queueTimeouts.prefault({}),
  retention: retention.prefault({}),
});

/** The whole configuration. Unknown keys are refused. */
export const configSchema = z.strictObject({
  preset: z.enum(Object.keys(presets)).default("default"),
  server: server.prefault({}),
  store: store.prefault({}),
  queue: queue.prefault({}),
  commands: commands.prefault({}),
  workspaces: workspaces.prefault({}),
  pools: z.strictObject({ default: pool.prefault({}) }).prefault({}),
  admission: admission.prefault({}),
  jobs: jobs.prefault({}),
  operations: operationsSchema.prefault({}),
  /** By key (`host:example.org`) or by what many begin with (`host:*`); the longest that fits holds. */
  limits: z.record(z.string().regex(patternShape, { error: patternExpected }), keyLimitSchema)
    .prefault(
      usualLimits,
    ),
  /** Jobs that are made again and again, by name. */
  schedules: z.record(
    z.string().regex(scheduleName, { error: "a name of letters, digits, '.', '_' and '-'" }),
    scheduleSchema,
  ).prefault({}),
  /**
   * When jobs of an operation (`operation:fetch-*`) or with the key of a host (`host:*`) are held as most
   * of them fail; the longest that fits holds.
   */
  breakers: z.record(breakerName, breakerRules).prefault({}),
  containment: containment.prefault({}),
});

/** A checked configuration with all defaults filled in. */
export type Config = z.output<typeof configSchema>;

/** A configuration as programs write it: every key may be left out. */
export type ConfigInput = z.input<typeof configSchema>;

/** One place configuration comes from. Later sources win, key by key. */
export interface ConfigSource {
  /** Named in messages: `flyball.yaml`, `FLYBALL_PORT`, `--set`. */
  readonly name: string;
  readonly values: unknown;
  /** Where this source says something about a path, if it can tell: `flyball.yaml:3:8`. */
  readonly at?: (path: readonly PropertyKey[]) => string | null;
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
  });
  const { tree, problems } = normalise(written);
  const result = configSchema.safeParse(tree);
  const place: Place = (path) => placeOf(given, path);
  const found = [...problems, ...(result.error?.issues ?? []).filter(isNewTo(problems))];
  issues.push(...describeIssues(found, { schema: configSchema, written, place }));
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

/** The strongest source that says anything about `path` or about what contains it. */
function placeOf(sources: readonly ConfigSource[], path: readonly PropertyKey[]): string | null {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const source = sources.findLast(({ values }) => valueAt(values, part) !== undefined);
    if (source !== undefined) return source.at?.(part) ?? source.name;
  }
  return null;
}

/** A text that could not be read as a quantity needs no second complaint about its type. */
function isNewTo(problems: readonly { readonly path: readonly PropertyKey[] }[]) {
  const known = new Set(problems.map(({ path }) => path.join("\0")));
  return (issue: { readonly path: readonly PropertyKey[] }) => !known.has(issue.path.join("\0"));
}
