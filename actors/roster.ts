/**
 * Who sits where: seats, their occupants and the life of each, as machines.
 *
 * @module
 */
import { type AnyActorRef, createActor } from "xstate";
import { restarts, restartsOptions } from "../machines/restarts.ts";
import { worker, workerOptions, type WorkerState } from "../machines/worker.ts";
import type { RestartsMessage, WorkerMessage } from "../messages/mailboxes.ts";
import type { Operation } from "./operation.ts";
import { patientClock } from "./patient_clock.ts";
import type { Grant, Ports } from "./ports.ts";
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
  /** A seat may be taken again. */
  seatFree(): void;
  /** Its occupants died too often before they were of use. */
  seatClosed(seat: number): void;
}

interface Seat {
  readonly number: number;
  generation: number;
  link: WorkerLink | null;
  /** Tells the machine of the occupant. */
  tell: (message: Told) => void;
  /** Tells the machine that decides when the seat may be taken again. */
  readonly govern: (message: Omit<RestartsMessage & { readonly type: string }, "nowMs">) => void;
  /** May be taken now. */
  readonly free: () => boolean;
  /** Lets its machine come to rest. */
  readonly unwind: () => void;
}

/** All workers of a pool. */
export class Roster {
  readonly #seats: Seat[] = [];
  readonly #ports: Ports;
  readonly #parent: AnyActorRef;
  readonly #listener: RosterListener;
  readonly #links: WorkerListener<WorkerLink>;

  /** Machines are registered as children of `parent`. */
  constructor(
    ports: Ports,
    parent: AnyActorRef,
    listener: RosterListener,
    links: WorkerListener<WorkerLink>,
  ) {
    this.#ports = ports;
    this.#parent = parent;
    this.#listener = listener;
    this.#links = links;
  }

  /** Every worker that is not gone. */
  get links(): WorkerLink[] {
    return this.#seats.flatMap(({ link }) => link ?? []);
  }

  /** How many are not gone. */
  get size(): number {
    return this.#seats.reduce((count, { link }) => link ? count + 1 : count, 0);
  }

  /** How many of the first `count` seats can't be taken because of what happened in them. */
  closed(count: number): number {
    return this.#seats.slice(0, count).filter((seat) => !seat.link && !seat.free()).length;
  }

  /** Starts a worker in the lowest seat that may be taken. */
  start(grant: Grant, slotsMax: number, known: readonly Operation[]): WorkerLink {
    const seat = this.#seats.find((seat) => !seat.link && seat.free()) ?? this.#addSeat();
    seat.generation++;
    seat.govern({ type: "started" });
    const options = { seat: seat.number, generation: seat.generation, grant, slotsMax, known };
    const link = seat.link = new WorkerLink(options, this.#ports, this.#links);
    this.#live(seat, link);
    return link;
  }

  /** Tells a worker's machine what happened to it. */
  tell(link: WorkerLink, message: Told): void {
    const seat = this.#seats[link.seat - 1];
    if (seat?.link === link) seat.tell(message);
  }

  /** A worker has been of use. */
  proved(link: WorkerLink): void {
    this.#seats[link.seat - 1]?.govern({ type: "used" });
  }

  /** Forgets all that is due later. Workers must be gone. */
  close(): void {
    for (const { unwind } of this.#seats) unwind();
  }

  #addSeat(): Seat {
    const { clock } = this.#ports;
    const number = this.#seats.length + 1;
    const actor = createActor(
      restarts.provide({
        actions: {
          restart: () => this.#listener.seatFree(),
          giveUp: () => this.#listener.seatClosed(number),
        },
      }),
      {
        id: `seat.${number}`,
        parent: this.#parent,
        input: { options: restartsOptions.parse({ strategy: "transient" }) },
      },
    ).start();
    const seat: Seat = {
      number,
      generation: 0,
      link: null,
      tell: () => {},
      govern: (message) =>
        actor.send({ ...message, nowMs: clock.nowMs() } as unknown as RestartsMessage),
      free: () =>
        actor.getSnapshot().value === "running" || actor.getSnapshot().value === "stopped",
      unwind: wind(actor, clock),
    };
    this.#seats.push(seat);
    return seat;
  }

  #live(seat: Seat, link: WorkerLink): void {
    const { clock } = this.#ports;
    const { generation } = link;
    const actor = createActor(
      worker.provide({
        actions: {
          start: () => link.start(),
          stop: () => link.stop(),
          kill: ({ context: { because, how } }) =>
            link.kill("SIGKILL", { because, ours: how === "shutdown" }),
          announce: ({ context }, { state }) =>
            this.#listener.changed(link, state, context.because),
        },
      }),
      {
        id: `worker.${link.name}`,
        parent: this.#parent,
        input: {
          seat: link.seat,
          generation,
          nowMs: clock.nowMs(),
          options: workerOptions.parse({}),
        },
      },
    );
    seat.tell = (message) =>
      actor.send({ ...message, generation, nowMs: clock.nowMs() } as WorkerMessage);
    actor.subscribe(({ status, output }) => {
      if (status !== "done") return;
      seat.link = null;
      seat.govern({ type: "ended", how: output!.how } as { type: "ended" });
      this.#listener.gone(link, output!.how, output!.because);
    });
    actor.start();
    wind(actor, patientClock(clock));
  }
}
