/**
 * XState's inspection events as the frames that inspectors of state machines read: the wire format
 * of `@statelyai/inspect`, one JSON object a frame.
 *
 * @module
 */
import type { AnyActorRef, InspectionEvent } from "xstate";
import { sanitize } from "./sanitize.ts";

/** Version of the wire format that is spoken. */
const version = "0.7.2";

/** Longest definition that is shown, characters. */
const definitionMax = 262_144;

/** Writes one inspection event as a frame; null for events the format does not know. */
export function frameOf(event: InspectionEvent): string | null {
  const { actorRef, rootId } = event;
  const common = { rootId, id: null, createdAt: String(Date.now()), _version: version };
  switch (event.type) {
    case "@xstate.actor":
      return JSON.stringify({
        type: event.type,
        name: nameOf(actorRef as AnyActorRef),
        sessionId: actorRef.sessionId,
        parentId: (actorRef as AnyActorRef)._parent?.sessionId,
        definition: definitionOf(actorRef as AnyActorRef),
        // An actor is announced before it has its first snapshot.
        snapshot: sanitize((actorRef as AnyActorRef).getSnapshot() ?? { status: "active" }),
        ...common,
      });
    case "@xstate.event":
      return JSON.stringify({
        type: event.type,
        sessionId: actorRef.sessionId,
        sourceId: event.sourceRef?.sessionId,
        event: sanitize(event.event),
        ...common,
      });
    case "@xstate.snapshot":
      return JSON.stringify({
        type: event.type,
        sessionId: actorRef.sessionId,
        event: sanitize(event.event),
        snapshot: sanitize(event.snapshot),
        ...common,
      });
    default:
      return null;
  }
}

interface Config {
  readonly id?: string;
  readonly context?: unknown;
}

function configOf(actor: AnyActorRef): Config | null {
  const { config } = (actor as unknown as { logic: { config?: unknown } }).logic;
  return typeof config === "object" ? config : null;
}

/** Id of an actor's machine; null: it is none. */
export const machineOf = (actor: AnyActorRef): string | null => configOf(actor)?.id ?? null;

/** An actor without an id of its own is known by its machine's. */
export function nameOf(actor: AnyActorRef): string {
  return actor.id === actor.sessionId ? configOf(actor)?.id ?? actor.id : actor.id;
}

/** The machine's configuration as JSON text; actors that are no machine have only a name. */
export function definitionOf(actor: AnyActorRef): string {
  const config = configOf(actor);
  if (config !== null) {
    try {
      const { context, ...chart } = config;
      const shown = context === undefined ? chart : { ...chart, context: sanitize(context) };
      const text = JSON.stringify(shown);
      if (text.length <= definitionMax) return text;
    } catch {
      // A configuration that is no JSON (a cycle, a big integer) is shown by its name alone.
    }
  }
  return JSON.stringify({ id: nameOf(actor) });
}
