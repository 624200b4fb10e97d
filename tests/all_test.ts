/** How test files are dealt to the modules that hold them. */
import { assertEquals } from "@std/assert";
import { deal, together } from "./all.ts";

Deno.test("all: each file is dealt once, neighbours apart, and no module is empty", () => {
  assertEquals(deal(["a", "b", "c", "d", "e"], 2), [["a", "c", "e"], ["b", "d"]]);
  assertEquals(deal(["a", "b"], 3), [["a"], ["b"]]);
  assertEquals(deal([], 3), []);
});

Deno.test("all: a module imports its files", () => {
  assertEquals(
    together(["file:///a.ts", "file:///b.ts"]),
    'import "file:///a.ts";\nimport "file:///b.ts";\n',
  );
});
