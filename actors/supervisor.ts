/**
 * Starts the actors of a runtime in order, restarts what fails, and gives up when that is no help.
 *
 * @module
 */
import {
  type AnyActorLogic,
  type AnyActorRef,
  createActor,
  fromCallback,
  type InspectionEvent,
} from "xstate";
import type { Clock } from "./ports.ts";

/** Failures of all children together within the period that are answered by a restart. */
const intensity = 3;
const periodMs = 60_000;

/** A child to be kept alive. */
export interface Child {
  readonly id: string;
  readonly logic: AnyActorLogic;
}

/** The root of an actor system. */
export interface Supervisor {
  /** Parent of all actors. */
  readonly root: AnyActorRef;
  /** Starts a child and keeps it alive. */
  keep(child: Child): void;
  /** Sends to whoever has the place of child `id`; nobody, nothing. XState's own words are refused. */
  send(id: string, message: { readonly type: string }): void;
  /** Stops all children, last started first, then the root. */
  stop(): void;
}

/** Makes a root actor that supervises its children. */
export function supervise(
  clock: Clock,
  inspect: (event: InspectionEvent) => void,
  on: {
    restarted(id: string, because: string): void;
    gaveUp(because: string): void;
  },
): Supervisor {
  const children = new Map<string, { child: Child; actor: AnyActorRef }>();
  const failuresMs: number[] = [];
  let stopping = false;

  const root = createActor(
    fromCallback<{ type: string; error?: unknown }>(({ receive }) => {
      receive(({ type, error }) => {
        const id = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
        if (id === undefined || stopping) return;
        failed(id, error instanceof Error ? error.message : String(error));
      });
    }),
    { id: "flyball", systemId: "flyball", inspect },
  ).start();

  function start(child: Child) {
    const { id, logic } = child;
    const actor = createActor(logic, { id, parent: root });
    children.set(id, { child, actor });
    actor.subscribe({ error: () => {} }); // The root is told; nothing else has to be.
    actor.start();
  }

  function failed(id: string, because: string) {
    const kept = children.get(id);
    if (!kept) return;
    const nowMs = clock.nowMs();
    failuresMs.push(nowMs);
    while (failuresMs[0]! <= nowMs - periodMs) failuresMs.shift();
    if (failuresMs.length > intensity) {
      on.gaveUp(`${id} failed ${failuresMs.length} times within a minute: ${because}`);
      return;
    }
    on.restarted(id, because);
    start(kept.child);
  }

  return {
    root,
    keep: start,
    send(id, message) {
      if (!/^xstate\./.test(message.type)) children.get(id)?.actor.send(message);
    },
    stop() {
      stopping = true;
      for (const { actor } of [...children.values()].reverse()) {
        actor.send({ type: "xstate.stop" }); // A parent's word; `stop()` is for roots alone.
      }
      root.stop();
    },
  };
}
