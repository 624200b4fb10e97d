/**
 * The way of a job from its acceptance into its lane: gate after gate.
 *
 * What blocks a job waits beside its lane, so that nobody stands behind it, and what lies in a lane
 * can run. Most jobs meet no gate at all.
 *
 * @module
 */
import type { Outcome } from "../../messages/outcome.ts";
import { Results } from "../cache/results.ts";
import { Circuits } from "../circuits/circuits.ts";
import type { Verdict } from "../doom.ts";
import type { DueJobs } from "../due_jobs.ts";
import type { Job } from "../job.ts";
import type { Numbered } from "../numbered.ts";
import type { Clock, Stamp, Store } from "../ports.ts";
import { RatesKept } from "../turns/rates_kept.ts";
import { Turns } from "../turns/turns.ts";
import { After } from "./after.ts";
import { Calendar } from "./calendar.ts";
import type { Gate, Hold } from "./gate.ts";
import { Holds } from "./holds.ts";
import { Timetable } from "./timetable.ts";

/** What gates stand on. */
export interface GateParts {
  readonly clock: Clock;
  readonly store: Pick<Store, "read" | "append">;
  readonly stamp?: Stamp;
  readonly due: DueJobs;
  readonly open: Pick<Numbered<Job>, "get">;
  /** Lays a job into its lane that was held and has passed all gates now. */
  readonly passed: (job: Job) => void;
  /** Ends a job that can't go on any more. */
  readonly end: (job: Job, verdict: Verdict) => void;
  /** Hands all that has ended to the store. */
  readonly flush: () => void;
  /** Calls `fn` once, when the ending of a job is safe and was told. */
  readonly told: (job: Job, fn: () => void) => void;
  /** What a job waited for at `from` has come: from now on its own patience counts. */
  readonly begun: (job: Job, from: Gate<Job>) => void;
}

/** All gates of a queue. */
export class Gates {
  readonly calendar: Calendar;
  /** Jobs that wait for others. */
  readonly after: After;
  readonly timetable: Timetable;
  /** Results that are known. */
  readonly results: Results;
  /** Breakers of operations and hosts. */
  readonly circuits: Circuits;
  /** Whose turn it is among jobs with keys. */
  readonly turns: Turns;
  readonly #holds: Holds;
  readonly #rates: RatesKept;
  /** In the order in which jobs meet them. */
  readonly #all: readonly Gate<Job>[];
  /** Some of them, by a bit for each. */
  readonly #lists: (readonly Gate<Job>[] | undefined)[] = [];

  /** Nobody is held yet. */
  constructor(parts: GateParts) {
    const { clock, due, open, passed, begun } = parts;
    const goOn = (job: Job) => {
      this.#holds.ended(job);
      return this.#enter(job, 1 + job.gates!.indexOf(job.heldBy!));
    };
    const call = (job: Job) => void (goOn(job) && passed(job));
    const begin = (job: Job) => {
      const from = job.heldBy!;
      const isFree = goOn(job);
      begun(job, from);
      if (isFree) passed(job);
    };
    this.#holds = new Holds(clock);
    this.calendar = new Calendar(clock, open, begin);
    this.after = new After({ ...parts, begin });
    this.timetable = new Timetable(due, clock, call);
    this.results = new Results({ ...parts, call });
    this.circuits = new Circuits(clock, call);
    this.turns = new Turns(clock, due, call);
    this.#rates = new RatesKept(this.turns.known, parts);
    this.turns.taken = () => this.#rates.changed();
    const { calendar, after, timetable, results, circuits, turns } = this;
    this.#all = [calendar, after, timetable, results, circuits, turns];
  }

  /** The gates that a new job has to pass, null where there are none; many jobs share a list. */
  of(job: Job): readonly Gate<Job>[] | null {
    let mask = 0;
    for (let i = 0; i < this.#all.length; i++) if (this.#all[i]!.concerns(job)) mask |= 1 << i;
    if (mask === 0) return null;
    return this.#lists[mask] ??= this.#all.filter((_, i) => mask & 1 << i);
  }

  /** Leads a job through its gates; false where one holds it. */
  enter(job: Job): boolean {
    return this.#enter(job, 0);
  }

  /** A worker is to have a job out of its lane; false: a gate holds it after all. */
  take(job: Job): boolean {
    const gates = job.gates!;
    for (let i = 0; i < gates.length; i++) {
      if (gates[i]!.take(job)) continue;
      job.heldBy = gates[i]!;
      // Those before give back what it took of them; one that is shut by now holds it instead.
      let at = 0;
      while (at < i && gates[at]!.enter(job)) at++;
      this.#leaveBehind(job, at);
      this.#hold(job, gates[at]!);
      return false;
    }
    return true;
  }

  /** An attempt of a job has ended. */
  settled(job: Job, outcome: Outcome): void {
    for (const gate of job.gates!) gate.settled?.(job, outcome);
  }

  /** A job has ended, or comes anew. */
  leave(job: Job): void {
    for (const gate of job.gates!) gate.leave(job);
    job.heldBy = null;
    this.#holds.forget(job);
  }

  /** A job has ended; its outcome tells how long keys have held it, where that is of interest. */
  end(job: Job, outcome: Outcome): Outcome {
    const keysMs = this.#holds.of(job);
    this.leave(job);
    return keysMs === null ? outcome : { ...outcome, keysMs };
  }

  /** How long keys have held this attempt of a step of a workflow, ms. */
  keysMs(job: Job): number {
    return this.#holds.of(job) ?? 0;
  }

  /** Takes over what an earlier life knew, by actor. */
  restore(stored: ReadonlyMap<string, unknown>): void {
    this.circuits.restore(stored.get("breakers"));
    this.#rates.restore(stored.get("rates"));
  }

  /** Lets nobody go any more. */
  close(): void {
    this.#rates.keep();
    this.calendar.close();
    this.after.close();
    this.results.close();
    this.circuits.close();
  }

  /** Why a job is held; null where it is not. */
  why(job: Job): Hold | null {
    return job.heldBy?.why(job) ?? null;
  }

  #enter(job: Job, from: number): boolean {
    const gates = job.gates!;
    for (let i = from; i < gates.length; i++) {
      job.heldBy = gates[i]!;
      if (gates[i]!.enter(job)) continue;
      this.#hold(job, gates[i]!);
      this.#leaveBehind(job, i);
      return false;
    }
    job.heldBy = null;
    return true;
  }

  /** It will meet those behind the `at`th gate anew, also where it comes back from a worker. */
  #leaveBehind(job: Job, at: number): void {
    const gates = job.gates!;
    for (let behind = at + 1; behind < gates.length; behind++) gates[behind]!.leave(job);
  }

  #hold(job: Job, by: Gate<Job>): void {
    job.heldBy = by;
    if (by === this.turns) this.#holds.began(job);
  }
}
