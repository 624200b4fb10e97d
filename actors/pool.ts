/**
 * Keeps as many workers as its envelope and its queue ask for.
 *
 * @module
 */
import type { WorkerState } from "../machines/worker.ts";
import type { Envelope, PoolView } from "../messages/decision.ts";
import { closed } from "../policies/scaling/combine.ts";
import { fill } from "../policies/scaling/fill.ts";
import { Alarm } from "./alarm.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Lane } from "./lane.ts";
import { neediest } from "./neediest.ts";
import type { Operation } from "./operation.ts";
import { Parting } from "./parting.ts";
import type { PoolListener } from "./pool_listener.ts";
import type { PoolParts } from "./pool_parts.ts";
import { laneHeadMs, poolView } from "./pool_view.ts";
import type { Grant, Ports } from "./ports.ts";
import type { Queue } from "./queue.ts";
import { kept, type RecycleOptions, Recycler } from "./recycler.ts";
import { drainOf, retiring } from "./retiring.ts";
import { Roster, type SlotsMax } from "./roster.ts";
import { spareFor, wanting } from "./spare.ts";
import { StartRate } from "./start_rate.ts";
import type { WorkerLink } from "./worker.ts";
import type { WorkerListener } from "./worker_listener.ts";

/** What a pool is made with. */
export interface PoolOptions {
  readonly name: string;
  readonly slots: SlotsMax;
  /** Grant of workers that are started before any job asks for one. */
  readonly homeGrant: () => Grant;
  /** Tasks that a new worker of a grant loads before its first job. */
  readonly tasksOf: (grant: Grant) => readonly Operation[];
  /** When workers are replaced. Default: never. */
  readonly recycle?: RecycleOptions;
  /** Time that the start of a worker may take, ms. Default: that of its machine, 10 s. */
  readonly startMs?: number;
}

/** Jobs that begin to wait while others do are looked at together, so often, ms. */
const lookMs = 5;

/** The workers of one pool. */
export class Pool {
  options: PoolOptions;
  readonly roster: Roster;
  readonly dispatcher: Dispatcher;
  readonly recycler: Recycler;
  readonly parting: Parting;
  envelope: Envelope = closed;
  /** The decision that the envelope came from. */
  decision = 0;
  #links: WorkerLink[] = [];
  /** Since when something waits, or the pool has grown for it; null when nothing does. */
  #backlogSinceMs: number | null = null;
  readonly #alarm: Alarm;
  /** The alarm is set for jobs that wait, not only for workers that idle. */
  #watching = false;
  /** When jobs that wait were looked at last. */
  #sawWaitingMs = -Infinity;
  readonly #queue: Queue;
  readonly #ports: Ports;
  readonly #listener: PoolListener;
  readonly #starts: StartRate;

  /** A pool without workers; `adopt` gives it room. */
  constructor(
    options: PoolOptions,
    parts: PoolParts,
    listener: PoolListener,
    links: WorkerListener<WorkerLink>,
    cores: number,
  ) {
    this.options = options;
    this.#ports = parts.ports;
    this.#queue = parts.queue;
    this.#listener = listener;
    this.#alarm = new Alarm(parts.ports.clock, () => this.refill());
    this.#starts = new StartRate(cores, parts.ports.clock.nowMs());
    this.dispatcher = parts.dispatcher;
    this.parting = new Parting(parts, () => this.roster);
    this.roster = new Roster(
      parts.ports,
      parts.supervisor,
      {
        changed: (link, state, because) => this.#changed(link, state, because),
        asking: (link) => this.parting.ask(link),
        killing: (link) => this.parting.killing(link),
        gone: (link, how, because) => this.#gone(link, how, because),
        seatFree: () => this.refill(),
        seatClosed: listener.seatClosed,
      },
      { links, startMs: options.startMs, nextSeat: parts.nextSeat },
    );
    this.recycler = new Recycler(options.recycle ?? kept, parts.ports.clock, {
      start: (grant) => this.#begin(grant),
      replace: (old, next, because) => this.#replace(old, next, because),
    });
  }

  /** Workers that can be counted on: ready and starting. */
  get links(): readonly WorkerLink[] {
    return this.#links;
  }

  /** Workers that may be started in a second. */
  get startsPerS(): number {
    return this.#starts.perS;
  }

  /** Takes a new envelope and moves into it. */
  adopt(decision: number, envelope: Envelope): void {
    this.decision = decision;
    this.envelope = envelope;
    for (const lane of this.dispatcher.lanes.values()) this.dispatch(lane);
    this.refill();
  }

  /** Gives what waits in `lane` to workers with room; grows if it must wait. */
  dispatch(lane: Lane): void {
    if (this.parting.closing || lane.queued === 0) return;
    this.dispatcher.dispatch(lane, this.#links, this.envelope);
    if (this.#backlogSinceMs === null && !this.#nothingWaits()) {
      this.#backlogSinceMs = this.#ports.clock.nowMs();
    }
    if (lane.queued > 0 && !(this.#watching && this.#alarm.dueMs < Infinity)) this.#look();
    else if (this.envelope.spares) this.#alarm.sooner(this.#ports.clock.nowMs() + lookMs);
  }

  /** A worker is ready for the first time. */
  welcomed(link: WorkerLink): void {
    this.roster.tell(link, { type: "connected", pid: link.pid ?? 0 });
    this.#listener.startSucceeded(link.grant, this.#ports.clock.nowMs() - link.bornMs);
    this.recycler.ready(link);
  }

  /** A worker has said something: it may have nothing left to do. */
  heard(link: WorkerLink): void {
    this.recycler.heard(link);
    if (link.waiting === 0 && this.#backlogSinceMs !== null && this.#nothingWaits()) {
      this.#backlogSinceMs = null;
    }
    if (!link.idle) return;
    if (link.served === 1) this.roster.proved(link);
    if (link.leaving) return this.roster.tell(link, { type: "emptied" });
    // When nothing else wakes us, see in time whether it may stay.
    if (this.#alarm.dueMs < Infinity) return;
    this.#watching = false;
    this.#alarm.set(this.#ports.clock.nowMs() + this.envelope.keepAliveMs);
  }

  /** Compares the pool with its envelope and starts or retires workers. */
  refill(): void {
    if (this.parting.closing) return;
    const nowMs = this.#ports.clock.nowMs();
    const view = this.view(nowMs);
    this.#watching = view.queued > 0;
    if (this.#watching) this.#sawWaitingMs = nowMs;
    const filling = fill(this.envelope, view, nowMs);
    const from = this.#links.length;
    for (let i = 0; i < filling.spawn; i++) this.#start(nowMs);
    // One step at a time: the next needs a backlog that outlasts this one.
    if (filling.spawn > 0 && this.#backlogSinceMs !== null) this.#backlogSinceMs = nowMs;
    for (const link of retiring(this.#links, filling.retire)) {
      this.roster.tell(link, drainOf(this.envelope, from, filling.because));
    }
    const still = filling.spawn === 0 && filling.retire === 0;
    const because = (still && this.#makeRoom(view, nowMs)) || filling.because;
    const to = this.#links.length;
    if (to !== from) this.#listener.resized(from, to, this.decision, because);
    const againMs = this.#starts.delayed(filling, this.envelope, view)
      ? this.#starts.nextMs(nowMs)
      : Infinity;
    this.#alarm.set(Math.min(filling.wakeAtMs ?? Infinity, againMs, this.#roomMs(view, nowMs)));
  }

  /** What `fill` sees. */
  view(nowMs: number): PoolView {
    return poolView({
      links: this.#links,
      envelope: this.envelope,
      lanes: this.dispatcher.lanes,
      roster: this.roster,
      limited: this.dispatcher.limited(this.envelope),
      backlogSinceMs: this.#backlogSinceMs,
      starts: this.#starts.now(nowMs),
    });
  }

  /** When the longest waiting job became due, wherever it lies; Infinity when none waits. */
  oldestDueMs(): number {
    return this.#links.reduce(
      (oldest, link) => Math.min(oldest, link.slots.next()?.dueMs ?? Infinity),
      laneHeadMs(this.dispatcher.lanes),
    );
  }

  /** Lets all workers end when their jobs have, those `withinMs`; nothing is started any more. */
  drain(withinMs: number): void {
    this.#alarm.set(Infinity);
    this.parting.drain(withinMs);
  }

  /** Ends all workers now. */
  kill(): void {
    this.#alarm.set(Infinity);
    this.parting.kill();
  }

  /** Sees to jobs that have to wait: at once, or soon where others were seen to wait just now. */
  #look(): void {
    const nowMs = this.#ports.clock.nowMs();
    const dueMs = this.#sawWaitingMs + lookMs;
    if (nowMs < dueMs) {
      this.#watching = true;
      return this.#alarm.set(dueMs);
    }
    this.#sawWaitingMs = nowMs;
    this.refill();
  }

  /** When idle workers of one lane are to make room for another. */
  #roomMs({ queued, idleSinceMs, headSinceMs }: PoolView, nowMs: number): number {
    if (queued === 0 || idleSinceMs.length === 0 || headSinceMs === null) return Infinity;
    return Math.max(nowMs + lookMs, headSinceMs + (this.envelope.spawn?.lagMs ?? 0));
  }

  #nothingWaits(): boolean {
    return this.dispatcher.lanes.queued === 0 && this.#links.every(({ waiting }) => waiting === 0);
  }

  #start(nowMs: number, grant = this.#needed()): void {
    this.#starts.take(nowMs);
    this.#links.push(this.#begin(grant));
  }

  #begin(grant: Grant): WorkerLink {
    return this.roster.start(grant, this.options.slots, this.options.tasksOf(grant));
  }

  /** The same size with another worker. */
  #replace(old: WorkerLink | null, next: WorkerLink, because: string): void {
    if (this.parting.closing) return;
    this.#links.push(next);
    if (old) this.roster.tell(old, { type: "drain", because: `recycled: ${because}` });
    this.refill();
    this.dispatch(this.#queue.lane(next.grant));
  }

  #needed(): Grant {
    return neediest(this.dispatcher.lanes.values(), this.#links) ?? this.options.homeGrant();
  }

  /** Starts a worker that a lane needs; in a full pool one of another lane makes room. The reason. */
  #makeRoom(view: PoolView, nowMs: number): string | null {
    if (view.startsMax < 1 || view.queued === 0) return null;
    const { cap, spawn } = this.envelope;
    for (const lane of this.dispatcher.lanes.values()) {
      if (lane.queued === 0 || lane.starved) continue;
      const own = this.#links.filter((link) => link.grant.key === lane.grant.key);
      if (own.length > 0 && own.length === this.#links.length) continue; // There are no others.
      const patient = nowMs - lane.headSinceMs() < (spawn?.lagMs ?? 0);
      if (own.length > 0 && (patient || own.some(({ open }) => !open))) continue;
      const because = wanting(lane, own.length);
      if (this.#links.length >= cap) {
        const victim = spareFor(lane, own.length, this.#links, this.dispatcher.lanes, nowMs);
        if (!victim) continue;
        this.roster.tell(victim, { type: "drain", because });
      } else if (own.length > 0) continue;
      this.#start(nowMs, lane.grant);
      return because;
    }
    return null;
  }

  #changed(link: WorkerLink, state: WorkerState, because: string): void {
    this.#listener.worker(link, state, because);
    if (state !== "draining" && state !== "gone") return;
    this.#links = this.#links.filter((other) => other !== link);
    if (state === "gone") return;
    link.leave();
    if (link.idle) this.roster.tell(link, { type: "emptied" });
  }

  #gone(link: WorkerLink, how: "shutdown" | "abnormal", because: string): void {
    if (!this.recycler.gone(link) && how === "abnormal") {
      const { length } = this.#links;
      if (!link.welcomed) this.#listener.startFailed(because);
      const { welcomed: lost } = link;
      this.#listener.resized(length + 1, length, this.decision, `${link.name} ${because}`, lost);
    }
    this.refill();
  }
}
