/** Machines that go their ways from memory: they answer as XState does. */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type AnyMachineSnapshot,
  createActor,
  createMachine,
  type EventObject,
  initialTransition,
  type InspectionEvent,
  transition,
} from "xstate";
import { rehearsed } from "../machines/rehearsed.ts";
import { sent, walks } from "./walks.ts";

interface Announced {
  readonly state: string;
}

/** What can be told from outside of a step. */
const told = ([snapshot, actions]: readonly [AnyMachineSnapshot, readonly object[]]) => ({
  text: JSON.stringify(snapshot),
  nodes: snapshot._nodes.map(({ id }) => id).sort(),
  actions: actions.map((action) => {
    const { type, params, info } = action as { type: string; params: unknown; info: object };
    const { context, event } = info as { context: unknown; event: unknown };
    return { type, params, context, event };
  }),
});

for (const walk of walks) {
  Deno.test(`rehearsed: ${walk.name} answers as before, the first time and from memory`, () => {
    const { machine, input } = walk;
    const own = rehearsed(machine.provide({}));
    const steps = fc.array(fc.tuple(fc.nat(), fc.nat(5_000)), { maxLength: 24 });
    let longest = 0;
    fc.assert(fc.property(steps, (choices) => {
      let one = initialTransition(machine, input as never);
      let other = initialTransition(own, input as never);
      assertEquals(told(other as never), told(one as never));
      for (const [i, [choice, laterMs]] of choices.entries()) {
        const snapshot = one[0] as AnyMachineSnapshot;
        if (snapshot.status !== "active") break;
        longest = Math.max(longest, i);
        const messages = sent(walk, snapshot);
        const message = messages[choice % messages.length] as EventObject & { nowMs: number };
        const event = { ...message, nowMs: message.nowMs + laterMs };
        const before = other[0];
        [one, other] = [transition(machine, snapshot, event), transition(own, before, event)];
        assertEquals(told(other as never), told(one as never));
        // Whoever asks whether anything has changed is told the same.
        assertEquals(other[0] === before, one[0] === snapshot);
      }
    }));
    assert(longest > 2);
  });
}

Deno.test("rehearsed: goes on from a state that was stored", () => {
  const { machine, input, messages } = walks.find(({ name }) => name === "worker")!;
  const own = rehearsed(machine.provide({}));
  const stand = (from: typeof machine) => {
    const [{ value, context }] = transition(
      from,
      initialTransition(from, input as never)[0],
      messages[0]!,
    );
    return from.resolveState({ value, context });
  };
  for (const message of messages) {
    const [next] = transition(machine, stand(machine), message);
    assertEquals(JSON.stringify(transition(own, stand(own), message)[0]), JSON.stringify(next));
  }
});

Deno.test("rehearsed: two actors of one machine keep their own memories, one in the midst of the other", () => {
  const { machine, input } = walks.find(({ name }) => name === "worker")!;
  const said: string[] = [];
  const logic = rehearsed(machine.provide({
    actions: {
      announce: ({ context: { seat } }: { context: { seat: number } }, { state }: Announced) => {
        said.push(`${seat} ${state}`);
        if (seat === 1 && state === "ready") other.send(connected);
      },
    },
  } as never));
  const connected = { type: "connected", generation: 1, pid: 7, nowMs: 1 };
  const make = (seat: number) =>
    createActor(logic, { input: { ...(input as object), seat } } as never).start();
  const other = make(2);
  const one = make(1);
  one.send(connected);
  assertEquals(other.getSnapshot().value, "ready");
  assertEquals(one.getSnapshot().value, "ready");
  assertEquals(other.getSnapshot().context.pid, 7);
  assertEquals(said, [
    ...["2 spawning", "1 spawning", "1 ready", "2 ready"],
  ]);
});

Deno.test("rehearsed: an inspector sees the same steps", () => {
  const { machine, input, messages } = walks.find(({ name }) => name === "scaling")!;
  const seen = (logic: typeof machine) => {
    const events: unknown[] = [];
    const inspect = (event: InspectionEvent) => {
      const { type } = event;
      const value = "snapshot" in event && "value" in event.snapshot ? event.snapshot.value : null;
      events.push({ type, value });
    };
    const actor = createActor(logic, { input, inspect } as never).start();
    for (let i = 0; i < 3; i++) for (const message of messages) actor.send(message as never);
    return events;
  };
  assertEquals(seen(rehearsed(machine.provide({}))), seen(machine));
});

Deno.test("rehearsed: what an effect throws fails the actor, as before", () => {
  const { machine, input } = walks.find(({ name }) => name === "worker")!;
  let throws = false;
  const logic = rehearsed(machine.provide({
    actions: {
      announce: () => {
        if (throws) throw new Error("no");
      },
    },
  } as never));
  for (let i = 0; i < 2; i++) {
    throws = false;
    const actor = createActor(logic, { input } as never);
    let failed: unknown = null;
    actor.subscribe({ error: (error) => failed = error });
    actor.start();
    throws = i === 1;
    actor.send({ type: "connected", generation: 1, pid: 7, nowMs: 1 } as never);
    assertEquals(String(failed), throws ? "Error: no" : "null");
  }
});

Deno.test("rehearsed: a machine that does more is refused", () => {
  const waits = createMachine({ initial: "a", states: { a: { after: { 10: "b" } }, b: {} } });
  assertThrows(() => rehearsed(waits), RangeError, "as it does more than");
  const nameless = createMachine({ entry: () => {} });
  assertThrows(() => rehearsed(nameless), RangeError, "as it does more than");
  const { machine } = walks[0]!;
  const own = machine.provide({});
  assertStrictEquals(rehearsed(own), own);
});
