/** The way proofs are made: from tries to a number, from rows to a report and an exit code. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { pathToFileURL } from "node:url";
import { proveArea } from "./prove/prove.ts";
import type { Report } from "./prove/report.ts";
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

/** Proves toy areas in a folder of their own; returns code, lines and the report. */
async function play(area: string | undefined, areas: Record<string, readonly Row[]>) {
  const folder = await Deno.makeTempDir();
  const lines: string[] = [];
  try {
    const code = await proveArea(area, {
      areas: Object.fromEntries(
        Object.entries(areas).map(([name, rows]) => [name, () => Promise.resolve(rows)]),
      ),
      folder: pathToFileURL(`${folder}/proofs/`),
      print: (line) => lines.push(line),
    });
    const text = await Deno.readTextFile(`${folder}/proofs/${area}.json`).catch(() => "null");
    return { code, lines, report: JSON.parse(text) as Report | null };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
