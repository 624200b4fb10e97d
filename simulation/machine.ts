/**
 * The machine that simulated workers run on, and what can be seen of it.
 *
 * @module
 */
import type { Host } from "../actors/ports.ts";
import type { HostReading } from "../messages/mailboxes.ts";
import type { Vitals } from "../messages/vitals.ts";
import type { SimulatedClock } from "./clock.ts";
import { Cores } from "./cores.ts";

/** What a machine is made of. */
export interface MachineOptions {
  /** Default 8. */
  readonly cores?: number;
  /** Memory of the machine. Default 16 GB. */
  readonly memoryBytes?: number;
  /** What is taken of it by others. Default 1 GB. */
  readonly baseBytes?: number;
  /** Memory of one worker. Default 40 MB. */
  readonly workerBytes?: number;
  /** CPU time of the start of a worker, ms. Measured: 19. */
  readonly startCpuMs?: number;
}

/** Work takes so many times longer for the whole of what is used lying in swap. */
const swapSlowness = 20;

/** Nothing of a machine but what policies look at. */
const unseen: Vitals = {
  cpu: null,
  memory: null,
  group: null,
  pressure: { cpu: null, memory: null, io: null },
  disk: null,
  network: null,
  processes: null,
  load: null,
  temperatureCelsius: null,
  powerWatts: null,
  files: { open: null, openMax: null, own: null, ownMax: null },
  unknown: {},
};

/** What of a worker's main thread can be seen, ms. */
export interface Thread {
  /** On a core. */
  ranMs: number;
  /** Ready, and without one. */
  waitedMs: number;
}

/** A machine with cores and memory. */
export class SimulatedMachine implements Host {
  /** What work shares. */
  readonly cores: Cores;
  /** CPU time of the start of a worker, ms. */
  readonly startCpuMs: number;
  /** Processes that are alive, and what they have done, by pid. */
  readonly threads = new Map<number, () => Thread>();
  readonly #clock: SimulatedClock;
  readonly #memoryBytes: number;
  readonly #baseBytes: number;
  readonly #workerBytes: number;
  #usedMs = 0;
  #atMs = 0;
  /** Share of time lost to swapping since some instant. */
  #stalledMs = 0;
  #stalledRatio = 0;
  #stallAtMs = 0;
  #stallSeenMs = 0;

  /** With the defaults of {@link MachineOptions}. */
  constructor(clock: SimulatedClock, options: MachineOptions = {}) {
    this.#clock = clock;
    this.cores = new Cores(clock, options.cores ?? 8);
    this.#memoryBytes = options.memoryBytes ?? 16e9;
    this.#baseBytes = options.baseBytes ?? 1e9;
    this.#workerBytes = options.workerBytes ?? 40e6;
    this.startCpuMs = options.startCpuMs ?? 19;
  }

  /** A process has come or gone. */
  peopled(): void {
    const usedBytes = this.#usedBytes();
    const swapped = Math.max(0, usedBytes - this.#memoryBytes) / usedBytes;
    const drag = 1 + swapSlowness * swapped;
    this.#stall();
    this.#stalledRatio = 1 - 1 / drag;
    this.cores.slow(drag);
  }

  /** CPU and memory now, of CPU the share since the last call. */
  read(): HostReading {
    const nowMs = this.#clock.nowMs();
    const usedMs = this.cores.usedMs();
    const spanMs = nowMs - this.#atMs;
    const cpuRatio = spanMs > 0 ? (usedMs - this.#usedMs) / spanMs / this.cores.count : 0;
    this.#stall();
    const stalled = spanMs > 0 ? (this.#stalledMs - this.#stallSeenMs) / spanMs : 0;
    this.#usedMs = usedMs;
    this.#atMs = nowMs;
    this.#stallSeenMs = this.#stalledMs;
    const usedBytes = this.#usedBytes();
    return {
      cores: this.cores.count,
      cpuRatio: Math.min(1, cpuRatio),
      memoryRatio: Math.min(1, usedBytes / this.#memoryBytes),
      memoryAvailableBytes: Math.max(0, this.#memoryBytes - usedBytes),
      cpuPressureRatio: null,
      memoryPressureRatio: Math.min(1, stalled),
      ioPressureRatio: null,
    };
  }

  /** Unknown: policies do not ask. */
  vitals(): Vitals {
    return unseen;
  }

  /** There is nobody else. */
  walk(): number {
    return Infinity;
  }

  /** Asleep, or gone. */
  processState(pid: number): string | null {
    return this.threads.has(pid) ? "S" : null;
  }

  /** None. */
  scriptThreads(): number {
    return 0;
  }

  /** What a worker's thread did; our own does nothing that would be worth it. */
  threadMs(pid: number | "self"): Thread | null {
    return pid === "self" ? null : this.threads.get(pid)?.() ?? null;
  }

  /** The same for all workers. */
  residentBytes(pid: number): number | null {
    return this.threads.has(pid) ? this.#workerBytes : null;
  }

  #usedBytes(): number {
    return this.#baseBytes + this.threads.size * this.#workerBytes;
  }

  #stall(): void {
    const nowMs = this.#clock.nowMs();
    this.#stalledMs += (nowMs - this.#stallAtMs) * this.#stalledRatio;
    this.#stallAtMs = nowMs;
  }
}
