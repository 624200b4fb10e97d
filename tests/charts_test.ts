/** Statecharts as pictures and texts: each format is read by who it is for. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { instance } from "@viz-js/viz";
import { type AnyStateMachine, createMachine, setup } from "xstate";
import { chartOf, innermost, statesOf } from "../machines/chart/chart.ts";
import { dotOf } from "../machines/chart/dot.ts";
import { mermaidOf } from "../machines/chart/mermaid.ts";
import { statelyOf } from "../machines/chart/stately.ts";
import { machines } from "../machines/mod.ts";
import { chartsPage } from "./charts_page.ts";
import { flyball } from "./command_line.ts";

const all = Object.entries(machines) as readonly (readonly [string, AnyStateMachine])[];

/** Has one of everything: a state in a state, a guard, an action with a parameter, an ending. */
const door = setup({
  actions: { ring: (_, _params: { readonly bell: string }) => {} },
  guards: { hasKey: () => true },
}).createMachine({
  id: "door",
  description: "A door.",
  initial: "shut",
  on: { knock: {} },
  states: {
    shut: {
      description: 'It is "shut": <nobody> comes in.',
      initial: "free",
      on: { leave: { actions: { type: "ring", params: { bell: "back" } } } },
      states: {
        free: { on: { lock: "locked" } },
        locked: { on: { open: { guard: "hasKey", target: "#door.open" } } },
      },
    },
    open: { type: "final" },
  },
});

Deno.test("charts: Mermaid of a small machine", () => {
  assertEquals(
    mermaidOf(chartOf(door)),
    `stateDiagram-v2
  [*] --> door_shut
  state "shut" as door_shut {
    [*] --> door_shut_free
    state "free" as door_shut_free
    state "locked" as door_shut_locked
  }
  state "open" as door_open
  door_open --> [*]
  door_shut_free --> door_shut_locked : lock
  door_shut_locked --> door_open : open [hasKey]
`,
  );
});

Deno.test("charts: DOT of a small machine", () => {
  const lines = dotOf(chartOf(door)).split("\n");
  assertEquals(lines.slice(5), [
    '  subgraph "cluster_door.shut" {',
    '    id="door.shut"; class=region; label="shut"; style=rounded; margin=12;',
    '    "door.shut.free" [id="door.shut.free", label=<<b>free</b>>];',
    '    "door.shut.locked" [id="door.shut.locked", label=<<b>locked</b>>];',
    '    "door.shut." [shape=point, width=0.1, label="", fillcolor=black, class=start];',
    '    "door.shut." -> "door.shut.free";',
    "  }",
    '  "door.open" [id="door.open", label=<<b>open</b>>, peripheries=2];',
    '  "door." [shape=point, width=0.1, label="", fillcolor=black, class=start];',
    '  "door." -> "door.shut.free" [lhead="cluster_door.shut"];',
    '  "door.shut.free" -> "door.shut.locked" [id="door.shut.free door.shut.locked", label=" lock\\l"];',
    '  "door.shut.locked" -> "door.open" [id="door.shut.locked door.open", label=" open [hasKey]\\l"];',
    "}",
    "",
  ]);
});

Deno.test("charts: a chart tells what stays as it is, what is ignored is not in it", () => {
  const { root, arrows } = chartOf(door);
  assertEquals(arrows.at(-1), {
    from: "door.shut",
    to: "door.shut",
    stays: true,
    event: "leave",
    guard: null,
    actions: ["ring(back)"],
  });
  assert(!arrows.some(({ event }) => event === "knock"));
  assertEquals(innermost(root).id, "door.shut.free");
});

Deno.test("charts: Stately's import gets the machine, states, guards and actions by name", () => {
  for (const [name, machine] of [["door", door], ...all] as typeof all) {
    const text = statelyOf(machine);
    assertStringIncludes(text, `export const ${name} = createMachine({`);
    const [, config] = text.match(/createMachine\(([^]*)\);\n$/)!;
    const again = createMachine(JSON.parse(config!)) as AnyStateMachine;
    assertEquals(chartOf(again), chartOf(machine));
  }
});

Deno.test("charts: Graphviz draws each machine with all its states and arrows by id", async () => {
  const graphviz = await instance();
  for (const [name, machine] of [["door", door], ...all] as typeof all) {
    const chart = chartOf(machine);
    const picture = graphviz.renderString(dotOf(chart), { format: "svg" });
    const drawn = new Set([...picture.matchAll(/<g id="([^"]+)"/g)].map(([, id]) => id));
    for (const { id } of statesOf(chart.root).slice(1)) assert(drawn.has(id), `${name}: ${id}`);
    for (const { from, to, stays } of chart.arrows) {
      if (!stays) assert(drawn.has(`${from} ${to}`), `${name}: ${from} -> ${to}`);
    }
  }
});

/** Says what it makes of each chart; without a document there is nothing to purify. */
const reader = `
import mermaid from "mermaid";
import purify from "dompurify";
Object.assign(purify, { sanitize: (text) => text, addHook() {} });
const charts = JSON.parse(await new Response(Deno.stdin.readable).text());
const read = (text) => mermaid.parse(text).then(({ diagramType }) => diagramType, () => "no");
console.log(JSON.stringify(await Promise.all(charts.map(read))));`;

Deno.test("charts: Mermaid's own parser reads each machine", async () => {
  const charts = [door, ...Object.values(machines)].map((machine) => mermaidOf(chartOf(machine)));
  const config = new URL("mermaid/deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, reader],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(
    new TextEncoder().encode(JSON.stringify([...charts, "stateDiagram-v2\na --"])),
  );
  await writer.close();
  const { stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout);
  assertMatch(said, /^\[/, new TextDecoder().decode(stderr));
  assertEquals(JSON.parse(said), [...charts.map(() => "stateDiagram"), "no"]);
});

/** The text as the formatter can't change it. */
const plain = (text: string) => text.replaceAll(/\s+/g, " ").trim();

Deno.test("docs/machines.md: shows the machines as they are", async () => {
  const path = new URL("../docs/machines.md", import.meta.url);
  if (Deno.env.get("UPDATE") === "1") {
    await Deno.writeTextFile(path, chartsPage);
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path.pathname] }).output();
  }
  assertEquals(plain(await Deno.readTextFile(path)), plain(chartsPage));
});

Deno.test("machines: the command line lists them, prints one and the matrix, and says what is wrong", async () => {
  const cwd = await Deno.makeTempDir();
  const said = (...args: string[]) => flyball(["machines", ...args], { cwd });
  const [list, rows, dot, stately, matrix, cells, typo, both] = await Promise.all([
    said(),
    said("ls", "--json"),
    said("export", "worker", "--dot"),
    said("export", "worker"),
    said("matrix"),
    said("matrix", "--json"),
    said("export", "wroker"),
    said("export", "worker", "--dot", "--mermaid"),
  ]);
  await Deno.remove(cwd);
  assertMatch(
    list!.stdout,
    /^NAME +STATES +ARROWS +WHAT IT SAYS\nscaling +16 +\d+ +When the envelope/,
  );
  const names = (JSON.parse(rows!.stdout) as { name: string }[]).map(({ name }) => name);
  assertEquals(names, Object.keys(machines));
  assertEquals(dot!.stdout, dotOf(chartOf(machines.worker)));
  assertEquals(stately!.stdout, statelyOf(machines.worker));
  assertEquals(matrix!.stdout.trimEnd().split("\n").length, 1 + 216);
  assertEquals((JSON.parse(cells!.stdout) as unknown[]).length, 216);
  assertEquals([typo!.code, both!.code], [64, 64]);
  assertEquals(typo!.stderr, "flyball: There is no machine wroker: did you mean worker?\n");
});
