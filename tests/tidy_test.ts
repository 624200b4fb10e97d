/** The shape of the house, checked like any other behaviour. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { cyclic, importGraph, reached } from "./import_graph.ts";
import { type Outline, outline } from "./outline.ts";
import { fileLinesMax, folders, functionLinesMax, untidy } from "./tidy.ts";

const root = new URL("../", import.meta.url);

/** Paths of all TypeScript files below a folder, hidden and generated ones left out. */
function* paths(folder = ""): Generator<string> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(new URL(folder, root))) {
    if (name.startsWith(".") || name === "node_modules" || name === "coverage") continue;
    if (isDirectory) yield* paths(`${folder}${name}/`);
    else if (isFile && /(?<!\.d)\.tsx?$/.test(name)) yield `${folder}${name}`;
  }
}

const read = (path: string) => outline(path, Deno.readTextFileSync(new URL(path, root)));
const files: ReadonlyMap<string, Outline> = new Map(
  [...paths()].sort().map((path) => [path, read(path)]),
);
/** What is wrong with a file of this text. */
const wrongIn = (path: string, source: string) => untidy(path, outline(path, source));

Deno.test("tidy: every file keeps the rules", () => {
  assertEquals([...files].flatMap(([path, file]) => untidy(path, file)), []);
});

Deno.test("tidy: no import leads back to itself", () => {
  assertEquals(cyclic(importGraph(files, false)), []);
});

Deno.test("tidy: no file is dead", () => {
  const entries = Object.values(config.exports).map((path) => path.replace("./", ""));
  const started = /^(main\.ts|worker\/main\.ts|(bench|examples)\/.*|tests\/.*_test\.ts)$/;
  const roots = [...entries, ...[...files.keys()].filter((path) => started.test(path))];
  const alive = reached(importGraph(files, true), roots);
  const layered = [...files.keys()].filter((path) => !path.startsWith("tests/"));
  assertEquals(layered.filter((path) => !alive.has(path)), []);
});

Deno.test("tidy: top-level folders are the ones we drew", () => {
  const found = [...Deno.readDirSync(root)]
    .filter(({ name, isDirectory }) => isDirectory && !/^(\.|node_modules$|coverage$)/.test(name))
    .map(({ name }) => name);
  assertEquals(found.filter((name) => !folders.includes(name)), []);
});

Deno.test("tidy: every task says what it does", () => {
  const silent = Object.entries<{ description?: string }>(config.tasks)
    .filter(([, { description }]) => !description);
  assertEquals(silent.map(([name]) => name), []);
});

Deno.test("tidy: prints the median and the largest file", () => {
  const sizes = [...files]
    .filter(([path]) => !path.startsWith("tests/"))
    .map(([path, { lines }]) => ({ path, lines }))
    .sort((a, b) => a.lines - b.lines);
  const median = sizes[Math.floor(sizes.length / 2)];
  const largest = sizes.at(-1);
  assert(median && largest && largest.lines <= fileLinesMax);
  console.log(
    `${sizes.length} files, median ${median.lines} lines, largest ${largest.lines} (${largest.path})`,
  );
});

/** What each rule must notice: a path, a source and the words of the complaint. */
const offences: readonly (readonly [path: string, source: string, complaint: string])[] = [
  // Layers
  ["messages/a.ts", `import { b } from "../policies/b.ts";`, "messages may not import policies/b"],
  ["policies/a.ts", `import { b } from "../machines/b.ts";`, "policies may not import machines/b"],
  ["machines/a.ts", `export * from "../policies/mod.ts";`, "machines may not import policies/mod"],
  ["policies/a.ts", `type B = import("../actors/b.ts").B;`, "policies may not import actors/b"],
  ["actors/a.ts", `import type { B } from "../simulation/b.ts";`, "may not import simulation/b"],
  ["actors/pool.ts", `await import("../service/app.ts");`, "actors may not import service/app"],
  ["actors/fetch.ts", `import "../service/app.ts";`, "actors may not import service/app"],
  ["actors/a.ts", `import { run } from "../worker/main.ts";`, "actors may not import worker/main"],
  ["service/a.ts", `import { map } from "../cli/map.ts";`, "service may not import cli/map"],
  ["cli/map.ts", `await import("../service/serve.ts");`, "cli may not import service/serve"],
  ["worker/a.ts", `import { b } from "../actors/b.ts";`, "worker may not import actors/b"],
  ["worker/a.ts", `import { z } from "zod";`, "worker may not import zod"],
  ["task.ts", `import type { b } from "./messages/job.ts";`, "task.ts may not import messages/job"],
  ["mod.ts", `export * from "./service/client.ts";`, "mod.ts may not import service/client"],
  ["policies/a.ts", `import config from "../deno.json";`, "policies may not import deno.json"],
  ["actors/a.ts", `import { run } from "@flyball/flyball";`, "actors may not import mod.ts"],
  ["machines/a.ts", `import { readFileSync } from "node:fs";`, "machines may not import node:fs"],
  ["messages/a.ts", `import { setup } from "xstate";`, "messages may not import xstate"],
  ["policies/a.ts", `import { z } from "zod";`, "policies may not import zod"],
  ["cli/a.ts", `import { z } from "zod";`, "zod is for those who need it"],
  ["lib/a.ts", "", "lib/ belongs to no layer"],
  ["queue.ts", "", "belongs to no layer"],
  // Specifiers
  ["actors/a.ts", `import { b } from "jsr:@std/async";`, "imports jsr:@std/async"],
  ["actors/a.ts", `import { b } from "https://deno.land/x/b.ts";`, "imports https://"],
  ["tests/a.ts", `import { z } from "npm:zod@4";`, "packages are named in deno.json"],
  // Purity
  ["policies/a.ts", "const now = Date.now();", "not pure: Date.now"],
  ["policies/a.ts", "const { now } = Date;", "not pure: Date"],
  ["policies/a.ts", "const now = new Date(0);", "not pure: new Date"],
  ["policies/a.ts", "const x = Math.random();", "not pure: Math.random"],
  ["messages/a.ts", "const id = crypto.randomUUID();", "not pure: crypto.randomUUID"],
  ["machines/a.ts", "const at = performance.now();", "not pure: performance.now"],
  ["machines/a.ts", "setTimeout(() => {}, 1);", "not pure: setTimeout"],
  ["machines/a.ts", "const every = setInterval;", "not pure: setInterval"],
  ["machines/a.ts", `fetch("/");`, "not pure: fetch"],
  ["machines/a.ts", `console.log("x");`, "not pure: console.log"],
  ["messages/a.ts", "type A = Deno.CommandOutput;", "not pure: Deno"],
  ["policies/a.ts", "const x = `${Deno.pid}`;", "not pure: Deno.pid"],
  ["actors/pool.ts", "const x = Deno.pid;", "only the host knows Deno"],
  ["simulation/clock.ts", "const x = Deno.pid;", "only the host knows Deno"],
  // Machines
  ["machines/a.ts", "const s = { after: { 100: 'b' } };", "machines are timeless: after"],
  ["machines/a.ts", "const s = { invoke: { src: 'b' } };", "machines are timeless: invoke"],
  ["machines/a.ts", "const s = { always: 'b' };", "machines are timeless: always"],
  ["machines/a.ts", "spawnChild(b);", "machines have no children: spawnChild"],
  ["machines/a.ts", "assign(({ spawn }) => ({ ref: spawn(b) }));", "have no children: spawn"],
  // Size
  ["actors/a.ts", "\n".repeat(fileLinesMax + 1), `${fileLinesMax + 1} lines > ${fileLinesMax}`],
  [
    "actors/a.ts",
    `const long = () => {${"\n".repeat(functionLinesMax)}};`,
    "long has 71 lines > 70",
  ],
  [
    "actors/a.ts",
    `class A { long() {${"\n".repeat(functionLinesMax)}} }`,
    "long has 71 lines > 70",
  ],
  ["actors/a.ts", `function long() {${"\n".repeat(functionLinesMax)}}`, "long has 71 lines > 70"],
  // Units
  ["policies/a.ts", "z.object({ cooldown: z.number() });", "cooldown is a number without a unit"],
  [
    "policies/a.ts",
    "z.object({ load: z._default(z.int(), 1) });",
    "load is a number without a unit",
  ],
  [
    "policies/a.ts",
    "const n = z.int(); z.object({ wait: n.check(z.gt(1)) });",
    "wait is a number without",
  ],
  [
    "policies/a.ts",
    "const n = z.nullable(z.int().check(z.gt(1))); z.object({ wait: z.exactOptional(n) });",
    "wait is a number without",
  ],
  ["policies/a.ts", "z.object({ success: z.int() });", "success is a number without a unit"],
  // Words
  ["actors/utils.ts", "", "the file's name says nothing"],
  ["service/types.ts", "", "the file's name says nothing"],
  ["actors/a.ts", "// TODO: later", "TODO: do it now or leave it out"],
  ["actors/a.ts", "/** FIXME */", "FIXME: do it now or leave it out"],
];

for (const [path, source, complaint] of offences) {
  Deno.test(`untidy: notices ${complaint} in ${path}`, () => {
    const said = wrongIn(path, source);
    assertEquals(said.length, 1, said.join("\n"));
    assert(said[0]!.includes(complaint), said[0]);
  });
}

/** What looks like an offence and is none. */
const innocents: readonly (readonly [path: string, source: string])[] = [
  ["policies/a.ts", `const help = "Date.now() // TODO";`],
  ["policies/a.ts", "/** `Deno.args`, Math.random(), import { x } from '../actors/x.ts' */"],
  ["policies/a.ts", "const help = `import { b } from '../machines/b.ts'`;"],
  ["policies/a.ts", "const pattern = /Date.now|console.log/;"],
  ["policies/a.ts", `import type { Reading } from "../messages/signals.ts";`],
  ["policies/a.ts", "const x = reading.performance; const y = { fetch: 1 };"],
  ["policies/a.ts", "const at = Date.parse(text);"],
  ["policies/a.ts", `import { z } from "zod/mini"; import { b } from "./scaling/b.ts";`],
  ["policies/a.ts", "z.object({ coolMs: z.number(), workers: z.int(), max: z.int(), growBy: n });"],
  [
    "policies/a.ts",
    "z.object({ names: z._default(z.array(z.int()), []), is: z.nullable(z.any()) });",
  ],
  ["policies/a.ts", "z.object({ bytesMax: z.int(), queuedHigh: z.int(), name: z.string() });"],
  ["machines/a.ts", "const spawn = envelope.spawn; const next = { spawn: null };"],
  ["actors/host.ts", "const x = Deno.pid;"],
  ["actors/stores/sqlite/lock.ts", "Deno.openSync(path);"],
  ["actors/fetch.ts", `const { app } = await import("../service/app.ts");`],
  ["actors/processes.ts", `const main = new URL("../worker/main.ts", import.meta.url);`],
  ["cli/serve.ts", `await import("../service/serve.ts");`],
  ["actors/a.ts", `const { fromJSONSchema } = await import("zod");`],
  ["service/app.ts", `import config from "../deno.json" with { type: "json" };`],
  ["worker/link.ts", `import { connect } from "node:net"; import "../messages/wire.ts";`],
  ["deps/std_async.ts", `export * from "npm:deno-std@1.4.0/async/delay.js";`],
];

for (const [path, source] of innocents) {
  Deno.test(`untidy: is content with ${path} saying ${source}`, () => {
    assertEquals(wrongIn(path, source), []);
  });
}

Deno.test("untidy: names the line", () => {
  assertEquals(wrongIn("policies/a.ts", "\n\nDate.now();"), [
    "policies/a.ts:3: not pure: Date.now",
  ]);
});

Deno.test("untidy: refuses what it cannot read", () => {
  assertThrows(() => wrongIn("policies/a.ts", "const = ;"), SyntaxError);
});

Deno.test("importGraph: finds cycles and what nothing leads to", () => {
  const sources = [
    ["mod.ts", `import "./actors/a.ts";`],
    ["actors/a.ts", `import type { B } from "./b.ts";`],
    ["actors/b.ts", `await import("./a.ts"); new URL("./thread.ts", import.meta.url);`],
    ["actors/thread.ts", ""],
    ["actors/dead.ts", `import "./a.ts"; import "@flyball/flyball";`],
  ] as const;
  const files = new Map(sources.map(([path, source]) => [path, outline(path, source)]));
  assertEquals(cyclic(importGraph(files, false)), ["actors/a.ts", "actors/b.ts"]);
  const alive = reached(importGraph(files, true), ["mod.ts"]);
  assertEquals([...files.keys()].filter((path) => !alive.has(path)), ["actors/dead.ts"]);
});
