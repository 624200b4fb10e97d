/**
 * Who sits where: seats, their occupants and the life of each, as a machine.
 *
 * @module
 */
import { type AnyActorRef, createActor } from "xstate";
import { worker, workerOptions, type WorkerState } from "../machines/worker.ts";
import type { WorkerMessage } from "../messages/mailboxes.ts";
import type { Exit, Grant, Ports } from "./ports.ts";
import { wind } from "./timers.ts";
import { WorkerLink } from "./worker.ts";
import type { WorkerListener } from "./worker_listener.ts";

/** A message without what the roster adds to it. */
type Told = WorkerMessage extends infer M
  ? M extends WorkerMessage ? Omit<M, "generation" | "nowMs"> : never
  : never;

/** Who hears of lives. */
export interface RosterListener {
  changed(link: WorkerLink, state: WorkerState, because: string): void;
  /** It is gone: an exit that was asked for, or not. */
  gone(link: WorkerLink, how: "shutdown" | "abnormal", because: string): void;
}

interface Occupant {
  readonly link: WorkerLink;
  readonly tell: (message: Told) => void;
}

/** All workers of a pool. */
export class Roster {
  /** Everyone that is not gone, by seat. */
  readonly #seats = new Map<number, Occupant>();
  readonly #generations = new Map<number, number>();
  readonly #ports: Ports;
  readonly #parent: AnyActorRef;
  readonly #listener: RosterListener;
  readonly #links: WorkerListener;

  /** Machines are registered as children of `parent`. */
  constructor(
    ports: Ports,
    parent: AnyActorRef,
    listener: RosterListener,
    links: WorkerListener,
  ) {
    this.#ports = ports;
    this.#parent = parent;
    this.#listener = listener;
    this.#links = links;
  }

  /** Every worker that is not gone. */
  get links(): WorkerLink[] {
    return [...this.#seats.values()].map(({ link }) => link);
  }

  /** How many are not gone. */
  get size(): number {
    return this.#seats.size;
  }

  /** Starts a worker in the lowest free seat. */
  start(grant: Grant, slotsMax: number): WorkerLink {
    let seat = 1;
    while (this.#seats.has(seat)) seat++;
    const generation = (this.#generations.get(seat) ?? 0) + 1;
    this.#generations.set(seat, generation);
    const occupant = this.#live(seat, generation, grant, slotsMax);
    this.#seats.set(seat, occupant);
    return occupant.link;
  }

  /** Tells a worker's machine what happened to it. */
  tell(link: WorkerLink, message: Told): void {
    const occupant = this.#seats.get(link.seat);
    if (occupant?.link === link) occupant.tell(message);
  }

  /** Lets go of an exited worker. */
  exited(link: WorkerLink, _exit: Exit | null, because: string): void {
    this.tell(link, { type: "exited", because });
  }

  #live(seat: number, generation: number, grant: Grant, slotsMax: number): Occupant {
    const { clock } = this.#ports;
    const link = new WorkerLink({ seat, generation, grant, slotsMax }, this.#ports, this.#links);
    const machine = worker.provide({
      actions: {
        start: () => link.start(),
        stop: () => link.stop(),
        kill: () => link.kill("SIGKILL"),
        announce: ({ context }, { state }) => this.#listener.changed(link, state, context.because),
      },
    });
    const actor = createActor(machine, {
      id: `worker.${seat}.${generation}`,
      parent: this.#parent,
      input: { seat, generation, nowMs: clock.nowMs(), options: workerOptions.parse({}) },
    });
    actor.subscribe({
      next: (snapshot) => {
        if (snapshot.status !== "done") return;
        this.#seats.delete(seat);
        this.#listener.gone(link, snapshot.output!.how, snapshot.output!.because);
      },
    });
    actor.start();
    wind(actor, clock);
    return {
      link,
      tell: (message) =>
        actor.send({ ...message, generation, nowMs: clock.nowMs() } as WorkerMessage),
    };
  }
}
