/**
 * The link to one worker: its slots, its credit, what it says.
 *
 * @module
 */
import { arity, encode, malformed, messages } from "../messages/wire.ts";
import { Briefing } from "./briefing.ts";
import { conclude } from "./conclude.ts";
import { Credit } from "./credit.ts";
import { describeExit, type Sentence } from "./exit.ts";
import type { Job } from "./job.ts";
import type { Lane } from "./lane.ts";
import type { Look } from "./look.ts";
import type { Clock, Exit, Grant, Processes, WorkerEvents, WorkerProcess } from "./ports.ts";
import { isOfJob, ofJob } from "./of_job.ts";
import { Slots, type Stranded } from "./slots.ts";
import { startMessage } from "./start_message.ts";
import { Spell } from "./spell.ts";
import { takes } from "./takes.ts";
import type { WorkerListener, WorkerOptions } from "./worker_listener.ts";

/** Bytes on the way to a worker above which it is sent no more: it doesn't read. */
const queuedBytesMax = 4 * 1024 * 1024;
const { cancel, giveBack, stop, ping, collect, pong, violation } = messages;
const { ready, began, begins, returned, finished, left } = messages;

/** One worker as the pool sees it. */
export class WorkerLink {
  readonly seat: number;
  readonly generation: number;
  readonly grant: Grant;
  /** `seat.generation`. */
  readonly name: string;
  bornMs: number;
  pid: number | null = null;
  /** Its process was started and has not ended. */
  alive = false;
  /** Takes jobs. */
  open = false;
  /** Ends when its jobs have. */
  leaving = false;
  /** Gets no more jobs until it is idle, while suspects of this lane wait. */
  reserved: Pick<Lane, "hasSuspects"> | null = null;
  /** Runs one suspect and nothing else. */
  exclusive = false;
  /** Gets no more jobs for now: it uses more than it should. */
  resting = false;
  /** When it has jobs and when it has none. */
  readonly spell = new Spell();
  /** The job it is ended for; the others in it are innocent. */
  culprit: Job | null = null;
  /** What it was killed for, where it was we who killed it. */
  sentence: Sentence | null = null;
  /** When something was last heard of it. */
  heardMs: number;
  /** Since when it was seen stopped, Infinity when it runs. */
  stoppedSinceMs = Infinity;
  /** It has been ready once. */
  welcomed = false;
  /** Jobs it ended. */
  served = 0;
  /** Jobs it may have in its life, once its successor is ready. */
  servedMax = Infinity;
  /** Jobs that may lie in it. */
  slotsMax: number;
  residentBytes: number | null = null;
  looked: Look | null = null;
  /** The jobs it has. */
  readonly slots = new Slots();
  /** Messages about jobs it does not have. */
  stale = 0;
  readonly #credit: Credit;
  readonly #options: WorkerOptions;
  readonly #briefing = new Briefing((message) => this.#process.send(message));
  #process!: WorkerProcess;
  readonly #ports: { readonly clock: Clock; readonly processes: Processes };
  readonly #listener: WorkerListener<WorkerLink>;

  /** A worker to be; `start` starts its process. */
  constructor(
    options: WorkerOptions,
    ports: { readonly clock: Clock; readonly processes: Processes },
    listener: WorkerListener<WorkerLink>,
  ) {
    ({ seat: this.seat, generation: this.generation, grant: this.grant } = options);
    this.name = `${options.seat}.${options.generation}`;
    this.#options = options;
    this.#credit = new Credit(options.kin);
    this.slotsMax = options.slotsMax;
    this.#ports = ports;
    this.#listener = listener;
    this.bornMs = this.heardMs = ports.clock.nowMs();
  }

  /** Starts the process. */
  start(): void {
    this.#process = this.#ports.processes.spawn(this, this.#events());
    this.bornMs -= this.#process.aheadMs ?? 0;
    this.alive = true;
  }

  /** Its process from its start on; `pid` is known once it has connected. */
  get startedPid(): number | null {
    return this.pid ?? (this.alive ? this.#process.pid : null);
  }

  /** Jobs sent and not begun. */
  get unbegun(): number {
    return this.slots.unbegun;
  }

  /** Jobs begun and not finished. */
  get running(): number {
    return this.slots.running;
  }

  /** Jobs that may be sent now. */
  get room(): number {
    if (!takes(this) || this.#process.queuedBytes > queuedBytesMax) return 0;
    const { unbegun, running } = this.slots;
    const most = Math.min(this.slotsMax, this.servedMax - this.served);
    return Math.min(this.#credit.jobs - unbegun, most - running - unbegun);
  }

  /** Nothing to do. */
  get idle(): boolean {
    return this.slots.running === 0 && this.slots.unbegun === 0;
  }

  /**
   * Jobs that wait here for others. The next one to be begun does not: a worker tells that it has
   * begun a job only after a moment's work, and one that holds the thread is told of at its end.
   */
  get waiting(): number {
    return Math.max(0, this.slots.unbegun - 1);
  }

  /** Since when the first of those has waited here; Infinity when there is none. */
  waitingSinceMs(): number {
    return this.slots.next(1)?.sentMs ?? Infinity;
  }

  /** Sends a job. The caller has looked at `room`. */
  send(job: Job, nowMs: number): void {
    this.#briefing.job(job);
    this.slots.put(job);
    job.sentMs = nowMs;
    const payload = job.limits === null ? job.payload : this.#listener.payload(this, job);
    this.spell.busy(nowMs);
    const trace = job.spec.traceparent === undefined ? "" : this.#listener.trace(this, job);
    this.#process.send(startMessage(job, payload, trace));
  }

  /** What was said to it in this turn leaves now. */
  hurry(): void {
    if (this.alive) this.#process.hurry?.();
  }

  /** Asks the worker to abort a job that was sent here. */
  abort(job: Job, because: string): void {
    if (!this.slots.has(job)) return;
    this.#listener.asked(this, job);
    this.#process.send(encode(cancel.kind, job.slot, because));
  }

  /** Takes no more jobs and gives back those not begun. */
  leave(): void {
    this.open = false;
    this.leaving = true;
    this.recall(0);
  }

  /** Asks the worker to end when its begun jobs have ended. */
  stop(): void {
    this.#process.send(String(stop.kind));
  }

  /** Asks it to collect its garbage: between jobs, or at once. */
  collect(atOnce: boolean): void {
    this.#process.send(`${collect.kind},${atOnce ? 1 : 0}`);
  }

  /** Asks for a sign of life. */
  ping(nonce: number): void {
    this.#process.send(`${ping.kind},${nonce}`);
  }

  /** Asks back what was sent and not begun, but for the first `keep`. */
  recall(keep: number): void {
    const count = this.slots.unbegun - keep;
    if (count > 0) this.#process.send(`${giveBack.kind},${count}`);
  }

  /** Ends the process, by force if it must be. What for is known before it is done. */
  kill(signal: "SIGTERM" | "SIGKILL", sentence: Sentence): void {
    this.sentence ??= sentence;
    if (this.alive) this.#process.kill(signal, this.grant.kind === "command");
  }

  /** Takes the next job for begun after `quietMs` of silence: it must be what holds the thread. */
  presume(nowMs: number, quietMs: number): void {
    const sinceMs = Math.max(this.heardMs, this.slots.next()?.sentMs ?? Infinity);
    if (this.running > 0 || nowMs - sinceMs < quietMs) return;
    this.#listener.began(this, [this.slots.presume(sinceMs)]);
  }

  /** All its jobs, when it has died. */
  strand(): Stranded {
    return this.slots.strand(this.#credit.reach);
  }

  #events(): WorkerEvents {
    return {
      connected: (pid) => void (this.pid = this.#process.pid ?? pid),
      frame: (batch) => this.#hear(batch),
      garbage: (because) => this.#listener.garbage(this, because),
      exited: (exit) => this.#gone(exit, describeExit(exit)),
      failed: (because) => this.#gone(null, because),
    };
  }

  #gone(exit: Exit | null, because: string): void {
    this.alive = this.open = false;
    this.#listener.gone(this, exit, because);
  }

  #hear(batch: unknown[]): void {
    const wrong = malformed(batch, "up");
    if (wrong) return this.#listener.garbage(this, wrong);
    this.heardMs = this.#ports.clock.nowMs();
    this.spell.hears(this.heardMs, this.running);
    for (let at = 0; at < batch.length;) {
      const kind = batch[at] as number;
      this.#obey(kind, batch, at + 1);
      at += 1 + arity(kind);
    }
    if (this.idle) this.exclusive = false;
    if (this.idle && this.open) this.spell.idle(this.heardMs);
    this.#listener.heard(this);
  }

  #obey(kind: number, batch: unknown[], at: number): void {
    if (kind === pong.kind) return; // It was heard; that is all a pong says.
    if (kind === left.kind) return this.#process.left(batch[at] as number);
    switch (kind) {
      case finished.kind:
        return this.#finished(batch, at);
      case began.kind:
        return this.#began(batch[at] as number, batch[at + 1] as number);
      case begins.kind:
        return this.#begins(batch[at] as number);
      case returned.kind:
        return this.#returned(batch[at] as number[]);
      case ready.kind:
        if (this.welcomed) return;
        this.open = this.welcomed = true;
        for (const operation of this.#options.known) this.#briefing.operation(operation);
        return this.#listener.ready(this);
      case violation.kind:
        return this.#listener.violated(this, batch.slice(at, at + 3) as never);
      default:
        if (isOfJob(kind)) return ofJob(this, batch, { kind, at, listener: this.#listener });
        return this.#listener.garbage(this, `message of kind ${kind} at the wrong time`);
    }
  }

  #began(count: number, heldMs: number): void {
    const { beginnable } = this.slots;
    if (count > beginnable) {
      return this.#listener.garbage(this, `began ${count} of ${beginnable} jobs`);
    }
    if (count === 0) return;
    const jobs = this.slots.begin(count, this.heardMs);
    this.spell.heldMs += heldMs;
    this.#credit.report(heldMs / count);
    this.recall(this.#credit.jobs);
    this.#listener.began(this, jobs);
  }

  #begins(count: number): void {
    const jobs = this.slots.announce(count, this.heardMs);
    if (jobs) this.#listener.began(this, jobs);
    else this.#listener.garbage(this, `begins ${count} of ${this.unbegun} jobs`);
  }

  #returned(slots: readonly number[]): void {
    const jobs = this.slots.giveBack(new Set(slots));
    this.stale += slots.length - jobs.length;
    if (jobs.length > 0) this.#listener.returned(this, jobs);
  }

  #finished(batch: unknown[], at: number): void {
    const [ending, runMs] = [batch[at + 1] as number, batch[at + 3] as number];
    const job = this.slots.finish(batch[at] as number, this.heardMs - runMs);
    // What a worker says is gossip: a job it does not have can't end.
    if (!job) return void this.stale++;
    this.served++;
    this.#listener.finished(this, job, conclude(job, ending, batch[at + 2], runMs, this.name));
  }
}
