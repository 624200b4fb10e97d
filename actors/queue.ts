/**
 * Accepts jobs, keeps them in order, and gives each exactly one ending.
 *
 * Memory is the queue, the store is the truth: a job is acknowledged after the store has it, and an
 * ending is told after the store has it. All changes of one turn of the loop go as one batch.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { concludeWithout } from "./conclude.ts";
import { type Doom, doom, type Verdict } from "./doom.ts";
import { DueJobs } from "./due_jobs.ts";
import type { Death } from "./exit.ts";
import { Gates } from "./gates/gates.ts";
import { Ingress, jobBytes } from "./ingress.ts";
import { isKept, Job, type Order } from "./job.ts";
import type { Lane } from "./lane.ts";
import { AllLanes } from "./lanes.ts";
import { Ledger } from "./ledger.ts";
import { unstored } from "./loss.ts";
import { markRestored } from "./mark_restored.ts";
import { withFailures } from "./failures.ts";
import { Numbered } from "./numbered.ts";
import { Patience } from "./patience.ts";
import type { Clock, Grant, Ports } from "./ports.ts";
import type { QueueLimits, QueueListener } from "./queue_listener.ts";
import { Retries } from "./retries.ts";
import { Returns } from "./returns.ts";
import { Wake } from "./wake.ts";
import { Trail } from "./trail.ts";
import { Watchers } from "./watchers.ts";

/** The jobs of all pools. */
export class Queue {
  readonly lanes: AllLanes;
  /** All that may hold a job back from its lane. */
  readonly gates: Gates;
  /** Which failures are tried again. */
  readonly retries: Retries;
  readonly wake: Wake;
  /** Accepted and not ended, by number. */
  readonly open = new Numbered<Job>();
  bytes = 0;
  /** Number of the next job that is kept. */
  nextId: number;
  /** Who is let in. */
  readonly ingress: Ingress;
  /** False when nothing new is taken. */
  accepting = true;
  readonly #watchers = new Watchers();
  #lastRunId = 0;
  /** Where changes are written to. */
  readonly ledger: Ledger;
  /** What is with workers, for the next process; null where none takes over. */
  readonly trail: Trail | null;
  readonly #due: DueJobs;
  readonly #patience: Patience;
  readonly #returns: Returns;
  readonly #clock: Clock;
  readonly #listener: QueueListener;

  /** A queue over `store`. */
  constructor(
    ports: Pick<Ports, "clock" | "random" | "store" | "stamp">,
    limits: QueueLimits,
    listener: QueueListener,
    newLane?: (grant: Grant) => Lane,
  ) {
    this.lanes = new AllLanes(newLane);
    this.#clock = ports.clock;
    this.ingress = new Ingress(ports, limits);
    this.retries = new Retries(ports.clock);
    this.#listener = listener;
    this.nextId = ports.store.lastJobId + 1;
    this.#due = new DueJobs(ports.clock, this.open);
    this.gates = new Gates({
      ...ports,
      due: this.#due,
      open: this.open,
      end: (job, verdict) => this.#endHere(job, verdict),
      flush: () => this.flush(),
      told: (job, fn) => void this.#watchers.add(job.id, fn),
      passed: (job) => this.#passed(job),
      begun: (job, from) => this.#patience.begin(job, from),
    });
    this.#patience = new Patience(ports.clock, this.#due, this.gates, {
      end: (job, verdict) => this.#endHere(job, verdict),
      cancel: (job, doomed, because) => this.cancel(job, because, false, doomed),
      overdue: (job) => listener.overdue(job),
    });
    this.wake = new Wake(ports.clock, (lane, atOnce) => listener.ready(lane, atOnce));
    this.ledger = new Ledger(ports.store, ports.clock, {
      accepted: (jobs) => this.#admit(jobs),
      lost: (jobs, because) => jobs.forEach((job) => this.#drop(job, because)),
      ended: (job) => this.#announce(job),
    });
    this.trail = ports.store.trail ? new Trail(ports.store.trail, ports.store.epoch) : null;
    this.#returns = new Returns({
      ...ports,
      gates: this.gates,
      lanes: this.lanes,
      retries: this.retries,
      wake: this.wake,
      ledger: this.ledger,
      trail: this.trail,
      listener,
      lay: (job) => this.#lay(job),
      settle: (job, outcome) => this.settle(job, outcome),
      end: (job, outcome) => this.#end(job, outcome),
      expire: (job) => this.#patience.expire(job),
    });
  }

  /** Jobs accepted, due and not yet sent to a worker. */
  get queued(): number {
    return this.lanes.queued;
  }

  /** The lane of a grant. */
  lane(grant: Grant): Lane {
    return this.lanes.of(grant);
  }

  /** Takes all orders or none; `accepted` is called when they are safe, `lost` when they are not. */
  submit(
    orders: readonly Order[],
    accepted?: () => void,
    lost?: (because: string) => void,
  ): readonly Job[] {
    this.ingress.submit(this, orders);
    const jobs = orders.map((order) => this.#add(order, this.nextId++));
    this.ledger.accept(jobs, accepted, lost);
    return jobs;
  }

  /** Takes an order for a caller who waits: it is not kept. A part of a job is never refused. */
  submitOne(order: Order, isPart = false): Job {
    if (!isPart) this.wake.meanwhile();
    if (!isPart) this.ingress.one(this, order);
    const job = this.#add(order, --this.#lastRunId);
    this.#admit([job]);
    return job;
  }

  /** Puts back jobs that an earlier life accepted. They keep their numbers. */
  restore(jobs: readonly Job[]): void {
    for (const job of jobs) {
      this.#open(job);
      this.nextId = Math.max(this.nextId, job.id + 1);
    }
    this.#admit(jobs);
  }

  /** Of restored jobs, those that had begun when the service died; `safe` as it says whether. */
  outlive(jobs: readonly Job[], safe: () => void): boolean {
    return this.#returns.outlive(jobs, safe);
  }

  /** Takes a job anew that had ended, under its number. */
  redrive(job: Job, accepted: () => void, lost: (because: string) => void): void {
    this.ingress.one(this, job);
    this.trail?.back([job]);
    this.#open(job);
    this.ledger.accept([job], accepted, lost, "redriven");
  }

  /** An attempt has ended; ends the job or lets it try again. */
  settle(job: Job, outcome: Outcome): void {
    job.slot = -1;
    if (job.state !== "running" && job.state !== "waiting") return;
    if (job.gates !== null) this.gates.settled(job, outcome);
    const ending = job.retries > 0 ? this.retries.judge(job, outcome) : outcome;
    if (ending === null) this.#returns.retry(job, outcome);
    else this.#end(job, ending);
  }

  /** Takes back jobs that were sent and not begun; they go to where they were. */
  release(jobs: readonly Job[]): void {
    this.#returns.release(jobs);
  }

  /** The worker of `jobs` has died, because of `culprit` where that is known. */
  lose(jobs: readonly Job[], culprit: Job | null, worker: string, death: Death): void {
    this.#returns.lose(jobs, culprit, worker, death);
  }

  /**
   * Ends a job that was not begun. A begun one is only marked, as its worker must end it first,
   * unless nobody will (`hard`).
   */
  cancel(job: Job, because: string, hard = false, doomed: Doom = "cancelled"): void {
    if (job.outcome) return;
    job.doomed = doomed;
    job.because = because;
    // One that is not safe yet ends when it is: no ending before the acceptance.
    if (!job.admitted) return;
    if (job.slot < 0 || hard) this.#endHere(job, doom(job));
    // Who dies before its worker has ended it shall know.
    else if (doomed === "cancelled" && isKept(job)) this.ledger.tried(job);
  }

  /** Calls `fn` once, when the job has ended, unless it was called off by then. */
  watch(job: Job, fn: () => void): () => void {
    return this.#watchers.add(job.id, fn);
  }

  /** Hands what was gathered in this turn to the store. */
  flush(): void {
    this.ledger.flush();
  }

  /** Forgets all that is due later, and lets go who waits. Jobs stay in the store. */
  close(): void {
    this.accepting = false;
    this.ledger.close();
    this.wake.close();
    this.gates.close();
    this.trail?.close();
    this.#due.clear();
    this.#watchers.close();
  }

  #add(order: Order, id: number): Job {
    return this.#open(new Job(id, order, this.#clock.nowMs(), this.#clock.wallMs()));
  }

  #open(job: Job): Job {
    job.gates = this.gates.of(job);
    this.open.set(job.id, job);
    this.bytes += job.payload.length + jobBytes;
    return job;
  }

  #admit(jobs: readonly Job[]): void {
    for (const job of jobs) {
      job.admitted = true;
      this.#lay(job);
      this.#patience.begin(job, null);
    }
    this.#listener.accepted(jobs);
    for (const job of jobs) {
      if (job.doomed) this.cancel(job, job.because, false, job.doomed);
      else if (job.state === "waiting") this.wake.soon(this.lane(job.operation.grant));
    }
  }

  #lay(job: Job): void {
    if (job.gates !== null && !this.gates.enter(job)) return;
    this.lanes.lay(job);
  }

  /** A job that was held has passed all gates now. */
  #passed(job: Job): void {
    this.wake.soon(this.lanes.lay(job));
  }

  /** Ends a job that no worker is asked about. */
  #endHere(job: Job, verdict: Verdict): void {
    this.lanes.forget(job);
    this.#end(job, this.#without(job, verdict, null));
  }

  #end(job: Job, outcome: Outcome): void {
    if (job.outcome) return; // Ended by force while its worker still had it.
    job.state = outcome.type;
    const told = job.gates === null ? outcome : this.gates.end(job, outcome);
    job.outcome = withFailures(job, markRestored(job, told, this.ledger.startedAt));
    this.bytes -= job.payload.length + jobBytes;
    if (isKept(job)) this.ledger.end(job, job.outcome);
    else this.#announce(job);
  }

  #announce(job: Job): void {
    this.open.delete(job.id);
    this.ingress.ended++;
    this.#listener.ended(job, job.outcome!);
    this.gates.after.ended(job);
    this.#tell(job);
  }

  /** As if it had never been asked for, but for those who wait for it. */
  #drop(job: Job, because: string): void {
    this.open.delete(job.id);
    this.bytes -= job.payload.length + jobBytes;
    job.outcome = this.#without(job, unstored(because), null);
    job.state = job.outcome.type;
    this.gates.after.dropped(job);
    this.#tell(job);
  }

  #tell(job: Job): void {
    job.ended?.(job, job.outcome!);
    this.#watchers.call(job.id);
  }

  #without(job: Job, verdict: Verdict, worker: string | null): Outcome {
    return concludeWithout(job, verdict, this.#clock.nowMs(), worker);
  }
}
