/**
 * A worker's place in its pool, and the machine that decides when it may be taken again.
 *
 * @module
 */
import type { AnyActorLogic, AnyActorRef } from "xstate";
import { rehearsed } from "../machines/rehearsed.ts";
import { restarts, restartsOptions, type RestartsSnapshot } from "../machines/restarts.ts";
import type { Clock } from "./ports.ts";
import type { Child } from "./supervisor.ts";
import { type Timed, wind } from "./timers.ts";
import type { WorkerLink } from "./worker.ts";

/** One place. */
export interface Seat {
  readonly number: number;
  /** Of its occupants so far. */
  generation: number;
  /** Who sits there; null: nobody. */
  link: WorkerLink | null;
  /** The present life of the machine that decides when it may be taken again. */
  governor: AnyActorRef | null;
  /** Where that machine stands; null: it does not run. */
  state: RestartsSnapshot["value"] | null;
}

/** The machine of all seats of a pool; `closed` hears whose occupants died too often. */
export const seatLogic = (closed: (governor: unknown) => void): AnyActorLogic =>
  rehearsed(restarts.provide({ actions: { giveUp: ({ self }) => closed(self) } }));

/** Where the machine of a seat stands; null: it does not run. */
export function governorOf({ governor }: Seat): RestartsSnapshot | null {
  const snapshot: RestartsSnapshot | null = governor?.getSnapshot() ?? null;
  return snapshot?.status === "active" ? snapshot : null;
}

/** The machine of `seat`, to be kept by a supervisor; `freed` hears when it may be taken again. */
export function seatChild(
  seat: Seat,
  logic: AnyActorLogic,
  clock: Clock,
  freed: () => void,
): Child {
  return {
    id: `seat.${seat.number}`,
    logic,
    given: () => ({ input: { options: restartsOptions.parse({ restart: "transient" }) } }),
    keepsState: true,
    made: (actor) => {
      seat.governor = actor;
      wind(actor as unknown as Timed, clock);
      let was: unknown = "running";
      const gone = () => void (seat.state = null);
      seat.state = actor.getSnapshot().value;
      // Not as the action `restart`: while that is performed the seat is not free yet.
      actor.subscribe({
        next: ({ value }) => {
          const isFreed = value === "running" && (was === "waiting" || was === "quarantined");
          was = seat.state = value;
          if (isFreed) freed();
        },
        complete: gone,
        error: gone,
      });
    },
  };
}
