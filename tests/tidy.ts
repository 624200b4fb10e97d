/**
 * The referee of the house rules: pure functions from sources to what is wrong with them.
 *
 * @module
 */
import { resolve } from "./import_graph.ts";
import type { Outline } from "./outline.ts";

/** Lines of a file, at most. */
export const fileLinesMax = 300;
/** Lines of a function, at most. */
export const functionLinesMax = 70;

/** Top-level folders. Another one needs a decision record. */
export const folders: readonly string[] = [
  ..."messages policies machines actors worker simulation service cli client".split(" "),
  ..."tests bench examples docs deps".split(" "),
];

/** What a layer may import besides itself; a root file is a layer of its own. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "task.ts": [],
  messages: [],
  policies: ["messages"],
  machines: ["messages"],
  worker: ["messages", "task.ts"],
  actors: ["messages", "policies", "machines", "task.ts", "deps"],
  simulation: ["messages", "policies", "machines", "actors", "deps"],
  service: ["messages", "policies", "machines", "actors", "simulation", "deps"],
  cli: ["messages", "policies", "machines", "actors", "simulation", "client", "task.ts", "deps"],
  client: ["messages"],
  "mod.ts": [
    "client",
    "messages",
    "policies",
    "machines",
    "actors",
    "simulation",
    "task.ts",
    "deps",
  ],
  "main.ts": ["cli"],
};

/** Imports that cross the drawing on purpose: from this file, to this layer, only in this way. */
const exceptions: readonly { from: string; to: string; kind?: "dynamic" }[] = [
  { from: "cli/serve.ts", to: "service" },
  // The errors of programs are the same on both sides of HTTP; neither file imports any other.
  { from: "client/mod.ts", to: "actors" },
  { from: "client/client.ts", to: "actors" },
  { from: "client/line.ts", to: "actors" },
  { from: "client/resumed.ts", to: "actors" },
  // `runtime.fetch` costs nothing until it is called.
  { from: "actors/fetch.ts", to: "service", kind: "dynamic" },
  // Named so that Deno caches it with us, and never called.
  { from: "actors/host/program.ts", to: "worker", kind: "dynamic" },
];

/** Packages a layer may import; layers that are not named may import any in deno.json. */
const packages: Readonly<Record<string, RegExp>> = {
  "task.ts": /^$/,
  messages: /^zod\/mini$/,
  policies: /^zod\/mini$/,
  machines: /^(xstate(\/guards)?|zod\/mini)$/,
  worker: /^node:/,
  client: /^$/,
};

/** Packages that take megabytes, which few need. */
const heavy = /^zod$/;

/** Layers that may not even read their own version from deno.json. */
const strict: readonly string[] = ["messages", "policies", "machines", "worker", "task.ts"];

/** Layers without clock, chance and effects. */
const pure: readonly string[] = ["messages", "policies", "machines"];
const impure =
  /^(Deno|performance|crypto|process|fetch|console|globalThis|setTimeout|setInterval|queueMicrotask|Math\.random|Date\.now|new Date|Date)$/;

/** Files of actors/ that stand between us and the machine. */
const host: readonly string[] = ["actors/host.ts", "actors/host/", "actors/stores/"];

/** Words that say nothing about what a file holds. */
const vague = /^(utils?|helpers?|types?|common|managers?|index|handlers?)\.\w+$/;

/** Numbers whose name carries a unit, counts something, or is one of the few plain words. */
const united = /(Ms|S|Ratio|Bytes|Percent|At|PerHour|PerGb)$/;
const counted = /([a-rt-z]s(Max|Min|High|Low|Some)?|By(Most)?)$/;
const plain =
  /^(min|max|up|down|each|port|burst|rank|seed|attempt|generation|epoch|increment|intensity|nice|weight)$/;
/** Where a name ends in a bound, the noun before it may be a state or a mass noun. */
const bounded = /(queued|running|waiting|volume|inFlight)(Max|Min|High|Low|Some)?$/i;

/** The layer a path lies in: its folder, or the file itself at the root. */
export const layerOf = (path: string): string => path.split("/")[0]!;

/** What is wrong with one file, as `path:line: rule`; empty when it is tidy. */
export function untidy(path: string, file: Outline): string[] {
  const layer = layerOf(path);
  const wrong: string[] = [];
  const say = (line: number, text: string) => wrong.push(`${path}:${line}: ${text}`);

  if (vague.test(path.split("/").at(-1)!)) say(1, "the file's name says nothing about it");
  if (path.includes("/") && !folders.includes(layer)) say(1, `${layer}/ belongs to no layer`);
  if (!path.includes("/") && !(path in mayImport)) say(1, "belongs to no layer");
  if (file.lines > fileLinesMax) say(1, `${file.lines} lines > ${fileLinesMax}`);
  for (const { name, line, lines } of file.bodies) {
    if (lines > functionLinesMax) say(line, `${name} has ${lines} lines > ${functionLinesMax}`);
  }
  for (const { name, line } of file.comments) {
    const [word] = name.match(/\b(TODO|FIXME|XXX|HACK)\b/) ?? [];
    if (word) say(line, `${word}: do it now or leave it out`);
  }
  for (const { specifier, kind } of file.imports) {
    const problem = misplaced(path, specifier, kind);
    if (problem) say(1, problem);
  }
  for (const { name, line } of file.uses) {
    const problem = effect(path, name);
    if (problem) say(line, problem);
  }
  if (layer === "machines") { for (const { name, line } of timed(file)) say(line, name); }
  if (layer in mayImport) {
    for (const { name, line } of file.numbers) {
      if (![united, counted, plain, bounded].some((form) => form.test(name))) {
        say(line, `${name} is a number without a unit`);
      }
    }
  }
  return wrong;
}

/** What is wrong with an import, if anything. */
function misplaced(path: string, specifier: string, kind: string): string | undefined {
  const layer = layerOf(path);
  if (/^(jsr|https?|data|blob):/.test(specifier)) {
    return `imports ${specifier}: only npm is reachable`;
  }
  if (specifier.startsWith("npm:") && layer !== "deps") {
    return `imports ${specifier}: packages are named in deno.json`;
  }
  const below = mayImport[layer];
  if (!below || kind === "url") return undefined;
  const to = resolve(path, specifier);
  if (to === null) {
    const allowed = packages[layer];
    if (allowed && !allowed.test(specifier)) return `${layer} may not import ${specifier}`;
    return kind === "static" && heavy.test(specifier)
      ? `${specifier} is for those who need it: import() it there`
      : undefined;
  }
  if (to === "deno.json" && !strict.includes(layer)) return undefined;
  const target = layerOf(to);
  if (target === layer || below.includes(target)) return;
  const excepted = exceptions.some((e) =>
    e.from === path && e.to === target && (e.kind ?? kind) === kind
  );
  return excepted ? undefined : `${layer} may not import ${to}`;
}

/** What is wrong with the use of a global, if anything. */
function effect(path: string, name: string): string | undefined {
  const layer = layerOf(path);
  const [global] = name.split(".");
  if (pure.includes(layer) && (impure.test(name) || impure.test(global!) && global !== "Date")) {
    return `not pure: ${name}`;
  }
  const outside = layer === "actors" && !host.some((prefix) => path.startsWith(prefix));
  const shielded = outside || layer === "simulation" || layer === "task.ts";
  return shielded && global === "Deno" ? `${name}: only the host knows Deno` : undefined;
}

/** Ways in which a machine would keep time or live actors of its own. */
function timed({ keys, calls }: Outline): { name: string; line: number }[] {
  const kept = keys.filter(({ name }) => /^(after|invoke|always)$/.test(name));
  const spawned = calls.filter(({ name }) => /^spawn(Child)?$/.test(name));
  return [
    ...kept.map(({ name, line }) => ({ name: `machines are timeless: ${name}`, line })),
    ...spawned.map(({ name, line }) => ({ name: `machines have no children: ${name}`, line })),
  ];
}
