import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Ring } from "../actors/ring.ts";

Deno.test("ring: does what an array does, however it grows", () => {
  const move = fc.constantFrom("push", "push", "push", "shift", "shift");
  fc.assert(fc.property(fc.array(move, { maxLength: 400 }), (moves) => {
    const ring = new Ring<number>();
    const model: number[] = [];
    moves.forEach((move, i) => {
      if (move === "shift") assertEquals(ring.shift(), model.shift());
      else {
        ring.push(i);
        model.push(i);
      }
      assertEquals([ring.size, ring.first], [model.length, model[0]]);
    });
    assertEquals([...ring], model);
  }));
});

Deno.test("ring: goes round without growing while it is shifted as fast as it is filled", () => {
  const ring = new Ring<number>();
  for (let i = 0; i < 10; i++) ring.push(i);
  for (let i = 10; i < 100_000; i++) {
    ring.push(i);
    assertEquals(ring.shift(), i - 10);
  }
  assertEquals(ring.size, 10);
});
