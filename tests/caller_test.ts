import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { caller } from "../actors/host/caller.ts";
import { VariablesList } from "../actors/host/variables.ts";

const name = "CALLER_TEST_VARIABLE";

Deno.test("caller: its variables are those of the moment, and the same object until one changes", () => {
  for (let i = 0; i < 100; i++) caller.env();
  const before = caller.env();
  if (Deno.build.os === "linux") assertStrictEquals(caller.env(), before);
  for (const value of ["one", "two", ""]) {
    Deno.env.set(name, value);
    assertEquals(caller.env()[name], value);
    assertEquals(caller.env(), Deno.env.toObject());
  }
  Deno.env.delete(name);
  assertEquals(caller.env(), before);
});

Deno.test({
  name: "variables: a list tells what was set and deleted, more than it ever had too",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const list = VariablesList.open();
    assert(list !== null);
    assertEquals(list.isSame(), false, "it has not been looked at before");
    assertEquals(list.isSame(), true);
    const names = Array.from({ length: 50 }, (_, i) => `${name}_${i}`);
    for (const each of names) {
      Deno.env.set(each, "1");
      assertEquals([list.isSame(), list.isSame()], [false, true], `set ${each}`);
      Deno.env.set(each, "2");
      assertEquals([list.isSame(), list.isSame()], [false, true], `changed ${each}`);
    }
    for (const each of names) {
      Deno.env.delete(each);
      assertEquals([list.isSame(), list.isSame()], [false, true], `deleted ${each}`);
    }
  },
});
