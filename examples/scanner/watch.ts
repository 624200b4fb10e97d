/**
 * Watches a runtime from outside while it works: size of the pool, CPU and memory over time.
 *
 * @module
 */
import type { Runtime } from "../../actors/runtime.ts";
import { memoryOf, treeCpuMs } from "./gauge.ts";

/** Size of the pool from an instant on; only changes are listed. */
export type Size = readonly [atMs: number, workers: number];

/** What a {@link Watch} saw. */
export interface Seen {
  readonly workers: readonly Size[];
  /** Highest share of all cores that this process and its workers used within a look, 0..1. */
  readonly peakCpuRatio: number;
  readonly peakRssBytes: number;
  readonly peakPssBytes: number;
}

/** Time between two looks at the size and the CPU time, ms. */
const lookMs = 250;
/**
 * A look at memory walks all pages of each process: 10 to 20 ms in which nobody feeds the workers. So
 * only each eighth one does; a run of less than 2 s is looked at when its clock has stopped.
 */
const looksPerMemory = 8;

/** Looks at `runtime` from its making to its disposal. */
export class Watch implements Disposable {
  readonly #runtime: Runtime;
  readonly #startMs = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #workers: Size[] = [];
  #looks = 0;
  #lastMs = this.#startMs;
  #lastCpuMs: number;
  #peakCpuRatio = 0;
  #peakRssBytes = 0;
  #peakPssBytes = 0;

  /** Begins to look. */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#lastCpuMs = this.#cpuMs();
    this.#lookAtSize();
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** A last look, and all that was seen. */
  seen(): Seen {
    this.#look();
    this.#lookAtMemory();
    return {
      workers: this.#workers,
      peakCpuRatio: this.#peakCpuRatio,
      peakRssBytes: this.#peakRssBytes,
      peakPssBytes: this.#peakPssBytes,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#lookAtSize();
    this.#lookAtCpu();
    if (++this.#looks % looksPerMemory === 0) this.#lookAtMemory();
  }

  #lookAtSize(): void {
    const workers = this.#runtime.status().size;
    if (this.#workers.at(-1)?.[1] === workers) return;
    this.#workers.push([Math.round(performance.now() - this.#startMs), workers]);
  }

  #lookAtCpu(): void {
    const nowMs = performance.now();
    const passedMs = nowMs - this.#lastMs;
    if (passedMs < lookMs / 2) return; // Ticks of 10 ms say nothing about shorter times.
    const cpuMs = this.#cpuMs();
    const ratio = (cpuMs - this.#lastCpuMs) / passedMs / navigator.hardwareConcurrency;
    this.#peakCpuRatio = Math.max(this.#peakCpuRatio, Math.min(1, ratio));
    this.#lastMs = nowMs;
    this.#lastCpuMs = cpuMs;
  }

  #lookAtMemory(): void {
    const { rssBytes, pssBytes } = memoryOf(this.#pids());
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rssBytes);
    this.#peakPssBytes = Math.max(this.#peakPssBytes, pssBytes);
  }

  #cpuMs(): number {
    return treeCpuMs(Deno.pid, this.#pids());
  }

  #pids(): number[] {
    return [Deno.pid, ...this.#runtime.workerPids];
  }
}
