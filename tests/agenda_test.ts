/** Numbers by instant. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Agenda } from "../actors/gates/agenda.ts";

Deno.test("agenda: gives numbers in the order of their instants, whatever comes and goes", () => {
  const move = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant("push"), at: fc.nat(9) }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant("pop"), at: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("keep"), at: fc.nat(9) }) },
  );
  fc.assert(fc.property(fc.array(move, { maxLength: 300, size: "max" }), (moves) => {
    const agenda = new Agenda();
    let model: { at: number; id: number }[] = [];
    // Numbers fall, so that the order of coming is not that of numbers.
    moves.forEach(({ type, at }, i) => {
      const id = 1_000 - i;
      if (type === "push") {
        agenda.push(at, id);
        model.push({ at, id });
        model.sort((one, other) => one.at - other.at || one.id - other.id);
      } else if (type === "pop") assertEquals(agenda.pop(), model.shift()?.id);
      else {
        agenda.keep((id) => id % 3 !== at % 3);
        model = model.filter(({ id }) => id % 3 !== at % 3);
      }
      assertEquals([agenda.size, agenda.firstAt], [model.length, model[0]?.at ?? Infinity]);
    });
    assertEquals(model.map(() => agenda.pop()), model.map(({ id }) => id));
  }));
});

Deno.test("agenda: gives memory back when it empties", () => {
  const agenda = new Agenda();
  for (let id = 1; id <= 100_000; id++) agenda.push(id % 1_000, id);
  assert(agenda.capacity <= 150_000, `${agenda.capacity} places`);
  while (agenda.size > 10) agenda.pop();
  assert(agenda.capacity <= 64, `${agenda.capacity} places for 10`);
  assertEquals(agenda.firstAt, 999);
  for (let id = 1; id <= 100_000; id++) agenda.push(0, id);
  agenda.keep((id) => id > 99_990);
  assert(agenda.capacity <= 64, `${agenda.capacity} places for 20`);
});
