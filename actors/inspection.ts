/**
 * What the machines do, for whoever wants to look. Late observers are told who lives first.
 *
 * @module
 */
import type { AnyActorRef, InspectionEvent, Observer } from "xstate";

/** Passes inspection events on and remembers the living. */
export class Inspection {
  readonly #living = new Map<string, InspectionEvent>();
  readonly #observers = new Set<Observer<InspectionEvent>>();

  /** Takes an event from XState. */
  take(event: InspectionEvent): void {
    const actor = event.actorRef as AnyActorRef;
    if (event.type === "@xstate.actor") this.#living.set(actor.sessionId, event);
    for (const observer of this.#observers) observer.next?.(event);
    if (event.type === "@xstate.snapshot" && isOver(event.snapshot)) {
      this.#living.delete(actor.sessionId);
    }
  }

  /** Subscribes; announces those who live. Returns the way to stop. */
  observe(observer: Observer<InspectionEvent>): () => void {
    for (const event of this.#living.values()) observer.next?.(event);
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }
}

const isOver = (snapshot: unknown) => (snapshot as { status?: string }).status !== "active";
