/**
 * Whose turn it is among jobs with keys: at most so many of each key run at once, and at most so
 * many keys of a pattern.
 *
 * A job whose keys are taken waits beside its lane, so that nobody stands behind it, and what lies
 * in a lane can run. Its lane gets it back when a key is free. A key is taken when a worker takes the
 * job, not before: until then one of a better class may go first.
 *
 * @module
 */
import type { KeyLimits } from "../../messages/limits.ts";
import type { Gate, Hold } from "../gates/gate.ts";
import type { Job } from "../job.ts";
import { awaited } from "./awaited.ts";
import { Bunch } from "./bunch.ts";
import { type Rule, Rules } from "./rule.ts";
import { Semaphore, unused } from "./semaphore.ts";
import { turn } from "./turn.ts";

/** Keys and sets of keys that are remembered though no job has them. */
const idleMax = 1_024;

/** The jobs with keys of one queue. */
export class Turns implements Gate<Job> {
  /** Jobs that wait for keys. */
  parked = 0;
  readonly #paused = new Set<string>();
  rules = new Rules();
  readonly semaphores = new Map<string, Semaphore<Job>>();
  readonly bunches = new Map<string, Bunch<Job>>();
  #sweepAt = idleMax;
  /** Keys and rules that may have room for somebody. */
  readonly #freed: Semaphore<Job>[] = [];
  readonly #opened: Rule[] = [];
  readonly #call: (job: Job) => void;

  /** `call` leads a job on whose turn has come. */
  constructor(call: (job: Job) => void) {
    this.#call = call;
  }

  concerns({ keys }: Job): boolean {
    return keys !== null;
  }

  why(job: Job): Hold | null {
    const key = job.turn === turn.parked ? awaited(job) : null;
    return key && { gate: "key", ...key, untilMs: null };
  }

  /** Other limits hold from now on; what runs goes on. */
  adopt(limits: KeyLimits): void {
    this.rules = new Rules(limits);
    for (const key of this.semaphores.values()) {
      key.adopt(this.rules.of(key.name));
      this.#freed.push(key);
    }
    this.#settle();
  }

  /** Jobs with a key wait from now on, or no more; what runs goes on. */
  pause(name: string, isPaused: boolean): void {
    if (isPaused) this.#paused.add(name);
    else this.#paused.delete(name);
    const key = this.semaphores.get(name);
    if (!key) return;
    key.isPaused = isPaused;
    this.#freed.push(key);
    this.#settle();
  }

  /** A job comes to its lane, also back from a worker; false: it has to wait for its turn. */
  enter(job: Job): boolean {
    if (job.turn === turn.running) this.#giveBack(job);
    else {
      const bunch = this.#bunchOf(job.keys!);
      job.bunch = bunch;
      bunch.members++;
      const first = bunch.first;
      const blocker = first && first.rank <= job.rank ? bunch.at : bunch.blocker(job.rank);
      if (blocker !== null) {
        this.#park(bunch, job);
        if (bunch.first === job) this.#waitAt(bunch, blocker);
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
    const blocker = bunch.taken;
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
    }
    this.#settle();
    return blocker === null;
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
      return bunch.forget();
    }
    for (const key of bunch.keys) {
      if (was === turn.laid) key.laid[job.rank]!--;
      else this.#occupy(key, -1);
      this.#free(key);
      this.#recount(key);
    }
    this.#settle();
  }

  #giveBack(job: Job): void {
    job.turn = turn.laid;
    for (const key of job.bunch!.keys) {
      key.laid[job.rank]!++;
      this.#occupy(key, -1);
      this.#free(key);
      this.#recount(key);
    }
  }

  #lay(bunch: Bunch<Job>, job: Job): void {
    job.turn = turn.laid;
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
      const blocker = bunch.blocker(job.rank);
      if (blocker !== null) {
        this.#waitAt(bunch, blocker);
        if (blocker === key) return;
        continue;
      }
      bunch.take();
      this.parked--;
      this.#lay(bunch, job);
      bunch.waitFor(key);
      this.#call(job);
    }
  }

  /** Lets keys come into use that wait for it and may. */
  #open(rule: Rule): void {
    for (let applicant = rule.waiting.first; applicant; applicant = rule.waiting.first) {
      const key = applicant.isOver ? undefined : this.semaphores.get(applicant.name);
      if (key?.next?.rank === applicant.rank && key.isShut(applicant.rank)) return;
      rule.waiting.pop();
      if (!key) continue;
      applicant.isOver = true;
      this.#wake(key);
    }
  }

  #waitAt(bunch: Bunch<Job>, key: Semaphore<Job>): void {
    bunch.waitFor(key);
    key.apply();
  }

  #bunchOf(keys: readonly string[]): Bunch<Job> {
    const name = keys.length === 1 ? keys[0]! : keys.join("\0");
    let bunch = this.bunches.get(name);
    if (!bunch) {
      if (this.semaphores.size + this.bunches.size >= this.#sweepAt) this.#sweep();
      bunch = new Bunch(name, keys.map((key) => this.#semaphore(key)));
      this.bunches.set(name, bunch);
    }
    return bunch;
  }

  #semaphore(name: string): Semaphore<Job> {
    let key = this.semaphores.get(name);
    if (!key) {
      this.semaphores.set(name, key = new Semaphore(name, this.rules.of(name)));
      key.isPaused = this.#paused.has(name);
      key.rule.counts[unused]!++;
    }
    return key;
  }

  /** Forgets what nobody has any more. */
  #sweep(): void {
    for (const [name, bunch] of this.bunches) {
      if (bunch.members > 0) continue;
      this.bunches.delete(name);
      for (const key of bunch.keys) key.sets--;
    }
    for (const [name, key] of this.semaphores) {
      if (key.sets > 0) continue;
      key.rule.counts[unused]!--;
      this.semaphores.delete(name);
    }
    this.#sweepAt = idleMax + 2 * (this.semaphores.size + this.bunches.size);
  }
}
