/** Many jobs as one text. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { StoredJob } from "../actors/ports.ts";
import { packBundles, unpackBundle } from "../actors/stores/sqlite/bundle.ts";
import { jobs, packJob } from "../actors/stores/sqlite/jobs.ts";
import { checksum } from "../actors/stores/sqlite/checksum.ts";
import type { Cell, Row } from "../actors/stores/sqlite/table.ts";

/** As the table has it. */
function rowOf(job: StoredJob): Row {
  const cells: Cell[] = [];
  packJob(cells, job);
  return [...cells, checksum(cells, 0, jobs.width)];
}

Deno.test("bundle: gives back each job as it was, in order", () => {
  const input = fc.jsonValue();
  const spec = fc.record({ task: fc.string({ unit: "binary" }), input });
  const stored = fc.array(fc.record({ acceptedAt: fc.nat(2 ** 31), spec }));
  fc.assert(fc.property(stored, (asked) => {
    // Once through JSON, as -0 is 0 there and whatever is written comes from a text.
    const written = JSON.parse(JSON.stringify(asked)) as Omit<StoredJob, "id">[];
    const all = written.map((job, i) => ({ id: 3 * i + 1, ...job }));
    assertEquals(packBundles(all.map(rowOf)).flatMap(unpackBundle), all);
  }));
});

Deno.test("bundle: holds a thousand jobs, or less where they are large", () => {
  const sizes = (count: number, chars: number) =>
    packBundles(
      Array.from({ length: count }, (_, i) =>
        rowOf({ id: i + 1, acceptedAt: 1e12, spec: { task: "t", input: "x".repeat(chars) } })),
    ).map((row) =>
      unpackBundle(row).length
    );
  assertEquals(sizes(0, 1), []);
  assertEquals(sizes(2_500, 1), [1_000, 1_000, 500]);
  assertEquals(sizes(2_000, 1), [1_000, 1_000]);
  const large = sizes(10, 300_000);
  assertEquals(large, [4, 4, 2]);
  assert(sizes(3, 2_000_000).every((jobs) => jobs === 1));
});
