/**
 * The keys and sets of keys that jobs have, or had lately.
 *
 * @module
 */
import type { Job } from "../job.ts";
import type { Clock } from "../ports.ts";
import { Bunch } from "./bunch.ts";
import { Rules } from "./rule.ts";
import { Semaphore, unused } from "./semaphore.ts";

/** Keys and sets of keys that are remembered though no job has them. */
const idleMax = 1_024;

/** Makes each when a job has it for the first time, and forgets it when nobody has it any more. */
export class Known {
  rules = new Rules();
  readonly keys = new Map<string, Semaphore<Job>>();
  readonly bunches = new Map<string, Bunch<Job>>();
  readonly #paused = new Set<string>();
  #sweepAt = idleMax;
  readonly #clock: Pick<Clock, "nowMs">;

  /** No key yet, and no limits. */
  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** Other limits hold from now on. */
  adopt(rules: Rules): void {
    this.rules = rules;
    for (const key of this.keys.values()) key.adopt(rules.of(key.name), this.#clock.nowMs());
  }

  /** No job may begin that has a key, or they may again; the key, if any job has it. */
  pause(name: string, isPaused: boolean): Semaphore<Job> | undefined {
    if (isPaused) this.#paused.add(name);
    else this.#paused.delete(name);
    const key = this.keys.get(name);
    if (key) key.isPaused = isPaused;
    return key;
  }

  /** All jobs with these keys. */
  bunchOf(keys: readonly string[]): Bunch<Job> {
    const name = keys.length === 1 ? keys[0]! : keys.join("\0");
    let bunch = this.bunches.get(name);
    if (!bunch) {
      if (this.keys.size + this.bunches.size >= this.#sweepAt) this.#sweep();
      bunch = new Bunch(name, keys.map((key) => this.key(key)));
      this.bunches.set(name, bunch);
    }
    return bunch;
  }

  /** One key. */
  key(name: string): Semaphore<Job> {
    let key = this.keys.get(name);
    if (!key) {
      this.keys.set(name, key = new Semaphore(name, this.rules.of(name)));
      key.isPaused = this.#paused.has(name);
      key.rule.counts[unused]!++;
    }
    return key;
  }

  /** Forgets what nobody has any more, unless it is still known what was taken lately. */
  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    for (const [name, bunch] of this.bunches) {
      if (bunch.members > 0) continue;
      this.bunches.delete(name);
      for (const key of bunch.keys) key.sets--;
    }
    for (const [name, key] of this.keys) {
      if (key.sets > 0 || key.quota?.isEmpty(nowMs) === false) continue;
      key.rule.counts[unused]!--;
      this.keys.delete(name);
    }
    this.#sweepAt = idleMax + 2 * (this.keys.size + this.bunches.size);
  }
}
