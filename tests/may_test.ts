/** The decision matrix: one answer for every value of the scaling machine. */
import { assert, assertEquals } from "@std/assert";
import { transition } from "xstate";
import { machines } from "../machines/mod.ts";
import { type Cell, matrix, may, says, type ScalingValue } from "../machines/may.ts";
import type { ScalingSnapshot } from "../machines/scaling.ts";
import { reached, walks } from "./walks.ts";

const calm: ScalingValue = {
  operator: "auto",
  senses: "seeing",
  pressure: "calm",
  breaker: "closed",
  size: "steady",
};

const where = (wanted: Partial<ScalingValue>): readonly Cell[] =>
  matrix().filter(({ value }) =>
    Object.entries(wanted).every(([region, state]) => value[region as keyof ScalingValue] === state)
  );

Deno.test("may: has one answer for each of the 216 values, which are all reached", () => {
  const values = matrix().map(({ value }) => JSON.stringify(Object.entries(value).sort()));
  const scaling = reached(walks.find(({ name }) => name === "scaling")!);
  const seen = scaling.map(({ value }) => JSON.stringify(Object.entries(value).sort()));
  assertEquals(values.length, 216);
  assertEquals([...new Set(values)].sort(), [...new Set(seen)].sort());
});

Deno.test("may: knows the regions and states of the machine, and no others", () => {
  const regions = Object.entries(machines.scaling.root.states);
  assertEquals(
    Object.fromEntries(regions.map(([name, { states }]) => [name, Object.keys(states).sort()])),
    Object.fromEntries(
      Object.entries(says).map(([name, states]) => [name, Object.keys(states).sort()]),
    ),
  );
});

Deno.test("may: allows all where nothing objects, and names who does elsewhere", () => {
  assertEquals(may(calm), { grow: true, shrink: true, because: "nothing objects" });
  assertEquals(may({ ...calm, breaker: "open", senses: "blind" }), {
    grow: false,
    shrink: false,
    because: "senses blind, breaker open",
  });
  for (const { grow, shrink, because } of matrix()) {
    assertEquals(because === "nothing objects", grow && shrink, because);
  }
});

Deno.test("may: the operator and blind senses hold whatever else is true", () => {
  const held = [
    { operator: "paused" },
    { operator: "pinned" },
    { operator: "drained" },
    { senses: "blind" },
  ] as const;
  for (const wanted of held) {
    assert(where(wanted).length > 0);
    for (const { grow, shrink } of where(wanted)) assertEquals([grow, shrink], [false, false]);
  }
});

Deno.test("may: scaling in that is paused never shrinks, scaling out never grows", () => {
  for (const { shrink } of where({ operator: "pausedIn" })) assertEquals(shrink, false);
  for (const { grow } of where({ operator: "pausedOut" })) assertEquals(grow, false);
  assertEquals(may({ ...calm, operator: "pausedIn" }).grow, true);
  assertEquals(may({ ...calm, operator: "pausedOut" }).shrink, true);
});

Deno.test("may: an emergency and an open breaker stop growth", () => {
  for (const wanted of [{ pressure: "emergency" }, { breaker: "open" }] as const) {
    assertEquals(where(wanted).filter(({ grow }) => grow), []);
  }
  assertEquals(may({ ...calm, breaker: "open" }).shrink, true);
  assertEquals(may({ ...calm, breaker: "halfOpen" }).grow, true);
});

Deno.test("may: an emergency does not wait for a cooldown, anything else does", () => {
  assertEquals(may({ ...calm, size: "cooldown" }).grow, false);
  assertEquals(may({ ...calm, size: "cooldown" }).shrink, false);
  assertEquals(may({ ...calm, size: "cooldown", pressure: "emergency" }).shrink, true);
});

Deno.test("may: is about sizes: limits on jobs that run hold in every state, also where a size is refused", () => {
  for (const snapshot of reached(walks.find(({ name }) => name === "scaling")!)) {
    const { envelope: before } = snapshot.context.adopted;
    for (const cap of [0, 100]) {
      const wanted = { ...before, floor: 0, cap, runningMax: 7, commandsMax: 3 };
      const proposed = { type: "proposed", decision: 99, envelope: wanted, nowMs: 0 };
      const [next] = transition(machines.scaling, snapshot as ScalingSnapshot, proposed as never);
      const { decision, envelope } = next.context.adopted;
      const { floor, cap: most } = decision === 99 ? wanted : before;
      assertEquals(envelope, { ...before, floor, cap: most, runningMax: 7, commandsMax: 3 });
    }
  }
});
