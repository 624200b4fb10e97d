/** The way proofs are made: from tries to a number, from rows to a report and an exit code. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { pathToFileURL } from "node:url";
import { command, proveArea, type ProveOptions } from "./prove/prove.ts";
import { merge, type Report, thisMachine } from "./prove/report.ts";
import { atLeast, atMost, exactly, type Row } from "./prove/row.ts";
import { median, medianRatio, p95, repeat } from "./prove/sample.ts";

const good: Row = { line: "starts quickly", run: () => Promise.resolve(atMost(12.3456, 20, "ms")) };
const bad: Row = {
  line: "is fast",
  run: () => Promise.resolve(atLeast(2, 3, "x", "a slow day")),
};
const broken: Row = { line: "works", run: () => Promise.reject(new Error("no such file")) };
const unknown: Row = {
  line: "knows",
  run: () => Promise.resolve({ ...exactly(1, 1, ""), value: NaN }),
};

type Words = Pick<ProveOptions, "only" | "quick">;

/** Proves toy areas, one run after another, in a folder of their own; returns what the last gave. */
async function play(
  area: string | undefined,
  areas: Record<string, readonly Row[]>,
  runs: readonly Words[] = [{}],
) {
  const folder = await Deno.makeTempDir();
  try {
    const played = [];
    for (const words of runs) played.push(await playIn(folder, area, areas, words));
    return played.at(-1)!;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function playIn(
  folder: string,
  area: string | undefined,
  areas: Record<string, readonly Row[]>,
  words: Words,
) {
  const lines: string[] = [];
  const code = await proveArea(area, {
    areas: Object.fromEntries(
      Object.entries(areas).map(([name, rows]) => [name, () => Promise.resolve(rows)]),
    ),
    folder: pathToFileURL(`${folder}/proofs/`),
    print: (line) => lines.push(line),
    ...words,
  });
  const text = await Deno.readTextFile(`${folder}/proofs/${area}.json`).catch(() => "null");
  return { code, lines, report: JSON.parse(text) as Report | null };
}

Deno.test("prove: an area that holds exits with 0 and is kept with its machine", async () => {
  const { code, lines, report } = await play("toy", { toy: [good] });
  assertEquals(code, 0);
  assertEquals(lines[0], "ok   starts quickly: 12.35 ms (<= 20)");
  assert(report);
  assertEquals(report.area, "toy");
  assertMatch(report.date, /^\d{4}-\d\d-\d\dT/);
  assertEquals(report.machine.deno, Deno.version.deno);
  assert(report.machine.cores >= 1);
  assertEquals(report.rows[0]?.value, 12.3456);
});

Deno.test("prove: a row that does not hold, throws or is not a number exits with 1", async () => {
  for (const row of [bad, broken, unknown]) {
    const { code, lines, report } = await play("toy", { toy: [good, row] });
    assertEquals(code, 1);
    assertEquals(report?.rows.map(({ ok }) => ok), [true, false]);
    assertEquals(lines.at(-1), "1 hold, 1 do not: docs/proofs/toy.json");
  }
  const { lines } = await play("toy", { toy: [bad, broken] });
  assertEquals(lines[0], "FAIL is fast: 2 x (>= 3), a slow day");
  assertEquals(lines[1], "FAIL works: not measured, no such file");
});

Deno.test("prove: an area without rows proves nothing", async () => {
  assertEquals((await play("toy", { toy: [] })).code, 1);
});

Deno.test("prove: an unknown area lists the known ones and exits with 64", async () => {
  for (const area of [undefined, "tyo", "constructor"]) {
    const { code, lines, report } = await play(area, { toy: [good], other: [good] });
    assertEquals([code, report], [64, null]);
    assertMatch(lines.at(-1)!, /toy, other/);
  }
});

Deno.test("prove: a wrong command line is one line and 64, and --help is none", async () => {
  const folder = pathToFileURL(`${await Deno.makeTempDir()}/`);
  const said = async (...args: string[]) => {
    const lines: string[] = [];
    const toy = () => Promise.resolve([good]);
    const code = await command(args, { areas: { toy }, folder, print: (line) => lines.push(line) });
    return { code, lines };
  };
  for (const args of [["--nope"], ["toy", "--only"], ["toy", "--quick=1"], ["toy", "toy"]]) {
    const { code, lines } = await said(...args);
    assertEquals([code, lines.length], [64, 1], `${lines}`);
  }
  for (const flag of ["--help", "-h"]) {
    const { code, lines } = await said(flag);
    assertEquals([code, lines[1]], [0, "Areas: toy"]);
  }
  const { code, lines } = await said("toy", "--quick");
  assertEquals([code, lines.at(-1)], [0, "1 hold, 0 do not: a quick run, not kept"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("prove: --only measures some rows and keeps the others", async () => {
  let value = 0;
  const counting: Row = { line: "counts", run: () => Promise.resolve(atLeast(++value, 1, "")) };
  const rows = { toy: [good, counting] };
  const { code, lines, report } = await play("toy", rows, [{}, { only: "COUNT" }]);
  assertEquals([code, lines.length], [0, 2]);
  assertEquals(report?.rows.map(({ line, value }) => [line, value]), [
    ["starts quickly", 12.3456],
    ["counts", 2],
  ]);
  const alone = await play("toy", rows, [{ only: "count" }]);
  assertEquals(alone.report?.rows.map(({ line }) => line), ["counts"]);
  assertEquals((await play("toy", rows, [{ only: "nothing" }])).code, 64);
});

Deno.test("prove: a row that lacks what it needs is told, and what was kept of it stays", async () => {
  let missing: string | null = null;
  const needy: Row = { ...good, line: "is replayed", missing: () => Promise.resolve(missing) };
  const folder = await Deno.makeTempDir();
  try {
    await playIn(folder, "toy", { toy: [good, needy] }, {});
    missing = "there is no trace";
    const { code, lines, report } = await playIn(folder, "toy", { toy: [good, needy] }, {});
    assertEquals(lines[0], "skip is replayed: there is no trace");
    assertEquals([code, report?.rows.map(({ line }) => line)], [0, [good.line, needy.line]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("prove: a quick run is told and not kept", async () => {
  const { code, lines, report } = await play("toy", { toy: [good] }, [{ quick: true }]);
  assertEquals([code, report], [0, null]);
  assertEquals(lines.at(-1), "1 hold, 0 do not: a quick run, not kept");
});

Deno.test("prove: rows of another machine are not kept beside new ones", () => {
  const row = { line: "", date: "", value: 1, unit: "", limit: "", ok: true, tookMs: 1 };
  const machine = thisMachine();
  const again = { area: "toy", date: "", machine, rows: [{ ...row, line: "new" }] };
  const before = { ...again, rows: [{ ...row, line: "old" }] };
  assertEquals(merge(before, again).rows.map(({ line }) => line), ["old", "new"]);
  const other = { ...before, machine: { ...machine, cores: machine.cores + 1 } };
  assertEquals(merge(other, again), again);
  const on = (system: string, memoryBytes: number) => ({
    ...again,
    machine: { ...machine, system, memoryBytes },
  });
  const [first, next] = [
    on("linux 6.18.44-b657 x86_64", 2e10),
    on("linux 6.18.44-b669 x86_64", 2e10 - 8192),
  ];
  assertEquals(merge({ ...first, rows: before.rows }, next).rows.length, 2, "another boot of it");
  assertEquals(merge(on("linux 6.19.1-b669 x86_64", 2e10), next).rows.length, 1);
});

Deno.test("p95: nearest rank of at least 20 tries, in any order", async () => {
  const tries = await repeat((attempt) => Promise.resolve(21 - attempt));
  assertEquals(tries.length, 20);
  assertEquals(p95(tries), 19);
  assertEquals(p95(Array.from({ length: 100 }, (_, i) => i + 1)), 95);
  assertThrows(() => p95(tries.slice(1)), RangeError, "19 tries");
});

Deno.test("median: the middle, or the mean of the two", () => {
  assertEquals(median([10, 9, 100]), 10);
  assertEquals(median([4, 1, 3, 2]), 2.5);
  assertThrows(() => median([]), RangeError);
});

Deno.test("medianRatio: takes turns, who begins alternates", async () => {
  const order: string[] = [];
  const side = (name: string, values: number[]) => () => {
    order.push(name);
    return Promise.resolve(values.shift()!);
  };
  const { ratio, ratios } = await medianRatio({
    ours: side("a", [2, 90, 6]),
    theirs: side("b", [1, 1, 2]),
    runs: 3,
  });
  assertEquals(ratios, [2, 90, 3]);
  assertEquals(ratio, 3);
  assertEquals(order.join(""), "abbaab");
  const seven = { ours: () => Promise.resolve(1), theirs: () => Promise.resolve(2) };
  assertEquals((await medianRatio(seven)).ratios.length, 7);
  const failing = { ...seven, theirs: () => Promise.reject(new Error("gone")) };
  await assertRejects(() => medianRatio(failing), Error, "gone");
});
