/**
 * The end of a runtime: what runs gets its time, is asked to end, and is ended.
 *
 * @module
 */
import type { CloseOptions } from "./runtime.ts";
import type { System } from "./system.ts";
import { until } from "./until.ts";
import { graceMs } from "./vigil.ts";

/** What a close needs. */
export interface ClosingParts {
  readonly system: System;
  /** Lets go of store and host. */
  readonly release: () => Promise<void>;
  /** Time that jobs have where a call does not say. */
  readonly drainMs: number;
}

/** The one close of a runtime. */
export class Closing {
  readonly #parts: ClosingParts;
  #closed: Promise<void> | null = null;
  /** When what runs is asked to end, and when it is ended, monotonic ms. */
  #askMs = Infinity;
  #killMs = Infinity;

  /** Nothing is closed yet. */
  constructor(parts: ClosingParts) {
    this.#parts = parts;
  }

  /** Begins to close, or hastens it. */
  close({ drainMs = this.#parts.drainMs, begunOnly = false }: CloseOptions): Promise<void> {
    const { estates, ports: { clock } } = this.#parts.system;
    const askMs = clock.nowMs() + drainMs;
    this.#askMs = Math.min(this.#askMs, askMs);
    // Who is in a hurry grants no grace.
    this.#killMs = Math.min(this.#killMs, askMs + Math.min(graceMs, drainMs));
    for (const { pool } of estates.values()) if (pool.parting.closing) pool.drain(drainMs);
    return this.#closed ??= this.#close(begunOnly);
  }

  async #close(begunOnly: boolean): Promise<void> {
    const { queue, estates, runs, ports: { clock, store } } = this.#parts.system;
    const pools = [...estates.values()].map(({ pool }) => pool);
    const isEmpty = () => pools.every(({ roster }) => roster.size === 0);
    queue.accepting = false;
    const late = () => clock.nowMs() >= this.#askMs;
    const durable = store.isDurable;
    // What is for later would only keep us until the time is over.
    const open = () => queue.open.size - queue.gates.calendar.scheduled;
    // What is durable may wait for the next start; what is in memory would be lost.
    if (!durable && !begunOnly) await until(clock, Infinity, () => late() || open() === 0);
    for (const pool of pools) pool.drain(Math.max(0, this.#askMs - clock.nowMs()));
    await until(clock, Infinity, () => clock.nowMs() >= this.#killMs || isEmpty());
    for (const pool of pools) pool.kill();
    await until(clock, Infinity, isEmpty);
    await runs.close();
    if (!durable) {
      for (const job of [...queue.open.values()]) queue.cancel(job, "The runtime was closed", true);
    }
    await this.#parts.system.stop();
    await this.#parts.release();
  }
}
