/**
 * Whose turn it is among jobs with keys: at most so many of each key run at once, and at most so
 * many keys of a pattern, and they take at most so much in a period.
 *
 * A job whose keys are taken waits beside its lane, so that nobody stands behind it, and what lies
 * in a lane can run. Its lane gets it back when a key is free. A key is taken when a worker takes the
 * job, not before: until then one of a better class may go first.
 *
 * @module
 */
import type { KeyLimits } from "../../messages/limits.ts";
import type { Outcome } from "../../messages/outcome.ts";
import type { DueJobs } from "../due_jobs.ts";
import type { Gate, Hold } from "../gates/gate.ts";
import type { Job } from "../job.ts";
import { awaited } from "./awaited.ts";
import type { Clock } from "../ports.ts";
import type { Bunch } from "./bunch.ts";
import { beginDraw, dropDraw, layDraw, settleDraw, takeDraw } from "./draw.ts";
import { keepNothing, keepOthers } from "./keep.ts";
import { Known } from "./known.ts";
import { type Placed, precedes } from "./precedes.ts";
import { type Rule, Rules } from "./rule.ts";
import type { Semaphore } from "./semaphore.ts";
import { turn } from "./turn.ts";

/** A key is not looked at sooner than so long after it was too dry, ms. */
const lookMs = 1;

/** The jobs with keys of one queue. */
export class Turns implements Gate<Job> {
  /** Jobs that wait for keys. */
  parked = 0;
  /** All keys and sets of keys. */
  readonly known: Known;
  /** Told that something was taken of a rate. */
  taken: () => void = () => {};
  /** Some keys have rates. */
  #metered = false;
  /** Keys and rules that may have room for somebody. */
  readonly #freed: Semaphore<Job>[] = [];
  readonly #opened: Rule[] = [];
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #due: Pick<DueJobs, "at">;
  readonly #call: (job: Job) => void;

  /** `call` leads a job on whose turn has come; `due` wakes us when keys have enough again. */
  constructor(
    clock: Pick<Clock, "nowMs">,
    due: Pick<DueJobs, "at">,
    call: (job: Job) => void,
  ) {
    this.known = new Known(clock);
    this.#clock = clock;
    this.#due = due;
    this.#call = call;
  }

  concerns({ keys }: Job): boolean {
    return keys !== null;
  }

  why(job: Job): Hold | null {
    return job.turn === turn.parked ? awaited(job, this.#clock.nowMs()) : null;
  }

  /** Other limits hold from now on; what runs goes on. */
  adopt(limits: KeyLimits): void {
    this.known.adopt(new Rules(limits, this.known.rules));
    this.#metered = this.known.rules.areMetered;
    this.#freed.push(...this.known.keys.values());
    this.#settle();
  }

  /** Jobs with a key wait from now on, or no more; what runs goes on. */
  pause(name: string, isPaused: boolean): void {
    const key = this.known.pause(name, isPaused);
    if (!key) return;
    this.#freed.push(key);
    this.#settle();
  }

  /** A job comes to its lane, also back from a worker; false: it has to wait for its turn. */
  enter(job: Job): boolean {
    if (job.turn === turn.running) this.#giveBack(job);
    else {
      const bunch = this.known.bunchOf(job.keys!);
      job.bunch = bunch;
      bunch.members++;
      const first = bunch.first;
      const blocker = first && first.rank <= job.rank ? bunch.at : bunch.blocker(job, this.#nowMs);
      if (blocker !== null) {
        this.#park(bunch, job);
        if (bunch.first !== job) return false;
        if (first) this.#unkeep(first, bunch);
        this.#waitAt(bunch, blocker);
        return false;
      }
      this.#lay(bunch, job);
    }
    this.#settle();
    return true;
  }

  /** A worker takes a job out of its lane; false: it may not have it, it waits for its turn again. */
  take(job: Job): boolean {
    const bunch = job.bunch!;
    const nowMs = this.#nowMs;
    const blocker = bunch.denier(job, nowMs);
    if (job.draw !== null) dropDraw(job);
    for (const key of bunch.keys) {
      key.laid[job.rank]!--;
      if (blocker) this.#free(key);
      else this.#occupy(key, 1);
      this.#recount(key);
    }
    job.turn = turn.running;
    if (blocker) {
      this.#park(bunch, job);
      this.#waitAt(bunch, blocker);
    } else if (this.#metered) takeDraw(job, bunch.keys, nowMs);
    this.#settle();
    return blocker === null;
  }

  /** A job that a worker has got is begun: what it took gets older from now on. */
  began(job: Job): void {
    const { draw, bunch } = job;
    if (draw === null || bunch === null) return;
    beginDraw(job, this.#clock.nowMs());
    this.taken();
    // Only now it is known when those who wait may have it.
    for (const key of bunch.keys) if (key.waiters > 0) this.#wind(key);
  }

  /** An attempt has ended: what it took really is known, and how long nobody may take more. */
  settled(job: Job, { retryAfterMs = 0 }: Outcome): void {
    const { draw, bunch } = job;
    if (draw === null || bunch === null) return;
    const nowMs = this.#clock.nowMs();
    beginDraw(job, nowMs);
    settleDraw(job, nowMs);
    this.taken();
    if (retryAfterMs > 0) { for (const { quota } of bunch.keys) quota?.rest(nowMs + retryAfterMs); }
  }

  /** Whether one waits for a key of `job`, which lies ready, and would go before it at `place`. */
  hasBetter(job: Job, { rank, urgency }: Pick<Placed, "rank" | "urgency">): boolean {
    const { id, dueMs, state, bunch } = job;
    const moved = { id, dueMs, state, rank, urgency };
    return bunch?.keys.some(({ next }) => next && precedes(next, moved)) ?? false;
  }

  /** A job has ended, or will come again. */
  leave(job: Job): void {
    const { bunch, turn: was } = job;
    if (!bunch) return;
    job.bunch = null;
    job.turn = turn.none;
    bunch.members--;
    if (was === turn.parked) {
      this.parked--;
      const { at } = bunch;
      bunch.forget(job);
      this.#unkeep(job, bunch);
      // Those behind it may need less.
      if (at?.quota) this.#free(at);
      return this.#settle();
    }
    if (job.draw !== null) dropDraw(job);
    for (const key of bunch.keys) {
      if (was === turn.laid) key.laid[job.rank]!--;
      else this.#occupy(key, -1);
      this.#free(key);
      this.#recount(key);
    }
    this.#settle();
  }

  #giveBack(job: Job): void {
    const { keys } = job.bunch!;
    job.turn = turn.laid;
    if (job.draw !== null) dropDraw(job);
    if (this.#metered) layDraw(job, keys);
    for (const key of keys) {
      key.laid[job.rank]!++;
      this.#occupy(key, -1);
      this.#free(key);
      this.#recount(key);
    }
  }

  #lay(bunch: Bunch<Job>, job: Job): void {
    job.turn = turn.laid;
    if (this.#metered) layDraw(job, bunch.keys);
    for (const key of bunch.keys) {
      key.laid[job.rank]!++;
      this.#recount(key);
    }
  }

  #park(bunch: Bunch<Job>, job: Job): void {
    job.turn = turn.parked;
    job.state = "blocked";
    this.parked++;
    bunch.add(job);
  }

  #occupy(key: Semaphore<Job>, jobs: 1 | -1): void {
    key.running += jobs;
    key.rule.running += jobs;
  }

  /** After its jobs have changed: who waits for it, or for a key like it, may have his turn. */
  #recount(key: Semaphore<Job>): void {
    const before = key.stage;
    const isLess = key.recount();
    if (isLess && key.rule.waiting.size > 0) this.#opened.push(key.rule);
    else if (!isLess && key.stage !== before) this.#free(key);
  }

  /** There may be room at `key` for those who wait for it. */
  #free(key: Semaphore<Job>): void {
    if (key.waiters > 0) this.#freed.push(key);
  }

  #settle(): void {
    while (this.#freed.length > 0 || this.#opened.length > 0) {
      // Keys that wait to come into use go before the one that has just left.
      const rule = this.#opened.pop();
      if (rule) this.#open(rule);
      else this.#wake(this.#freed.pop()!);
    }
  }

  /** Lets those go that wait for `key` and may. */
  #wake(key: Semaphore<Job>): void {
    for (let job = key.next; job; job = key.next) {
      const bunch = job.bunch!;
      const blocker = bunch.blocker(job, this.#nowMs);
      if (blocker !== null) {
        this.#waitAt(bunch, blocker);
        if (blocker === key) return;
        continue;
      }
      bunch.take();
      this.parked--;
      this.#lay(bunch, job);
      bunch.waitFor(key);
      this.#unkeep(job, bunch);
      this.#call(job);
    }
  }

  /** Lets keys come into use that wait for it and may. */
  #open(rule: Rule): void {
    for (let applicant = rule.waiting.first; applicant; applicant = rule.waiting.first) {
      const key = applicant.isOver ? undefined : this.known.keys.get(applicant.name);
      if (key?.next?.rank === applicant.rank && key.isShut(applicant.rank)) return;
      rule.waiting.pop();
      if (!key) continue;
      applicant.isOver = true;
      this.#wake(key);
    }
  }

  #waitAt(bunch: Bunch<Job>, key: Semaphore<Job>): void {
    bunch.waitFor(key);
    // Nobody wakes it in the line any more: one of a better class who stands there may go.
    if (key.apply()) this.#free(key);
    const { first } = bunch;
    if (!this.#metered || !first) return;
    for (const free of keepOthers(first, key, bunch.keys, this.#nowMs)) this.#free(free);
    this.#wind(key);
  }

  #unkeep(job: Job, { keys }: Bunch<Job>): void {
    if (this.#metered) { for (const key of keepNothing(job, keys)) this.#free(key); }
  }

  /** Sees to it that a key is looked at when there is enough for the first that waits for it. */
  #wind(key: Semaphore<Job>): void {
    const { quota, next } = key;
    if (quota === null || !next) return;
    const nowMs = this.#clock.nowMs();
    const opensMs = quota.opensMs(next, nowMs);
    if (opensMs <= nowMs || opensMs >= quota.wakeMs) return;
    const wakeMs = quota.wakeMs = Math.max(opensMs, nowMs + lookMs);
    this.#due.at(wakeMs, () => {
      if (quota.wakeMs === wakeMs) quota.wakeMs = Infinity;
      this.#free(key);
      this.#settle();
    });
  }

  get #nowMs(): number {
    return this.#metered ? this.#clock.nowMs() : 0;
  }
}
