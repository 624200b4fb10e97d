/** The gate of coverage: what it reads, when it is shut, and what it says. */
import { assertEquals } from "@std/assert";
import { dropTorn, judge, readLcov } from "./coverage.ts";

const record = (path: string, [lines, linesRun, branches, branchesRun]: readonly number[]) =>
  `SF:${path}\nFN:1,run\nFNDA:0,run\nBRDA:3,0,0,1\nBRF:${branches}\nBRH:${branchesRun}\n` +
  `DA:1,0\nLH:${linesRun}\nLF:${lines}\nend_of_record\n`;

const judged = (...counts: number[]) => judge(readLcov(record("/us/mod.ts", counts), "/us/"));

Deno.test("coverage: is read file by file, below our folder", () => {
  const text = record("/us/actors/pool.ts", [10, 9, 4, 3]) + record("/them/a.ts", [9, 0, 9, 0]) +
    record("/us/mod.ts", [1, 1, 0, 0]);
  assertEquals(readLcov(text, "/us/"), [
    { path: "actors/pool.ts", lines: 10, linesRun: 9, branches: 4, branchesRun: 3 },
    { path: "mod.ts", lines: 1, linesRun: 1, branches: 0, branchesRun: 0 },
  ]);
});

Deno.test("coverage: its gate is open from its numbers on", () => {
  assertEquals(judged(100, 90, 100, 85).ok, true);
  assertEquals(judged(1000, 899, 100, 100).ok, false);
  assertEquals(judged(100, 100, 1000, 849).ok, false);
  assertEquals(judge([]).ok, false, "nothing was measured");
});

Deno.test("coverage: one line says both numbers and which files have the most to gain", () => {
  const files = Array.from({ length: 7 }, (_, i) => record(`/us/${i}.ts`, [100, 99 - i, 10, 9]));
  assertEquals(
    judge(readLcov(files.join(""), "/us/")).text,
    "coverage: lines 96.0 % (at least 90.0 %), branches 90.0 % (at least 85.0 %); most lines that no " +
      "test runs: 6.ts 7 of 100, 5.ts 6 of 100, 4.ts 5 of 100, 3.ts 4 of 100, 2.ts 3 of 100",
  );
});

Deno.test("coverage: profiles of who was killed while writing are left out, not all of them", () => {
  const folder = Deno.makeTempDirSync({ prefix: "flyball-coverage-" });
  try {
    const texts = { whole: '{"result":[]}', torn: '{"result":[{"count":1}', empty: "" };
    for (const [name, text] of Object.entries(texts)) {
      Deno.writeTextFileSync(`${folder}/${name}.json`, text);
    }
    assertEquals(dropTorn(folder), 2);
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["whole.json"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
