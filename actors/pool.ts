/**
 * Gives waiting jobs to workers, and keeps as many workers as its envelope and its queue ask for.
 *
 * @module
 */
import type { AnyActorRef } from "xstate";
import type { Envelope, PoolView } from "../messages/decision.ts";
import type { WorkerState } from "../machines/worker.ts";
import { fill } from "../policies/scaling/fill.ts";
import { leastLost } from "../policies/victims/leastLost.ts";
import type { Job } from "./job.ts";
import type { Lane } from "./lane.ts";
import type { Grant, Ports } from "./ports.ts";
import type { Queue } from "./queue.ts";
import { Roster } from "./roster.ts";
import { StartRate } from "./start_rate.ts";
import type { WorkerLink } from "./worker.ts";
import type { WorkerListener } from "./worker_listener.ts";

/** What a pool is made with. */
export interface PoolOptions {
  readonly name: string;
  /** Jobs in one worker at once: tasks, commands. */
  readonly slots: { readonly tasks: number; readonly commands: number };
  /** Grant of workers that are started before any job asks for one. */
  readonly homeGrant: () => Grant;
}

/** Who hears of what the pool does. */
export interface PoolListener {
  resized(from: number, to: number, decision: number, trigger: string): void;
  worker(link: WorkerLink, state: WorkerState, because: string): void;
  startFailed(because: string): void;
  startSucceeded(tookMs: number): void;
}

/** No room at all: the envelope before the first decision. */
export const closed: Envelope = {
  floor: 0,
  cap: 0,
  runningMax: null,
  commandsMax: null,
  spawn: null,
  keepAliveMs: 0,
};

/** The workers of one pool. */
export class Pool {
  readonly options: PoolOptions;
  readonly roster: Roster;
  envelope: Envelope = closed;
  /** The decision that the envelope came from. */
  decision = 0;
  /** Jobs sent to workers and not ended: all, commands. */
  sent = 0;
  commandsSent = 0;
  #links: WorkerLink[] = [];
  #closing = false;
  #wakeMs = Infinity;
  #disarm: () => void = () => {};
  readonly #queue: Queue;
  readonly #ports: Ports;
  readonly #listener: PoolListener;
  readonly #starts: StartRate;

  /** A pool without workers; `adopt` gives it room. */
  constructor(
    options: PoolOptions,
    ports: Ports,
    queue: Queue,
    parent: AnyActorRef,
    listener: PoolListener,
    links: WorkerListener,
    cores: number,
  ) {
    this.options = options;
    this.#ports = ports;
    this.#queue = queue;
    this.#listener = listener;
    this.#starts = new StartRate(cores, ports.clock.nowMs());
    this.roster = new Roster(ports, parent, {
      changed: (link, state, because) => this.#changed(link, state, because),
      gone: (link, how, because) => this.#gone(link, how, because),
    }, links);
  }

  /** Every worker that takes jobs or will. */
  get links(): readonly WorkerLink[] {
    return this.#links;
  }

  /** Workers that can be counted on: ready and starting. */
  get workers(): number {
    return this.#links.length;
  }

  /** Takes a new envelope and moves into it. */
  adopt(decision: number, envelope: Envelope): void {
    this.decision = decision;
    this.envelope = envelope;
    for (const lane of this.#queue.lanes.values()) this.dispatch(lane);
    this.refill();
  }

  /** Gives what waits in `lane` to workers with room; grows if it must wait. */
  dispatch(lane: Lane): void {
    if (this.#closing) return;
    if (lane.hasSuspects) this.#isolate(lane);
    const isCommands = lane.grant.kind === "command";
    const { runningMax, commandsMax } = this.envelope;
    while (lane.queued > 0) {
      if (runningMax !== null && this.sent >= runningMax) break;
      if (isCommands && commandsMax !== null && this.commandsSent >= commandsMax) break;
      const link = this.#leastLoaded(lane.grant.key);
      if (!link) break;
      const job = lane.take();
      if (!job) break;
      this.#send(link, job);
    }
    if (lane.queued > 0 && this.#wakeMs === Infinity) this.refill();
  }

  /** A job that was sent to a worker is no longer there. */
  left(job: Job): void {
    this.sent--;
    if (job.operation.grant.kind === "command") this.commandsSent--;
  }

  /** A worker is ready for the first time. */
  welcomed(link: WorkerLink): void {
    this.roster.tell(link, { type: "connected", pid: link.pid ?? 0 });
    this.#listener.startSucceeded(this.#ports.clock.nowMs() - link.bornMs);
  }

  /** A worker has said something: it may have nothing left to do. */
  heard(link: WorkerLink): void {
    if (!link.idle) return;
    if (link.served > 0) this.#starts.succeeded();
    if (link.leaving) return this.roster.tell(link, { type: "emptied" });
    // When nothing else wakes us, see in time whether it may stay.
    if (this.#wakeMs === Infinity) this.#arm(this.#ports.clock.nowMs() + this.envelope.keepAliveMs);
  }

  /** Compares the pool with its envelope and starts or retires workers. */
  refill(): void {
    if (this.#closing) return;
    const nowMs = this.#ports.clock.nowMs();
    const view = this.view(nowMs);
    const filling = fill(this.envelope, view, nowMs);
    const from = this.workers;
    if (filling.spawn > 0) this.#start(filling.spawn, nowMs);
    if (filling.retire > 0) this.#retire(filling.retire, filling.because);
    if (filling.spawn === 0 && filling.retire === 0) this.#makeRoom(nowMs);
    if (this.workers !== from) {
      this.#listener.resized(from, this.workers, this.decision, filling.because);
    }
    const again = this.#starts.delayed(view.startsMax, filling, this.envelope, view)
      ? this.#starts.nextMs(nowMs)
      : Infinity;
    this.#arm(Math.min(filling.wakeAtMs ?? Infinity, again));
  }

  /** What `fill` sees. */
  view(nowMs: number): PoolView {
    let ready = 0;
    let unbegun = 0;
    let head = Infinity;
    const idleSinceMs: number[] = [];
    for (const link of this.#links) {
      if (link.open) ready++;
      unbegun += link.unbegun;
      head = Math.min(head, link.headSinceMs());
      if (link.idleSinceMs !== Infinity) idleSinceMs.push(link.idleSinceMs);
    }
    let queued = unbegun;
    for (const lane of this.#queue.lanes.values()) {
      queued += lane.queued;
      if (lane.queued > 0) head = Math.min(head, lane.headSinceMs());
    }
    return {
      ready,
      starting: this.#links.length - ready,
      queued: this.#limited() ? 0 : queued,
      headSinceMs: head === Infinity ? null : head,
      idleSinceMs: idleSinceMs.sort((a, b) => a - b),
      startsMax: this.#starts.now(nowMs),
    };
  }

  /** Lets all workers end when their jobs have; nothing is started any more. */
  drain(): void {
    this.#closing = true;
    this.#disarm();
    for (const link of this.#links) this.roster.tell(link, { type: "drain", because: "closing" });
  }

  /** Ends all workers now. */
  kill(): void {
    this.#closing = true;
    for (const link of this.roster.links) {
      this.roster.tell(link, { type: "condemn", because: "stopped hard" });
    }
  }

  /** True while a limit on running jobs, not a lack of workers, makes jobs wait. */
  #limited(): boolean {
    const { runningMax, commandsMax } = this.envelope;
    if (runningMax !== null && this.sent >= runningMax) return true;
    if (commandsMax === null || this.commandsSent < commandsMax) return false;
    for (const lane of this.#queue.lanes.values()) {
      if (lane.queued > 0 && lane.grant.kind !== "command") return false;
    }
    return true;
  }

  #leastLoaded(grant: string): WorkerLink | null {
    let best: WorkerLink | null = null;
    let bestLoad = Infinity;
    for (const link of this.#links) {
      if (link.grant.key !== grant || link.room <= 0) continue;
      const load = link.running + link.unbegun;
      // Among equals the one that was busy last, so that the others can be seen to be idle.
      if (load < bestLoad || (load === bestLoad && link.idleSinceMs > best!.idleSinceMs)) {
        best = link;
        bestLoad = load;
      }
    }
    return best;
  }

  #send(link: WorkerLink, job: Job): void {
    this.sent++;
    if (job.operation.grant.kind === "command") this.commandsSent++;
    link.send(job);
  }

  /** Gives each suspect a worker of its own. */
  #isolate(lane: Lane): void {
    for (const link of this.#links) {
      if (!link.open || !link.idle || link.exclusive || link.grant.key !== lane.grant.key) continue;
      const job = lane.takeSuspect();
      if (!job) return;
      this.#send(link, job);
      link.exclusive = true;
    }
  }

  #start(count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) {
      const grant = this.#neediest() ?? this.options.homeGrant();
      const { slots } = this.options;
      this.#starts.take(nowMs);
      this.#links.push(
        this.roster.start(grant, grant.kind === "command" ? slots.commands : slots.tasks),
      );
    }
  }

  /** The grant of the lane whose head has waited longest and is not being cared for already. */
  #neediest(): Grant | null {
    let grant: Grant | null = null;
    let since = Infinity;
    for (const lane of this.#queue.lanes.values()) {
      if (lane.queued === 0) continue;
      const starting = this.#links.filter((l) => !l.open && l.grant.key === lane.grant.key).length;
      const head = lane.headSinceMs() + starting * 1_000;
      if (head < since) {
        since = head;
        grant = lane.grant;
      }
    }
    return grant;
  }

  /** A lane that has jobs and no worker takes the place of a worker of another lane. */
  #makeRoom(nowMs: number): void {
    if (this.workers < this.envelope.cap || this.#limited()) return;
    for (const lane of this.#queue.lanes.values()) {
      if (lane.queued === 0 || this.#links.some((l) => l.grant.key === lane.grant.key)) continue;
      if (this.#starts.now(nowMs) < 1) return;
      this.#retire(1, `${lane.grant.kind} jobs have no worker`);
      return this.#start(1, nowMs);
    }
  }

  #retire(count: number, because: string): void {
    const victims = new Set(leastLost.choose(
      this.#links.map((link) => ({
        seat: link.seat,
        running: link.running,
        queued: link.unbegun,
        idleSinceMs: link.idleSinceMs === Infinity ? null : link.idleSinceMs,
        youngestSinceMs: null,
      })),
      count,
    ));
    for (const link of this.#links.filter(({ seat }) => victims.has(seat))) {
      this.roster.tell(link, { type: "drain", because });
    }
  }

  #changed(link: WorkerLink, state: WorkerState, because: string): void {
    this.#listener.worker(link, state, because);
    if (state !== "draining" && state !== "gone") return;
    this.#links = this.#links.filter((other) => other !== link);
    if (state === "draining") {
      link.leave();
      if (link.idle) this.roster.tell(link, { type: "emptied" });
    }
  }

  #gone(link: WorkerLink, how: "shutdown" | "abnormal", because: string): void {
    if (how === "abnormal") {
      if (link.served === 0) this.#starts.failed(this.#ports.clock.nowMs());
      if (!link.welcomed) this.#listener.startFailed(because);
      this.#listener.resized(
        this.workers + 1,
        this.workers,
        this.decision,
        `${link.name} ${because}`,
      );
    }
    this.refill();
  }

  #arm(untilMs: number): void {
    if (untilMs === this.#wakeMs) return;
    this.#disarm();
    this.#wakeMs = untilMs;
    if (untilMs === Infinity) return;
    this.#disarm = this.#ports.clock.at(untilMs, () => {
      this.#wakeMs = Infinity;
      this.refill();
    });
  }
}
