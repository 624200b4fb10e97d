/**
 * The page of all keys of the configuration, written from its schema and the docstrings of its owners.
 *
 * @module
 */
import { z } from "zod/mini";
import { composeConfig, configSchema, configSections } from "../actors/config.ts";
import { valueAt } from "../actors/config_tree.ts";
import { isLive } from "../actors/reload.ts";
import { presets } from "../actors/presets.ts";
import { type Block, blocksOf, saidOf } from "./docstrings.ts";
import { resolve } from "./import_graph.ts";
import { outline } from "./outline.ts";
import { amount, type Bounds, range } from "./quantities.ts";

/** A JSON schema, as far as Zod writes it here. */
interface Schema extends Bounds {
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/** All files that the schema is made of, the nearest to it first. */
async function sourcesOf(first: string): Promise<readonly string[]> {
  const sources = new Map<string, string>();
  const paths = [first];
  for (const path of paths) {
    if (sources.has(path)) continue;
    const source = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
    sources.set(path, source);
    for (const { specifier } of outline(path, source).imports) {
      const imported = resolve(path, specifier);
      if (imported !== null) paths.push(imported);
    }
  }
  return [...sources.values()];
}

/** What a section is about, in the order of the page, and the page that tells more. */
const sections: Readonly<Record<string, string>> = {
  preset: "Where to start from: see [Presets](#presets).",
  server: "Where the service listens, and who may talk to it: [security](security.md).",
  store:
    "Where jobs are kept: `sqlite` in the data directory, or `memory`, which a restart empties.",
  queue: "How much may wait: [the queue](queue.md).",
  commands: "What jobs may start: [security](security.md).",
  workspaces: "Folders that staged runs of one project share.",
  pools:
    "Workers, and who decides how many: [pools](pools.md), [policies](policies.md). `NAME` is " +
    "`default` or any other name; what is said here holds for each.",
  profiles:
    "What jobs are given where they say nothing: `quick`, `deep` and `scheduled` are there in " +
    "any case ([what they say](pools.md)), others have a `NAME` that you choose.",
  budget: "What all pools may have together: [pools](pools.md).",
  admission: "Who is let in: [admission](admission.md).",
  jobs: "What holds for jobs that do not say otherwise.",
  operations: "What holds for all jobs of one operation, or of several (`fetch-*`): " +
    "[limits](limits.md), [retries](retries.md).",
  cache: "What is kept of results, for tasks and operations that say so: [the cache](cache.md).",
  programs: "Worker programs in other languages, by a `NAME` that you choose: " +
    "[the protocol](protocol.md#a-worker-program-of-yours).",
  limits: "How many jobs of one key run at once, and what they may take: [rates](rates.md).",
  schedules: "Jobs that are made again and again: [schedules](schedules.md).",
  breakers: "When jobs of an operation or a host are held, as most of them fail: " +
    "[retries](retries.md).",
  slo: "Objectives, by name: [metrics](metrics.md#what-jobs-were-worth).",
  costs: "Prices, in any one currency: [metrics](metrics.md#what-jobs-were-worth).",
  containment: "What a command can leave behind: [supervision](supervision.md).",
  hooks: "Functions of yours: [hooks](hooks.md).",
  tuning: "Who looks for the best size by trying: [policies](policies.md).",
  sampler: "The look at the host: [vitals](vitals.md).",
  brownout: "What is left undone while the service or its machine is short: " +
    "[adaptive scaling](adaptive_scaling.md#when-the-service-is-short).",
  regret: "How pools are compared with pools of one size: " +
    "[adaptive scaling](adaptive_scaling.md#beside-a-fixed-size).",
  log: "What is written, and where: [logs](logs.md).",
  alerts: "What is wrong when, and who is told: [alerts](alerts.md).",
  tracing: "Which jobs are traced with [OpenTelemetry](metrics.md#opentelemetry).",
};

/** Keys whose values have a page of their own, and are not taken apart here. */
const elsewhere: Readonly<Record<string, string>> = {
  "pools.NAME.policy": "a [policy](policies.md)",
  "pools.NAME.policies": "at most 8 [policies](policies.md)",
  "pools.NAME.ordering": "an [order](queue.md#order)",
  "pools.NAME.routing": "a [routing](routing.md)",
  "cache.policy": "a [policy](cache.md#who-goes-where-there-is-no-room)",
  "schedules.NAME.job": "a [job](../README.md#four-kinds-of-jobs)",
};

/** Keys of the usual pool that hold for all pools together. */
const forAll: readonly string[] = ["pools.default.memoryBytes", "pools.default.workerBytes"];

/** One key of the configuration. */
export interface Row {
  readonly key: string;
  /** What it takes. */
  readonly takes: string;
  readonly usual: string;
  /** Whether it holds without a restart. */
  readonly isLive: boolean;
  /** Null: nobody says. */
  readonly meaning: string | null;
}

/** The schema without null, and whether it takes null. */
function bare(schema: Schema): readonly [schema: Schema, isNullable: boolean] {
  const { anyOf } = schema;
  if (anyOf === undefined) return [schema, false];
  const [first, ...others] = anyOf.filter(({ type }) => type !== "null");
  if (first === undefined || others.length > 0) throw new Error("a choice nobody knows to write");
  return [{ ...first, default: schema.default }, true];
}

/** What a key without keys of its own takes. */
function takesOf(key: string, given: Schema): string {
  const [schema, isNullable] = bare(given);
  const words = elsewhere[key] ?? wordsOf(key.split(".").at(-1)!, schema);
  return isNullable ? `${words}, or null` : words;
}

function wordsOf(name: string, schema: Schema): string {
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(", ");
  switch (schema.type) {
    case "boolean":
      return "`true`, `false`";
    case "array":
      return `a list: ${wordsOf(name, schema.items!)}`;
    case "integer":
    case "number":
      return range(name, schema);
    case "object":
      return "a mapping";
    default:
      return "a text";
  }
}

/** The rows of an object's keys, and those of the objects in them. */
function rowsOf(given: Schema, key: string, from: Source): readonly Row[] {
  const [schema]: readonly [Schema, boolean] = bare(given);
  const kinds = schema.oneOf;
  if (kinds !== undefined && elsewhere[key] === undefined) return kindsOf(kinds, key, from);
  const isTaken = elsewhere[key] !== undefined;
  const { properties, additionalProperties: others } = isTaken ? {} : schema;
  // Pools have one shape, whether they are named in it or not.
  if (typeof others === "object") return rowsOf(others, `${key}.NAME`, from);
  if (properties === undefined) return [];
  const names = Object.keys(properties);
  return names.flatMap((name) => {
    const own = properties[name]!;
    const path = key === "" ? name : `${key}.${name}`;
    const below = rowsOf(own, path, from);
    const isGroup = below.length > 0 && !bare(own)[1];
    return isGroup ? below : [rowOf(own, path, names, from), ...below];
  });
}

/** The rows of things that differ by their `type`. */
function kindsOf(kinds: readonly Schema[], key: string, from: Source): readonly Row[] {
  const rows = new Map<string, Row & { readonly kinds: readonly string[] }>();
  for (const kind of kinds) {
    const type = String(kind.properties!.type!.const);
    for (const row of rowsOf(kind, key, from)) {
      rows.set(row.key, { ...row, kinds: [...rows.get(row.key)?.kinds ?? [], type] });
    }
  }
  return [...rows.values()].map(({ kinds: own, ...row }) => {
    if (row.key === `${key}.type`) {
      return { ...row, takes: own.map((type) => `\`${type}\``).join(", ") };
    }
    const only = own.length === kinds.length ? "" : ` Of ${own.join(" and ")} alone.`;
    return { ...row, meaning: row.meaning === null ? null : row.meaning + only };
  });
}

interface Source {
  readonly blocks: readonly Block[];
  /** The configuration that nobody has written. */
  readonly defaults: unknown;
}

function rowOf(schema: Schema, key: string, siblings: readonly string[], from: Source): Row {
  const name = key.split(".").at(-1)!;
  const own = key.replace(/^pools\.NAME/, "pools.default");
  const whole = valueAt(from.defaults, own.split(".")) ?? schema.default;
  // The options of a policy stand where the policy does.
  const usual = key in elsewhere ? valueAt(whole, ["name"]) ?? whole : whole;
  const said = schema.description ?? saidOf(from.blocks, name, siblings);
  return {
    key: forAll.includes(own) ? own : key,
    takes: takesOf(key, schema),
    usual: usual === undefined ? "" : amount(name, usual),
    isLive: isLive(own),
    meaning: said?.replace(/ ?Seed \d: .*?\.(?= |$)/, "").replace(/\.?$/, ".") ?? null,
  };
}

/** Every key, by the section it belongs to. */
export async function configurationRows(): Promise<ReadonlyMap<string, readonly Row[]>> {
  const sources = await sourcesOf("actors/config.ts");
  const from = { blocks: sources.flatMap(blocksOf), defaults: composeConfig([]) };
  const { properties } = z.toJSONSchema(configSchema(), {
    io: "input",
    unrepresentable: "any",
  }) as Schema;
  return new Map(configSections.map((section) => {
    const schema = properties![section]!;
    const rows = rowsOf(schema, section, from);
    if (rows.length > 0) return [section, rows];
    return [section, [{ ...rowOf(schema, section, [], from), meaning: sections[section] ?? null }]];
  }));
}

/** Sections that the page does not tell about, and such as there are none. */
export const unknownSections: readonly string[] = [
  ...configSections.filter((name) => !(name in sections)),
  ...Object.keys(sections).filter((name) => !configSections.includes(name)),
];

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ key, takes, usual, isLive, meaning }) =>
    `| \`${key}\` | ${takes} | ${usual} | ${isLive ? "at once" : "restart"} | ${meaning} |`
  );
  return [
    "| key | takes | default | holds | meaning |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

/** All values of a tree, each with its path, as `pools.default.spares`: `1`. */
function leavesOf(tree: object, above: string): readonly string[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const path = above === "" ? name : `${above}.${name}`;
    if (typeof value === "object" && value !== null) return leavesOf(value, path);
    return [`\`${path}\`: ${amount(name, value)}`];
  });
}

const introduction = `# The configuration, key by key

Nothing needs to be configured. What can be stands here, written from the schemas of the owners by
\`UPDATE=1 deno test -A tests/configuration_page_test.ts\`; a test fails when the two differ. How the
sources go together, which are the file, variables and \`--set\`, is in the
[README](../README.md#configuration).

\`\`\`yaml
preset: default
pools:
  default:
    workers: { min: 0, max: 24 }
jobs: { timeoutMs: 10m, retries: 2 }
log: { level: info, file: flyball.log }
\`\`\`

\`flyball config check\` names every problem with its file, line and column, and \`flyball config show\`
prints what is in force. An unknown key is refused, with the one that was probably meant.

- **Units.** A key ends in its unit; its value is a number in that unit, or a text with one: a
  duration (\`…Ms\`) as \`500ms\`, \`10s\`, \`5m\`, \`1h\` or \`2d\`, a size (\`…Bytes\`) as \`50MB\` or \`1GiB\`, a
  share (\`…Ratio\`, of 0 to 1 unless more is said) as \`0.8\` or \`80%\`. No duration is longer than
  24.8 days.
- **null** stands for "no limit" or "as the machine has it"; each key says which.
- **holds: at once** keys change while the service runs, by \`flyball config set\`, a \`PATCH\` of
  \`/api/v1/config\` or a reload (SIGHUP): [how](operator.md#the-configuration-while-it-runs). The others
  are heeded by the next start, and a patch of them is refused with their names.
- \`NAME\` is a name that you choose: of a pool, an operation, a key.
`;

/** The text of `docs/configuration.md`. */
export async function configurationPage(): Promise<string> {
  const rows = await configurationRows();
  const written = [...rows].map(([section, keys]) =>
    [`## ${section}`, sections[section]!, table(keys)].join("\n\n")
  );
  const starts = Object.entries(presets).map(([name, values]) =>
    `| \`${name}\` | ${leavesOf(values, "").join(", ") || "nothing"} |`
  );
  return [
    introduction.trimEnd(),
    "## Presets",
    "A preset is a starting point, and says only where it differs from the defaults. All else that is\n" +
    "written goes above it. A preset is read at the start.",
    ["| preset | says |", "| --- | --- |", ...starts].join("\n"),
    ...written,
  ].join("\n\n") + "\n";
}
