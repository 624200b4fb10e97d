/** Which processes are those of one command. */
import { assertEquals } from "@std/assert";
import { Forest } from "../actors/limits/tree.ts";
import type { ProcessRow } from "../actors/ports.ts";
import { row } from "./still_trees.ts";

Deno.test("forest: a tree has what is below it, what is in its session, and what it had before", () => {
  const forest = new Forest([
    row(10),
    row(11, { parent: 10, session: 10 }),
    row(12, { parent: 11, session: 12 }),
    row(13, { session: 10 }),
    row(14),
    row(15, { parent: 14 }),
    row(16),
  ]);
  const pids = (rows: readonly ProcessRow[]) => rows.map(({ pid }) => pid).sort();
  assertEquals(pids(forest.below(10)), [10, 11, 12]);
  assertEquals(pids(forest.tree(10, [])), [10, 11, 12, 13]);
  assertEquals(pids(forest.tree(10, [row(14)])), [10, 11, 12, 13, 14, 15]);
  assertEquals(pids(forest.tree(10, [row(14, { startedTicks: 3 })])), [10, 11, 12, 13]);
  assertEquals(forest.below(99), []);
});
