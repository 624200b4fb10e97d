/**
 * The link to one worker: its slots, its credit, what it says.
 *
 * @module
 */
import { arity, encode, malformed, messages } from "../messages/wire.ts";
import { conclude } from "./conclude.ts";
import { Credit } from "./credit.ts";
import { describeExit } from "./exit.ts";
import type { Job } from "./job.ts";
import type { Operation } from "./operation.ts";
import type { Clock, Grant, Processes, WorkerEvents, WorkerProcess } from "./ports.ts";
import { Ring } from "./ring.ts";
import type { WorkerListener } from "./worker_listener.ts";

/** Bytes on the way to a worker above which it is sent no more: it doesn't read. */
const queuedBytesMax = 4 * 1024 * 1024;

const { start, cancel, giveBack, stop, ping, define } = messages;
const { ready, began, returned, output, progress, finished, gauges, pong } = messages;

/** One worker as the pool sees it. */
export class WorkerLink {
  readonly seat: number;
  readonly generation: number;
  readonly grant: Grant;
  /** `seat.generation`. */
  readonly name: string;
  readonly bornMs: number;
  pid: number | null = null;
  /** Takes jobs. */
  open = false;
  /** Ends when its jobs have. */
  leaving = false;
  /** Runs one suspect and nothing else. */
  exclusive = false;
  /** Jobs begun and not finished. */
  running = 0;
  /** Since when it has no job; Infinity while it has. */
  idleSinceMs = Infinity;
  /** When its last idle spell began. */
  idleSpellSinceMs = Infinity;
  /** The job it is ended for; the others in it are innocent. */
  culprit: Job | null = null;
  /** When something was last heard of it. */
  heardMs: number;
  /** Since when it was seen stopped, Infinity when it runs. */
  stoppedSinceMs = Infinity;
  /** Earliest deadline of its jobs; may be too early, never too late. */
  deadlineMs = Infinity;
  /** It has been ready once. */
  welcomed = false;
  /** Jobs it ended so far. */
  served = 0;
  /** Thread time held by jobs so far, ms. */
  heldMs = 0;
  residentBytes: number | null = null;
  /** Messages about jobs it does not have. */
  stale = 0;
  readonly #credit = new Credit();
  readonly #slotsMax: number;
  readonly #jobs: (Job | null)[] = [];
  readonly #free: number[] = [];
  readonly #sent = new Ring<number>();
  readonly #defined = new Set<number>();
  readonly #processes: Processes;
  #process!: WorkerProcess;
  readonly #clock: Clock;
  readonly #listener: WorkerListener;

  /** A worker to be; `start` starts its process. */
  constructor(
    options: {
      readonly seat: number;
      readonly generation: number;
      readonly grant: Grant;
      readonly slotsMax: number;
    },
    ports: { readonly clock: Clock; readonly processes: Processes },
    listener: WorkerListener,
  ) {
    this.seat = options.seat;
    this.generation = options.generation;
    this.grant = options.grant;
    this.name = `${options.seat}.${options.generation}`;
    this.#slotsMax = options.slotsMax;
    this.#clock = ports.clock;
    this.#listener = listener;
    this.bornMs = this.heardMs = ports.clock.nowMs();
    this.#processes = ports.processes;
  }

  /** Starts the process. */
  start(): void {
    const { seat, generation, grant } = this;
    this.#process = this.#processes.spawn({ seat, generation, grant }, this.#events());
  }

  /** Jobs sent and not begun. */
  get unbegun(): number {
    return this.#sent.size;
  }

  /** Jobs that may be sent now. */
  get room(): number {
    if (!this.open || this.exclusive) return 0;
    const unbegun = this.#sent.size;
    if (this.#process.queuedBytes > queuedBytesMax) return 0;
    return Math.min(this.#credit.jobs - unbegun, this.#slotsMax - this.running - unbegun);
  }

  /** Nothing to do. */
  get idle(): boolean {
    return this.running === 0 && this.#sent.size === 0;
  }

  /** When the longest waiting of the jobs sent here became due, Infinity when there is none. */
  headSinceMs(): number {
    const slot = this.#sent.first;
    return slot === undefined ? Infinity : this.#jobs[slot]?.dueMs ?? Infinity;
  }

  /** True while it holds `job`, begun or not. */
  has(job: Job): boolean {
    return job.slot >= 0 && this.#jobs[job.slot] === job;
  }

  /** Sends a job. The caller has looked at `room`. */
  send(job: Job): void {
    const { operation } = job;
    if (!this.#defined.has(operation.number)) this.#define(operation);
    const slot = this.#free.pop() ?? this.#jobs.length;
    this.#jobs[slot] = job;
    job.slot = slot;
    this.#sent.push(slot);
    this.idleSinceMs = Infinity;
    const trace = job.spec.traceparent;
    this.#process.send(
      `${start.kind},${slot},${job.attempt},${operation.number},${job.payload},${job.timeoutMs},` +
        (trace === undefined ? '""' : JSON.stringify(trace)),
    );
  }

  /** Asks the worker to abort a job that was sent here. */
  abort(job: Job, because: string): void {
    if (this.#jobs[job.slot] === job) {
      this.#process.send(encode(cancel.kind, job.slot, because));
    }
  }

  /** Takes no more jobs and gives back those not begun. */
  leave(): void {
    this.open = false;
    this.leaving = true;
    this.idleSinceMs = Infinity;
    this.recall(0);
  }

  /** Asks the worker to end when its begun jobs have ended. */
  stop(): void {
    this.#process.send(String(stop.kind));
  }

  /** Asks for a sign of life. */
  ping(nonce: number): void {
    this.#process.send(`${ping.kind},${nonce}`);
  }

  /** Asks back what was sent and not begun, but for the first `keep`. */
  recall(keep: number): void {
    if (this.#sent.size > keep) this.#process.send(`${giveBack.kind},${this.#sent.size - keep}`);
  }

  /** Ends the process, by force if it must be. */
  kill(signal: "SIGTERM" | "SIGKILL"): void {
    this.#process.kill(signal, this.grant.kind === "command");
  }

  /** Jobs whose time is over; sets the next deadline. */
  overdue(nowMs: number): Job[] {
    if (nowMs < this.deadlineMs) return [];
    const late: Job[] = [];
    let next = Infinity;
    for (const job of this.#jobs) {
      if (!job || job.state !== "running" || job.timeoutMs === 0 || job.doomed) continue;
      const untilMs = job.startedMs + job.timeoutMs;
      if (untilMs <= nowMs) late.push(job);
      else if (untilMs < next) next = untilMs;
    }
    this.deadlineMs = next;
    return late;
  }

  /** All its jobs, when it has died: those begun and those not. */
  strand(): { readonly begun: Job[]; readonly unbegun: Job[] } {
    const unbegun: Job[] = [];
    for (let slot = this.#sent.shift(); slot !== undefined; slot = this.#sent.shift()) {
      const job = this.#jobs[slot];
      if (job) unbegun.push(job);
      this.#jobs[slot] = null;
    }
    const begun = this.#jobs.filter((job): job is Job => job !== null);
    this.#jobs.length = 0;
    this.running = 0;
    return { begun, unbegun };
  }

  #define(operation: Operation): void {
    this.#defined.add(operation.number);
    const { number, name, source } = operation;
    this.#process.send(encode(define.kind, number, name, source));
  }

  #events(): WorkerEvents {
    return {
      connected: (pid) => {
        this.pid = this.#process.pid ?? pid;
        this.#listener.connected(this, this.pid);
      },
      frame: (batch) => this.#hear(batch),
      garbage: (because) => this.#listener.garbage(this, because),
      exited: (exit) => {
        this.open = false;
        this.#listener.gone(this, exit, describeExit(exit));
      },
      failed: (because) => {
        this.open = false;
        this.#listener.gone(this, null, because);
      },
    };
  }

  #hear(batch: unknown[]): void {
    const wrong = malformed(batch, "up");
    if (wrong) return this.#listener.garbage(this, wrong);
    this.heardMs = this.#clock.nowMs();
    for (let at = 0; at < batch.length;) {
      const kind = batch[at] as number;
      this.#obey(kind, batch, at + 1);
      at += 1 + arity(kind);
    }
    if (this.idle && this.open && this.idleSinceMs === Infinity) {
      this.idleSinceMs = this.idleSpellSinceMs = this.heardMs;
    }
    this.#listener.heard(this);
  }

  #obey(kind: number, batch: unknown[], at: number): void {
    switch (kind) {
      case finished.kind:
        return this.#finished(
          batch[at] as number,
          batch[at + 1] as number,
          batch[at + 2],
          batch[at + 3] as number,
        );
      case began.kind:
        return this.#began(batch[at] as number, batch[at + 1] as number);
      case returned.kind:
        return this.#returned(batch[at] as number[]);
      case ready.kind:
        this.open = this.welcomed = true;
        this.idleSinceMs = this.heardMs;
        return this.#listener.ready(this);
      case output.kind:
      case progress.kind: {
        const job = this.#jobs[batch[at] as number];
        if (!job) return void this.stale++;
        return kind === output.kind
          ? this.#listener.told(this, job, "log", batch[at + 2])
          : this.#listener.told(this, job, "progress", batch[at + 1]);
      }
      case gauges.kind:
        this.residentBytes = batch[at] as number;
        return;
      case pong.kind:
        return; // It was heard; that is all a pong says.
      default:
        return this.#listener.garbage(this, `message of kind ${kind} at the wrong time`);
    }
  }

  #began(count: number, heldMs: number): void {
    if (count > this.#sent.size) {
      return this.#listener.garbage(this, `began ${count} of ${this.#sent.size} jobs`);
    }
    const jobs: Job[] = [];
    for (let i = 0; i < count; i++) {
      const job = this.#jobs[this.#sent.shift()!]!;
      job.state = "running";
      job.startedMs = this.heardMs;
      if (job.timeoutMs > 0) {
        this.deadlineMs = Math.min(this.deadlineMs, this.heardMs + job.timeoutMs);
      }
      jobs.push(job);
    }
    this.running += count;
    this.heldMs += heldMs;
    if (count > 0) {
      this.#credit.report(heldMs / count);
      const surplus = this.#sent.size - this.#credit.jobs;
      if (surplus > 0) this.#process.send(`${giveBack.kind},${surplus}`);
    }
    this.#listener.began(this, jobs);
  }

  #returned(slots: readonly number[]): void {
    const back = new Set(slots);
    const jobs: Job[] = [];
    for (let left = this.#sent.size; left > 0; left--) {
      const slot = this.#sent.shift()!;
      if (!back.has(slot)) this.#sent.push(slot);
      else {
        jobs.push(this.#jobs[slot]!);
        this.#clear(slot);
      }
    }
    this.stale += back.size - jobs.length;
    if (jobs.length > 0) this.#listener.returned(this, jobs);
  }

  #finished(slot: number, ending: number, payload: unknown, runMs: number): void {
    const job = this.#jobs[slot];
    // What a worker says is gossip: a job it does not have can't end.
    if (!job || job.state !== "running") return void this.stale++;
    this.#clear(slot);
    this.running--;
    this.served++;
    if (this.exclusive && this.idle) this.exclusive = false;
    this.#listener.finished(this, job, conclude(job, ending, payload, runMs, this.name));
  }

  #clear(slot: number): void {
    this.#jobs[slot] = null;
    this.#free.push(slot);
  }
}
