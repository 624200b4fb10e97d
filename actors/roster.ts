/**
 * Who sits where: seats, their occupants and the life of each, as machines under supervision.
 *
 * @module
 */
import type { AnyActorLogic, AnyActorRef } from "xstate";
import { rehearsed } from "../machines/rehearsed.ts";
import type { RestartsSnapshot } from "../machines/restarts.ts";
import {
  worker,
  type WorkerContext,
  type WorkerOptions,
  workerOptions,
  type WorkerState,
} from "../machines/worker.ts";
import type { RestartsMessage, WorkerMessage } from "../messages/mailboxes.ts";
import { type Kin, newKin } from "./credit.ts";
import type { Operation } from "./operation.ts";
import { patientClock } from "./patient_clock.ts";
import type { Clock, Grant, Ports } from "./ports.ts";
import { governorOf, type Seat, seatChild, seatLogic } from "./seat.ts";
import { type Supervisor, usual } from "./supervisor.ts";
import { type Timed, wind } from "./timers.ts";
import { WorkerLink } from "./worker.ts";
import type { WorkerListener } from "./worker_listener.ts";

/** A message without what the roster adds to it. */
type Told = WorkerMessage extends infer M
  ? M extends WorkerMessage ? Omit<M, "generation" | "nowMs"> : never
  : never;
type Governed = RestartsMessage extends infer M
  ? M extends RestartsMessage ? Omit<M, "nowMs"> : never
  : never;

/** Who hears of lives. */
export interface RosterListener {
  changed(link: WorkerLink, state: WorkerState, because: string): void;
  /** It leaves, and its jobs have had their time. */
  asking(link: WorkerLink): void;
  /** It is about to be ended by force. */
  killing(link: WorkerLink): void;
  /** It is gone: an exit that was asked for, or not. */
  gone(link: WorkerLink, how: "shutdown" | "abnormal", because: string): void;
  /** A seat may be taken again. */
  seatFree(): void;
  /** Its occupants died too often before they were of use. */
  seatClosed(seat: number): void;
}

/** What workers of a roster have in common. */
export interface RosterWorkers {
  readonly links: WorkerListener<WorkerLink>;
  /** Time that a start may take, ms. Default: that of the worker's machine. */
  readonly startMs?: number | undefined;
  /** Numbers seats; pools that count together name no two workers alike. Default: from 1. */
  readonly nextSeat?: (() => number) | undefined;
}

/** A seat that nobody may take for a while. */
export interface Quarantine {
  readonly seat: number;
  /** Monotonic, ms. */
  readonly untilMs: number;
}

/** Jobs in one worker at once. */
export interface SlotsMax {
  readonly tasks: number;
  readonly commands: number;
}

const slotsOf = (slots: SlotsMax, { kind }: Grant): number =>
  slots[kind === "command" ? "commands" : "tasks"];

/** All workers of a pool. */
export class Roster {
  /** Workers that ended without being asked to. */
  lost = 0;
  readonly #seats: Seat[] = [];
  /** By grant. */
  readonly #kin = new Map<string, Kin>();
  readonly #ports: Ports;
  readonly #patientClock: Clock;
  readonly #supervisor: Supervisor;
  /** Of the machines of workers: a process that ended is not started again, its seat is taken anew. */
  readonly #workers: Supervisor;
  readonly #listener: RosterListener;
  readonly #links: WorkerListener<WorkerLink>;
  readonly #nextSeat: () => number;
  readonly #options: WorkerOptions;
  readonly #logic: AnyActorLogic;
  readonly #seatLogic: AnyActorLogic;

  /** Seats are children of `supervisor`, workers of one below it. */
  constructor(
    ports: Ports,
    supervisor: Supervisor,
    listener: RosterListener,
    { links, startMs, nextSeat = () => this.#seats.length + 1 }: RosterWorkers,
  ) {
    this.#nextSeat = nextSeat;
    this.#ports = ports;
    this.#patientClock = patientClock(ports.clock);
    this.#supervisor = supervisor;
    this.#workers = supervisor.under("workers", { ...usual, strategy: "simpleOneForOne" });
    this.#listener = listener;
    this.#links = links;
    this.#options = workerOptions.parse({ startMs });
    this.#logic = this.#makeLogic();
    this.#seatLogic = seatLogic((governor) => {
      const seat = this.#seats.find((one) => one.governor === governor);
      if (seat) listener.seatClosed(seat.number);
    });
  }

  /** Every worker that is not gone. */
  get links(): WorkerLink[] {
    return this.#seats.flatMap(({ link }) => link ?? []);
  }

  /** How many are not gone. */
  get size(): number {
    let size = 0;
    for (const { link } of this.#seats) if (link) size++;
    return size;
  }

  /** Seats that are taken again after a back-off, of the first `count`. */
  held(count: number): number {
    return this.#count(count, "waiting");
  }

  /** Seats in quarantine, of the first `count`. */
  closed(count: number): number {
    return this.#count(count, "quarantined");
  }

  /** All seats in quarantine. */
  get quarantined(): readonly Quarantine[] {
    return this.#seats.flatMap((seat) => {
      const untilMs = governorOf(seat)?.context.deadlines.quarantine?.untilMs;
      return untilMs === undefined ? [] : [{ seat: seat.number, untilMs }];
    });
  }

  /** Forgives all seats what happened in them. */
  forgive(): void {
    for (const seat of this.#seats) this.#govern(seat, { type: "reset" });
  }

  /** So many jobs may lie in each from now on. */
  allow(slots: SlotsMax): void {
    for (const link of this.links) link.slotsMax = slotsOf(slots, link.grant);
  }

  /** Starts a worker in the lowest seat that may be taken. */
  start(grant: Grant, slots: SlotsMax, known: readonly Operation[]): WorkerLink {
    const slotsMax = slotsOf(slots, grant);
    const free = this.#seats.find((seat) => !seat.link && this.#isFree(seat));
    const seat = free ?? this.#addSeat();
    seat.generation++;
    const { number, generation } = seat;
    const kin = this.#kinOf(grant);
    const options = { seat: number, generation, grant, slotsMax, known, kin };
    const link = seat.link = new WorkerLink(options, this.#ports, this.#links);
    this.#govern(seat, { type: "started" });
    this.#live(seat, link);
    return link;
  }

  /** Tells a worker's machine what happened to it. */
  tell(link: WorkerLink, message: Told): void {
    const seat = this.#seatOf(link);
    if (seat?.link !== link) return;
    const { generation } = link;
    const nowMs = this.#ports.clock.nowMs();
    const machine = this.#workers.actor(idOf(link));
    if (machine) machine.send({ ...message, generation, nowMs } as WorkerMessage);
    // Its machine has failed: all that is left to do is to see the process go.
    else if (message.type === "exited") this.#over(seat, "abnormal", message.because);
    else link.kill("SIGKILL", { because: "its machine has failed", ours: true });
  }

  /** A worker has been of use, or what it dies of is not its own doing. */
  proved(link: WorkerLink): void {
    const seat = this.#seatOf(link);
    if (seat?.link === link) this.#govern(seat, { type: "used" });
  }

  #kinOf({ key }: Grant): Kin {
    let kin = this.#kin.get(key);
    if (!kin) this.#kin.set(key, kin = newKin());
    return kin;
  }

  #seatOf({ seat }: WorkerLink): Seat | undefined {
    return this.#seats.find(({ number }) => number === seat);
  }

  #count(count: number, state: RestartsSnapshot["value"]): number {
    let found = 0;
    for (let i = Math.min(count, this.#seats.length) - 1; i >= 0; i--) {
      const seat = this.#seats[i]!;
      if (!seat.link && seat.state === state) found++;
    }
    return found;
  }

  #isFree({ state }: Seat): boolean {
    return state === "running" || state === "stopped";
  }

  /** Tells the machine that decides when a seat may be taken again. */
  #govern({ number }: Seat, message: Governed): void {
    const nowMs = this.#ports.clock.nowMs();
    this.#supervisor.send(`seat.${number}`, { ...message, nowMs } as RestartsMessage);
  }

  #addSeat(): Seat {
    const number = this.#nextSeat();
    const seat: Seat = { number, generation: 0, link: null, governor: null, state: null };
    const { clock } = this.#ports;
    const freed = () => this.#listener.seatFree();
    this.#supervisor.keep(seatChild(seat, this.#seatLogic, clock, freed));
    this.#seats.push(seat);
    return seat;
  }

  /** The machine of every worker. */
  #makeLogic() {
    const of = ({ context }: { readonly context: WorkerContext }): WorkerLink =>
      this.#seats.find(({ number }) => number === context.seat)!.link!;
    return rehearsed(worker.provide({
      actions: {
        start: (it) => of(it).start(),
        ask: (it) => this.#listener.asking(of(it)),
        stop: (it) => of(it).stop(),
        kill: (it) => {
          const { because, how } = it.context;
          this.#listener.killing(of(it));
          of(it).kill("SIGKILL", { because, ours: how === "shutdown" });
        },
        announce: (it, { state }) => this.#listener.changed(of(it), state, it.context.because),
      },
    }));
  }

  #live(seat: Seat, link: WorkerLink): void {
    const { clock } = this.#ports;
    const { generation } = link;
    let machine: AnyActorRef;
    const options = this.#options;
    this.#workers.keep({
      id: idOf(link),
      logic: this.#logic,
      restart: "temporary",
      given: () => ({ input: { seat: link.seat, generation, nowMs: clock.nowMs(), options } }),
      made: (actor) => {
        machine = actor;
        wind(actor as unknown as Timed, this.#patientClock);
      },
      ended: (how, because) => {
        if (how === "abnormal") return this.#orphan(seat, link, because);
        const { output } = machine.getSnapshot();
        this.#over(seat, output.how, output.because);
      },
    });
  }

  /** The machine of a worker has failed: its process is no use without it. */
  #orphan(seat: Seat, link: WorkerLink, because: string): void {
    if (seat.link !== link) return;
    const words = `its machine failed: ${because}`;
    this.#listener.changed(link, "draining", words);
    if (!link.alive) return this.#over(seat, "abnormal", words);
    this.#listener.killing(link);
    link.kill("SIGKILL", { because: words, ours: true });
  }

  #over(seat: Seat, how: "shutdown" | "abnormal", because: string): void {
    const { link } = seat;
    if (!link) return;
    seat.link = null;
    if (how === "abnormal") this.lost++;
    this.#govern(seat, { type: "ended", how, jitterRatio: this.#ports.random.unit() });
    this.#listener.gone(link, how, because);
  }
}

const idOf = ({ name }: WorkerLink) => `worker.${name}`;
