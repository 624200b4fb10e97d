/**
 * Which actors live and where they stand, so that who comes late can be told.
 *
 * @module
 */
import type { AnyActorRef, InspectionEvent } from "xstate";

/** Actors that are remembered at once; the oldest are forgotten first. */
const actorsMax = 4_096;

/** An actor's first and last event, kept as they came: frames are written only for viewers. */
export interface Life {
  readonly begun: InspectionEvent;
  last: InspectionEvent | null;
}

/** The living, by session. */
export class Lives {
  readonly #all = new Map<string, Life>();

  /** Actors now. */
  get size(): number {
    return this.#all.size;
  }

  /** What an event tells of lives. */
  take(event: InspectionEvent): void {
    const { sessionId } = event.actorRef;
    if (event.type === "@xstate.actor") {
      this.#all.set(sessionId, { begun: event, last: null });
      if (this.#all.size > actorsMax) this.#all.delete(this.#all.keys().next().value!);
    } else if (event.type === "@xstate.snapshot") {
      const life = this.#all.get(sessionId);
      if (life === undefined) return;
      if (isOver(event.snapshot)) this.#all.delete(sessionId);
      else life.last = event;
    }
  }

  /** The life of an actor; undefined: it is not known, or over. */
  of(sessionId: string): Life | undefined {
    return this.#all.get(sessionId);
  }

  /** All of them, oldest first. */
  [Symbol.iterator](): IterableIterator<Life> {
    return this.#all.values();
  }

  /** Forgets all. */
  clear(): void {
    this.#all.clear();
  }
}

/** Whether a snapshot is an actor's last. */
export const isOver = (snapshot: unknown): boolean =>
  (snapshot as { readonly status: string }).status !== "active";

/** Where an actor stands, as far as it is known. */
export function snapshotOf({ begun, last }: Life): unknown {
  if (last?.type === "@xstate.snapshot") return last.snapshot;
  // An actor is announced before it has its first snapshot.
  return (begun.actorRef as AnyActorRef).getSnapshot() ?? { status: "active" };
}
