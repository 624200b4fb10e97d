/** The Stately inspector, stood in for by the receiver of its own package. */
import { assert, assertEquals } from "@std/assert";
import { createWebSocketReceiver, type StatelyInspectionEvent } from "@statelyai/inspect";
import { serve } from "../service/serve.ts";
import { scriptedRuntime } from "./scripted_runtime.ts";
import { until } from "./until.ts";
import { walks } from "./walks.ts";

type Frame<T extends StatelyInspectionEvent["type"]> = Extract<StatelyInspectionEvent, { type: T }>;

Deno.test("stately: its receiver gets definitions, events and snapshots of all machines", async () => {
  const runtime = scriptedRuntime();
  const service = await serve(runtime, { port: 0 });
  const got: StatelyInspectionEvent[] = [];
  const of = <T extends StatelyInspectionEvent["type"]>(type: T, sessionId: string) =>
    got.filter((event): event is Frame<T> => event.type === type && event.sessionId === sessionId);
  const server = `${service.url.replace("http", "ws")}/inspect/frames`;

  // Half of them live before the inspector comes: it has to hear of those too.
  const actors = walks.map(({ machine, name, input }) => ({
    name,
    machine,
    start: () => runtime.startActor(machine, `the ${name}`, input),
  }));
  const early = actors.slice(0, 3).map(({ start }) => start());
  createWebSocketReceiver({ server }).subscribe((event) => void got.push(event));
  await until(() => got.filter(({ type }) => type === "@xstate.actor").length === early.length);
  const all = [...early, ...actors.slice(3).map(({ start }) => start())];
  for (const [i, { messages }] of walks.entries()) {
    for (const message of messages) all[i]!.send(message);
  }

  const isWhole = ({ sessionId, getSnapshot }: typeof all[number], i: number) => {
    const last = of("@xstate.snapshot", sessionId).at(-1)?.snapshot as { value?: unknown };
    return of("@xstate.event", sessionId).length >= walks[i]!.messages.length &&
      JSON.stringify(last?.value) === JSON.stringify(getSnapshot.call(all[i]!).value);
  };
  await until(() =>
    all.every((actor, i) => actor.getSnapshot().status !== "active" || isWhole(actor, i))
  );
  for (const [i, { sessionId }] of all.entries()) {
    const [born, ...others] = of("@xstate.actor", sessionId);
    assertEquals(others, []);
    assertEquals(born!.name, `the ${actors[i]!.name}`);
    const definition = JSON.parse(born!.definition!);
    assertEquals(definition.id, walks[i]!.machine.id);
    assertEquals(Object.keys(definition.states), Object.keys(walks[i]!.machine.states));
    assert(of("@xstate.event", sessionId).length > 0, actors[i]!.name);
    assert(of("@xstate.snapshot", sessionId).length > 0, actors[i]!.name);
    assertEquals(new Set(got.map(({ _version }) => _version)), new Set(["0.7.2"]));
  }
  for (const actor of all) actor.stop();
  await service.close();
});
