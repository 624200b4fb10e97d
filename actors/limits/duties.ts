/**
 * Holds commands to their share of CPU time where the kernel does not: their trees are stopped and
 * let go on again.
 *
 * @module
 */
import { type Duty, duty, look } from "../../policies/limits/duty.ts";
import type { Job } from "../job.ts";
import type { Clock, Trees } from "../ports.ts";
import type { Metered } from "./metered.ts";
import { cpuMsOf, living } from "./tree.ts";

/** Whose share is held. */
interface Held {
  readonly metered: Pick<Metered, "job" | "rows">;
  cores: number;
  duty: Duty | null;
  disarm: () => void;
}

/** Time until a command that was just started is looked for, ms. */
export const unseenMs = 25;

/** The commands of one pool that are held so. */
export class Duties {
  readonly #held = new Map<Job, Held>();
  readonly #clock: Clock;
  readonly #trees: Trees;

  /** Sees and stops processes through `trees`. */
  constructor(clock: Clock, trees: Trees) {
    this.#clock = clock;
    this.#trees = trees;
  }

  /** True while a command is held so. */
  holds(job: Job): boolean {
    return this.#held.has(job);
  }

  /** Holds a command to `cores` from now on. */
  hold(metered: Held["metered"], cores: number): void {
    const { job } = metered;
    const known = this.#held.get(job);
    if (known) return void (known.cores = cores);
    const nowMs = this.#clock.nowMs();
    // One that has just been started has all it has had since then; one that runs is forgiven.
    const begun = metered.rows.length === 0 ? duty(0, nowMs) : null;
    const held: Held = { metered, cores, duty: begun, disarm: () => {} };
    this.#held.set(job, held);
    this.#arm(held, nowMs + unseenMs);
  }

  /** Lets a command go on; it is held no more. */
  release(job: Job): void {
    const held = this.#held.get(job);
    if (!held) return;
    held.disarm();
    this.#held.delete(job);
    if (held.duty?.rests) this.#freeze(held, false);
  }

  /** Processes of all commands were looked at: what a resting one has just started rests too. */
  looked(): void {
    for (const held of this.#held.values()) if (held.duty?.rests) this.#freeze(held, true);
  }

  /** Lets all go on. */
  close(): void {
    for (const job of [...this.#held.keys()]) this.release(job);
  }

  #look(held: Held): void {
    const { job } = held.metered;
    if (job.doomed !== null) return this.release(job);
    const nowMs = this.#clock.nowMs();
    const rows = living(held.metered.rows, this.#trees);
    if (rows.length === 0) return this.#arm(held, nowMs + unseenMs);
    const cpuMs = cpuMsOf(rows);
    const before = held.duty;
    held.duty = before === null ? duty(cpuMs, nowMs) : look(before, cpuMs, nowMs, held.cores);
    if (held.duty.rests !== (before?.rests ?? false)) this.#freeze(held, held.duty.rests, rows);
    this.#arm(held, held.duty.wakeAtMs);
  }

  #freeze(held: Held, frozen: boolean, rows = living(held.metered.rows, this.#trees)): void {
    this.#trees.freeze(rows.map(({ pid }) => pid), frozen);
  }

  #arm(held: Held, untilMs: number): void {
    held.disarm = this.#clock.at(untilMs, () => this.#look(held));
  }
}
