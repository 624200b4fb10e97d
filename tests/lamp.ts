/**
 * Actors under inspection, for tests of who looks at them.
 *
 * @module
 */
import {
  type AnyActor,
  type AnyStateMachine,
  createActor,
  type InspectionEvent,
  type Observer,
  setup,
} from "xstate";

/** A machine small enough to draw, for tests of the inspector. */
const lamp = setup({
  types: { events: {} as { readonly type: "turn"; readonly password: string } },
}).createMachine({
  id: "lamp",
  initial: "off",
  context: { apiToken: "s3cret", turns: 0 },
  states: { off: { on: { turn: "on" } }, on: { on: { turn: "off" } } },
});

/** The way to start actors that `observers` see; who lives is kept in `births`. */
export function inspected(
  births: Map<string, InspectionEvent>,
  observers: ReadonlySet<Observer<InspectionEvent>>,
) {
  const inspect = (event: InspectionEvent) => {
    if (event.type === "@xstate.actor") births.set(event.actorRef.sessionId, event);
    for (const observer of observers) observer.next?.(event);
  };
  const startActor = (machine: AnyStateMachine, id: string, input?: unknown): AnyActor =>
    createActor(machine, { id, inspect, input }).start();
  return {
    startActor,
    startLamp(id: string) {
      const actor = startActor(lamp, id);
      const stop = () => {
        births.delete(actor.sessionId);
        actor.stop();
      };
      const turn = { type: "turn", password: "s3cret" };
      return { turn: () => actor.send(turn), stop };
    },
  };
}
