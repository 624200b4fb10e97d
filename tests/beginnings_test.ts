/** When the parent is told what a worker has begun. */
import { assertEquals } from "@std/assert";
import { Beginnings } from "../worker/beginnings.ts";

function told() {
  const said: string[] = [];
  return { said, beginnings: new Beginnings((item) => said.push(item)) };
}

Deno.test("beginnings: one that may be short waits for what is said next", () => {
  const { said, beginnings } = told();
  beginnings.begun(1, 0.25, true);
  assertEquals(said, []);
  beginnings.tell();
  beginnings.tell();
  assertEquals(said, ["22,1,0.25"]);
});

Deno.test("beginnings: a second one is told at once, with the first", () => {
  const { said, beginnings } = told();
  beginnings.begun(1, 0.25, true);
  beginnings.begun(2, 0.5, true);
  assertEquals(said, ["22,3,0.75"]);
  beginnings.begun(1, 0.125, true);
  assertEquals(said.length, 1);
});

Deno.test("beginnings: one that is not short waits for nothing", () => {
  const { said, beginnings } = told();
  beginnings.begun(1, 1, false);
  assertEquals(said, ["22,1,1"]);
  beginnings.begun(1, 2, true);
  beginnings.grown();
  assertEquals(said, ["22,1,1", "22,1,2"]);
  beginnings.grown(); // It has grown before it was told as begun.
  beginnings.begun(1, 3, true);
  assertEquals(said.at(-1), "22,1,3");
});
