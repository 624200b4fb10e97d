/**
 * Gives waiting jobs to workers with room.
 *
 * @module
 */
import type { Envelope } from "../messages/decision.ts";
import type { Footprints } from "./footprints.ts";
import type { Job } from "./job.ts";
import type { Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { MemoryWait } from "./memory_wait.ts";
import { usualPool } from "./pool_of.ts";
import type { Clock } from "./ports.ts";
import type { Queue } from "./queue.ts";
import { Rivals } from "./rivals.ts";
import { leastLoaded, type Router } from "./router.ts";
import type { Timeouts } from "./timeouts.ts";
import type { WorkerLink } from "./worker.ts";

/** The limits on jobs that run. */
export type RunLimits = Pick<Envelope, "runningMax" | "commandsMax">;

/** Time after which jobs are looked at again that other operations held back, ms. */
const heldBackMs = 1_000;

/** Where memory for commands is had, and time. */
export interface Memory {
  readonly footprints: Footprints;
  readonly wait: MemoryWait;
  readonly timeouts: Timeouts;
}

/** Sends the jobs of one pool and counts those that are out. */
export class Dispatcher {
  /** Jobs sent to workers and not ended: all, commands. */
  sent = 0;
  commandsSent = 0;
  /** Where the jobs of its pool lie. */
  readonly lanes: Lanes;
  /** Who gets the next job. */
  readonly router: Router;
  readonly #queue: Queue;
  readonly #clock: Clock;
  readonly #footprints: Footprints;
  readonly #memoryWait: MemoryWait;
  readonly #timeouts: Timeouts;
  /** Lanes that limits hold back. */
  readonly #rivals = new Rivals();

  /** Takes the jobs of `pool` from `queue`; memory for commands is had of `memory`. */
  constructor(queue: Queue, clock: Clock, memory: Memory, router: Router, pool = usualPool) {
    this.#queue = queue;
    this.router = router;
    this.lanes = queue.lanes.in(pool);
    this.#clock = clock;
    this.#footprints = memory.footprints;
    this.#memoryWait = memory.wait;
    this.#timeouts = memory.timeouts;
  }

  /** Gives what waits in `lane` to those of `links` that have room. */
  dispatch(lane: Lane, links: readonly WorkerLink[], limits: RunLimits): void {
    if (lane.queued === 0) return;
    const mayWait = limits.runningMax !== null ||
      (limits.commandsMax !== null && lane.grant.kind === "command");
    if (!mayWait || !this.#rivals.areOther(lane)) {
      return this.#serve(lane, links, limits, Infinity);
    }
    // Several want the same places: each has one, then it is looked again whose turn it is.
    this.#rivals.add(lane);
    this.#rivals.takeTurns((next) => {
      const before = this.sent;
      this.#serve(next, links, limits, 1);
      return this.sent > before;
    });
  }

  /** Sends at most `most` jobs of `lane`. */
  #serve(lane: Lane, links: readonly WorkerLink[], limits: RunLimits, most: number): void {
    if (this.#rivals.size > 0) this.#rivals.forget(lane);
    const nowMs = this.#clock.nowMs();
    const until = this.sent + most;
    if (lane.hasSuspects) this.#isolate(lane, links, limits, nowMs);
    lane.spread(links);
    /** Workers that no waiting job may go to. */
    let shut: WorkerLink[] | null = null;
    while (lane.queued > 0 && this.sent < until && !this.#full(lane, limits)) {
      const link = this.router.pick(lane, links, shut, nowMs);
      if (!link) {
        lane.look(nowMs);
        break;
      }
      const job = lane.take(link.slots, nowMs);
      if (job) {
        if (job.gates !== null && !this.#queue.gates.take(job)) continue;
        this.#send(lane, link, job, nowMs);
        this.router.sent(lane);
      } else if (lane.picky) (shut ??= []).push(link);
      else break;
    }
    // Who keeps them from it may be gone by then.
    if (shut) this.#queue.wake.later(lane, nowMs + heldBackMs);
    if (lane.starved) this.#memoryWait.note(lane);
    else if (lane.queued > 0 && this.#full(lane, limits)) this.#rivals.add(lane);
  }

  /** A job that was sent to a worker is no longer there. */
  left(job: Job): void {
    this.sent--;
    if (this.#rivals.size > 0) {
      for (const lane of this.#rivals.waiting) this.#queue.wake.soon(lane);
    }
    job.stay?.leave();
    job.stay = null;
    if (job.operation.grant.kind === "command") this.commandsSent--;
    if (job.weight === null) return;
    this.#footprints.release(job);
    this.#memoryWait.freed();
  }

  /** A worker has given back jobs that it had not begun. */
  returned({ grant, seat }: WorkerLink, jobs: readonly Job[]): void {
    for (const job of jobs) this.left(job);
    const lane = this.lanes.get(grant.key);
    if (lane) this.router.returned(lane, seat, jobs.length);
  }

  /** True while limits on running jobs or memory, not a lack of workers, make all waiting jobs wait. */
  limited(limits: RunLimits): boolean {
    for (const lane of this.lanes.values()) {
      if (lane.queued > 0 && !lane.starved && !this.#full(lane, limits)) return false;
    }
    return this.lanes.queued > 0;
  }

  #full(lane: Lane, { runningMax, commandsMax }: RunLimits): boolean {
    if (runningMax !== null && this.sent >= runningMax) return true;
    return commandsMax !== null && lane.grant.kind === "command" &&
      this.commandsSent >= commandsMax;
  }

  #send(lane: Lane, link: WorkerLink, job: Job, nowMs: number): void {
    this.sent++;
    lane.entered(job, link.slots);
    if (job.operation.grant.kind === "command") this.commandsSent++;
    if (isWeighed(job)) this.#footprints.reserve(job);
    this.#timeouts.sent(job);
    this.#queue.trail?.sent(job, link);
    link.send(job, nowMs);
  }

  /** Takes the next job that runs alone and may run. */
  #suspectOf(lane: Lane): Job | undefined {
    for (;;) {
      const job = lane.takeSuspect();
      if (!job || job.gates === null || this.#queue.gates.take(job)) return job;
    }
  }

  /** Whether there is room for the next job that runs alone; if not, the lane waits for some. */
  #mayHave(lane: Lane): boolean {
    const job = lane.suspect;
    if (!job || !isWeighed(job)) return true;
    const footprints = this.#footprints;
    const fits = footprints.hasCores(job) && footprints.fits(footprints.need(job));
    if (!fits) this.#memoryWait.note(lane);
    return fits;
  }

  /** Gives each suspect a worker of its own; where none is idle, one gets no more until it is. */
  #isolate(
    lane: Lane,
    links: readonly WorkerLink[],
    limits: RunLimits,
    nowMs: number,
  ): void {
    const own = links.filter(({ open, exclusive, grant }) =>
      open && !exclusive && grant.key === lane.grant.key
    );
    for (const link of own) {
      link.reserved = null;
      if (this.#full(lane, limits)) continue;
      const job = link.idle && this.#mayHave(lane) ? this.#suspectOf(lane) : undefined;
      if (!job) continue;
      this.#send(lane, link, job, nowMs);
      link.exclusive = true;
    }
    if (!lane.hasSuspects || this.#full(lane, limits)) return;
    const next = leastLoaded(own, lane.grant.key);
    // An idle one stays free for others: there is no memory for the suspect.
    if (next && !next.idle) next.reserved = lane;
  }
}

/** Whether memory or cores are reserved for a job. */
const isWeighed = ({ operation, limits }: Job): boolean =>
  operation.grant.kind === "command" || limits?.memoryBytes !== undefined ||
  limits?.cpuCores !== undefined;
