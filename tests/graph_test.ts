/** Every statechart is walked whole: nothing in it is out of reach, a dead end or a surprise. */
import { assert, assertEquals } from "@std/assert";
import {
  type AnyMachineSnapshot,
  type AnyStateNode,
  type AnyTransitionDefinition,
  transition,
} from "xstate";
import { key, reached, sent, walks } from "./walks.ts";

const nodes = (node: AnyStateNode): readonly AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodes),
];

/** Transitions that do something; the others say by name that a message is ignored. */
const doing = (node: AnyStateNode): readonly AnyTransitionDefinition[] =>
  [...node.transitions.values()].flat().filter(({ target, actions }) =>
    target !== undefined || actions.length > 0
  );

const shown = ({ source, eventType, target, guard }: AnyTransitionDefinition) =>
  `${source.id} on ${eventType} [${JSON.stringify(guard ?? "")}] -> ${
    (target ?? []).map(({ id }) => id).join()
  }`;

for (const walk of walks) {
  const { name, machine } = walk;
  const snapshots: readonly AnyMachineSnapshot[] = reached(walk);

  Deno.test(`${name}: every state is reached, in fewer than 2,500 snapshots`, () => {
    const seen = new Set(snapshots.flatMap(({ _nodes }) => _nodes.map(({ id }) => id)));
    assertEquals(nodes(machine.root).map(({ id }) => id).filter((id) => !seen.has(id)), []);
    assert(snapshots.length < 2_500, `${snapshots.length} snapshots`);
  });

  Deno.test(`${name}: every transition is taken`, () => {
    const taken = new Set(
      snapshots.flatMap((snapshot) =>
        sent(walk, snapshot).flatMap((message) => machine.getTransitionData(snapshot, message))
      ),
    );
    const all = nodes(machine.root).flatMap(doing);
    assert(all.length > 0);
    assertEquals(all.filter((edge) => !taken.has(edge)).map(shown), []);
  });

  Deno.test(`${name}: every message is handled or ignored by name in every state`, () => {
    const surprises = snapshots.flatMap((snapshot) =>
      sent(walk, snapshot)
        .filter((message) => machine.getTransitionData(snapshot, message).length === 0)
        .map(({ type }) => `${JSON.stringify(snapshot.value)} on ${type}`)
    );
    assertEquals(surprises, []);
  });

  Deno.test(`${name}: every state that is not final can be left`, () => {
    const dead = snapshots.filter((snapshot) =>
      snapshot.status === "active" &&
      sent(walk, snapshot).every((message) =>
        key(walk, transition(machine, snapshot, message)[0]) === key(walk, snapshot)
      )
    );
    assertEquals(dead.map(({ value }) => value), []);
  });

  Deno.test(`${name}: every state is described and nothing runs without a message`, () => {
    for (const node of nodes(machine.root)) {
      assertEquals([node.always ?? [], node.after, node.invoke], [[], [], []], node.id);
      if (Object.keys(node.states).length === 0) assert(node.description, node.id);
    }
  });

  Deno.test(`${name}: messages of XState itself move nothing`, () => {
    for (const snapshot of snapshots) {
      for (const type of ["xstate.after.1000.x", "xstate.done.state.x", "xstate.stop.x"]) {
        const [next, effects] = transition(machine, snapshot, { type });
        assertEquals([key(walk, next), next.status, effects], [
          key(walk, snapshot),
          snapshot.status,
          [],
        ]);
      }
    }
  });
}
