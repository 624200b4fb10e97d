/** Virtual time: everything in the order of its instant, and what was called off never. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Agenda, type Entry } from "../simulation/agenda.ts";
import { SimulatedClock } from "../simulation/clock.ts";

Deno.test("simulated clock: its agenda is a sorted list, whatever is called off in between", () => {
  const move = fc.record({ type: fc.constantFrom("add", "add", "take", "callOff"), at: fc.nat(9) });
  fc.assert(fc.property(fc.array(move, { maxLength: 300, size: "max" }), (moves) => {
    const agenda = new Agenda();
    let model: Entry[] = [];
    let done: Entry | null = null;
    const first = () => model.toSorted((a, b) => a.untilMs - b.untilMs || a.turn - b.turn)[0];
    for (const { type, at } of moves) {
      if (type === "add") model.push(agenda.add(at, () => {}));
      else if (type === "callOff") {
        const entry = model[at % Math.max(1, model.length)];
        if (entry) agenda.callOff(entry);
        if (done) agenda.callOff(done); // It is over: nothing comes of it.
        model = model.filter((other) => other !== entry);
      } else {
        done = first() ?? null;
        assertEquals(agenda.take(), done?.fn ?? null);
        model = model.filter((other) => other !== done);
      }
      assertEquals(agenda.nextMs, first()?.untilMs ?? Infinity);
    }
  }));
});

/** What happens in three turns of which the first puts something off, which does so again. */
async function turns(go: (clock: SimulatedClock) => void | Promise<void>): Promise<string[]> {
  const clock = new SimulatedClock();
  const told: string[] = [];
  clock.at(1, () => {
    clock.soon(() => told.push("soon"));
    clock.endOfTurn(() => {
      told.push("end");
      clock.endOfTurn(() => told.push("end of the end"));
    });
    told.push("turn");
  });
  clock.at(1, () => told.push(`turn at ${clock.nowMs()}`));
  await go(clock);
  return [...told, `${clock.nowMs()}`];
}

Deno.test("simulated clock: rush does what run does: the end of a turn is before the next", async () => {
  const expected = ["turn", "end", "end of the end", "soon", "turn at 1", "2"];
  assertEquals(await turns((clock) => clock.run(2)), expected);
  assertEquals(await turns((clock) => clock.rush(2)), expected);
});

Deno.test("simulated clock: who throws ends the rush, and later ends of turns still come", async () => {
  const clock = new SimulatedClock();
  clock.at(1, () => {
    throw new Error("broken");
  });
  assertThrows(() => clock.rush(2), Error, "broken");
  let called = false;
  clock.endOfTurn(() => called = true);
  await clock.run(2);
  assertEquals(called, true);
});
