import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { widthOf } from "../cli/columns.ts";
import { Refusal } from "../actors/runtime.ts";
import { openControl, type Question } from "../cli/control.ts";
import { unpainted } from "../cli/paint.ts";
import type { Terminal } from "../cli/terminal.ts";
import { type FrameSize, topFrame, type TopView } from "../cli/top_frame.ts";
import { lookAround, type TopSight } from "../cli/top_sight.ts";
import { watchTop } from "../cli/top_watch.ts";
import { say, scripted, withScript } from "./cli_stage.ts";
import { until } from "./until.ts";

const answer = (path: string) => scripted[`GET /api/v1/${path}`] as never;

const sight: TopSight = {
  at: Date.parse("2026-11-21T18:20:45Z"),
  status: answer("status"),
  operations: (answer("metrics/operations") as { items: TopSight["operations"] }).items,
  jobs: (answer("jobs?state=running") as { items: TopSight["jobs"] }).items,
  decision: (answer("decisions") as { items: TopSight["decision"][] }).items[0]!,
};

const view: TopView = {
  sight,
  pending: [0, 0, 4, 9, 6, 2, 0],
  workers: [1, 1, 2, 4, 4, 3, 1],
  pool: "default",
  notice: null,
};

/** Frames as they are meant to be: read the difference before you keep it. */
async function assertGolden(name: string, lines: readonly string[]): Promise<void> {
  const file = new URL(`fixtures/cli/${name}.txt`, import.meta.url);
  const text = `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
  if (Deno.env.get("UPDATE") === "1") await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

Deno.test("top: a frame of 80x24 and one of 40 columns (UPDATE=1 keeps them)", async () => {
  await assertGolden("top_80x24", topFrame(view, { columns: 80, rows: 24 }));
  await assertGolden("top_40x24", topFrame(view, { columns: 40, rows: 24 }));
});

Deno.test("top: a frame fits every terminal and keeps its last line", () => {
  const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 80 }),
    fc.array(names, { maxLength: 40 }),
    (columns, rows, operations) => {
      const [job] = sight.jobs;
      const jobs = operations.map((operation) => ({ ...job!, operation, command: [operation] }));
      const lines = topFrame({ ...view, sight: { ...sight, jobs } }, { columns, rows });
      assertEquals(lines.length, rows);
      for (const line of lines) assert(widthOf(line) <= columns, `${columns}: ${line}`);
      assert(!/\p{Cc}/u.test(lines.join("")));
      assert("q quit".startsWith(lines.at(-1)!.slice(0, 6).replace("…", "")));
    },
  ));
});

/** A terminal in the test's hand. */
function puppetTerminal(size: FrameSize = { columns: 100, rows: 30 }) {
  const frames: string[] = [];
  const keys = new TransformStream<string, string>();
  const writer = keys.writable.getWriter();
  const asked: (() => void)[] = [];
  const terminal: Terminal = {
    size: () => size,
    draw: (lines) => frames.push(lines.join("\n")),
    keys: () => keys.readable,
    onResized: () => {},
    onAsked: (listener) => asked.push(listener),
    [Symbol.dispose]: () => {},
  };
  return {
    terminal,
    frames,
    press: (text: string) => void writer.write(text),
    ask: () => asked.forEach((each) => each()),
    shows: (text: string) => until(() => frames.at(-1)?.includes(text) ?? false),
  };
}

Deno.test("top: p pauses when it is pressed twice, p lets go on, tab turns, q leaves", async () => {
  let state = "auto";
  const status = answer("status") as { pools: object[] };
  const pools = () => [
    { ...status.pools[0]!, operator: { state, workers: null, until: null } },
    { ...status.pools[0]!, name: "other" },
  ];
  await withScript(async ({ data, asked }) => {
    using control = await openControl({ data });
    const { terminal, press, shows } = puppetTerminal();
    const first = await lookAround(control);
    const given = { terminal, first, everyMs: 20, pool: "default", paint: unpainted };
    const over = watchTop(control, given);
    await shows("pool default: ");
    const patched = () => asked.filter(({ method }) => method === "PATCH");
    press("p");
    await shows("p once more: ");
    press("x");
    await shows("q quit");
    press("p");
    await shows("p once more: ");
    assertEquals(patched(), []);
    press("p");
    await shows("paused by the operator");
    assertEquals(patched().map(({ body }) => body), [{ paused: true }]);
    press("p");
    await shows("is let alone");
    assertEquals(patched().map(({ body }) => body), [{ paused: true }, { paused: false }]);
    press("\t");
    await shows("pool other: ");
    press(" ");
    await shows("it holds still");
    press("\x1b[A");
    press("q");
    assertEquals(await over, 0);
  }, ({ method, path, body }) => {
    if (path === "/api/v1/status") return { ...status, pools: pools() };
    if (method !== "PATCH") return undefined;
    state = (body as { paused: boolean }).paused ? "paused" : "auto";
    return pools()[0];
  });
});

Deno.test("top: a service that is away may come back; a signal ends it with 130", async () => {
  let isAway = false;
  await withScript(async ({ data }) => {
    using control = await openControl({ data });
    const { terminal, shows, ask } = puppetTerminal();
    const first = await lookAround(control);
    const away = new Refusal("service_unreachable", "service unreachable");
    const asking = (question: Question) => isAway ? Promise.reject(away) : control.ask(question);
    const given = { terminal, first, everyMs: 20, pool: "default", paint: unpainted };
    const over = watchTop({ ...control, ask: asking }, given);
    await shows("q quit");
    isAway = true;
    await shows("service unreachable: tried again");
    isAway = false;
    await shows("q quit");
    ask();
    assertEquals(await over, 130);
  });
});

Deno.test("top: without a terminal it prints one frame, or JSON", async () => {
  await withScript(async ({ data }) => {
    const frame = await say("top", "--data", data);
    assertEquals(frame.code, 0, frame.stderr);
    assertMatch(frame.stdout, /^flyball 0\.1\.0 · .+\n(.+\n|\n)+JOB .+\n(j\d+ .+\n)+$/);
    assert(!frame.stdout.includes("\x1b"));
    const json = await say("top", "--data", data, "--json");
    assertEquals(Object.keys(JSON.parse(json.stdout)), Object.keys({ ...sight }));
  });
});

Deno.test({
  name: "top: the terminal is given back after q and after a signal",
  ignore: !await hasScript(),
  fn: async () => {
    await withScript(async ({ data }) => {
      const [byKey, bySignal] = await Promise.all([
        onTerminal(data, ({ write }) => write("q")),
        onTerminal(data, ({ pid }) => Deno.kill(pid, "SIGTERM")),
      ]);
      for (const said of [byKey, bySignal]) {
        assertStringIncludes(said, "\x1b[?1049h\x1b[?25l");
        const [, after = ""] = said.split("\x1b[?25h\x1b[?1049l");
        assert(!after.includes("\x1b"), after);
        assertMatch(after, / icanon/);
      }
      assertMatch(byKey, /ended with 0\r\n/);
      assertMatch(bySignal, /ended with 130\r\n/);
    });
  },
});

const main = new URL("../main.ts", import.meta.url).pathname;

/** Runs it on a terminal, does something as soon as it is drawn, and resolves with what it showed. */
async function onTerminal(
  data: string,
  act: (top: { readonly pid: number; readonly write: (text: string) => void }) => void,
): Promise<string> {
  const top = `exec '${Deno.execPath()}' run --quiet -A '${main}' top --data '${data}'`;
  const shell = `sh -c "echo pid \\$\\$; ${top}"; echo "ended with $?"; stty -a`;
  await using child = new Deno.Command("script", {
    args: ["-qec", shell, "/dev/null"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { SHELL: "/bin/sh", TERM: "xterm" },
  }).spawn();
  const writer = child.stdin.getWriter();
  let said = "";
  let isDrawn = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (isDrawn || !said.includes("q quit")) continue;
    isDrawn = true;
    const pid = Number(/pid (\d+)/.exec(said)![1]);
    act({ pid, write: (keys) => void writer.write(new TextEncoder().encode(keys)) });
  }
  await writer.close().catch(() => {});
  return said;
}

async function hasScript(): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", "command -v script && command -v stty"],
    stdout: "null",
  }).output();
  return success;
}
