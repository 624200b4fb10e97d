/**
 * The threshold rules with their own clockwork, for programs that want AdaptiveWorkerPool as it
 * was: a class with a start and a stop.
 *
 * @module
 */
import type { PoolStatus } from "../messages/status.ts";
import { type Ewma, smooth, unmeasured } from "../policies/estimators/ewma.ts";
import { gainPercent, meanTime, performanceWindow, take } from "../policies/estimators/window.ts";
import {
  calculateOptimalWorkers,
  classicDefaults,
  type ClassicOptions,
  rule,
  type SystemMetrics,
} from "../policies/scaling/classic.ts";
import {
  type AdaptiveNumbers,
  adaptiveNumbers,
  type AdaptiveWorkerPoolOptions,
  type ScalingEvent,
} from "./adaptive_options.ts";
import { realClock } from "./host/clock.ts";
import { gauges } from "./host/gauges.ts";
import type { Clock } from "./ports.ts";

/** The 11 keys of {@link AdaptiveWorkerPool.getStatus}. Null is unknown. */
export interface WorkerPoolMetrics extends SystemMetrics {
  /** Ready and starting; the computed size when there is no runtime. */
  readonly current_workers: number;
  /** Smallest size. */
  readonly min_workers: number;
  /** Largest size. */
  readonly max_workers: number;
  /** Times recorded so far. */
  readonly tasks_completed: number;
  /** Mean of the last 100, s. */
  readonly avg_task_time: number | null;
  /** Less time a task than the first 50 took; null before there were 50. */
  readonly performance_gain_percent: number | null;
  /** Changes of size so far. */
  readonly scaling_events: number;
}

/** Changes of size that are remembered. */
const eventsKept = 100;
/** How long the CPU is watched when nothing is known of it yet. */
const firstLookMs = 100;

/**
 * Keeps the size of a pool by CPU, memory and queue. CPU and queue are smoothed before the rules
 * see them, and a change of direction waits, so that a load that flickers does not make the size
 * flicker; the rules themselves are {@link AdaptiveWorkerPool.calculateOptimalWorkers}.
 *
 * Without a runtime it only computes a size, and its queue is empty.
 */
export class AdaptiveWorkerPool {
  /** Limits, intervals and thresholds in force. */
  readonly options: AdaptiveNumbers;
  readonly #given: AdaptiveWorkerPoolOptions;
  readonly #rules: ClassicOptions;
  readonly #clock: Clock;
  readonly #read: () => SystemMetrics;
  #seen: SystemMetrics | null = null;
  #cpu: Ewma = unmeasured;
  #queue: Ewma = unmeasured;
  #window = performanceWindow();
  #workers: number;
  #events: ScalingEvent[] = [];
  #eventsCount = 0;
  /** When a size above and one below the present one was wanted last. */
  #wantedAtMs = { up: -Infinity, down: -Infinity };
  #adjusting: Promise<number> | null = null;
  readonly #timers = new Set<() => void>();
  #running = false;

  /**
   * Takes its options, and a first look at the host where it needs one.
   *
   * @throws {Refusal} `invalid_options`, naming every field that is wrong.
   */
  constructor(options: AdaptiveWorkerPoolOptions = {}) {
    const host = options.host ?? gauges();
    const limited = options.minWorkers !== undefined && options.maxWorkers !== undefined;
    // The first look also starts the measuring of CPU time.
    const cores = limited && options.enableMonitoring === false ? 1 : host.read().cores;
    this.options = adaptiveNumbers(options, cores);
    this.#given = options;
    this.#rules = {
      ...classicDefaults,
      cpuLowRatio: this.options.scaleUpCpuThreshold / 100,
      growMostAboveJobs: this.options.scaleUpQueueThreshold,
      cpuHighRatio: this.options.scaleDownCpuThreshold / 100,
      shrinkBelowJobs: this.options.scaleDownQueueThreshold,
      memoryHighRatio: this.options.memoryPressureThreshold / 100,
    };
    this.#clock = options.clock ?? realClock;
    this.#read = () => {
      const { cpuRatio, memoryRatio, memoryAvailableBytes } = host.read();
      return {
        cpu_percent: percentOf(cpuRatio),
        memory_percent: percentOf(memoryRatio),
        queue_depth: this.#pool()?.queued ?? 0,
        available_memory_mb: memoryAvailableBytes === null ? null : memoryAvailableBytes / 2 ** 20,
      };
    };
    this.#workers = this.options.minWorkers;
  }

  /** The latest changes of size, oldest first, at most 100. */
  get scalingEvents(): readonly ScalingEvent[] {
    return this.#events;
  }

  /** The size the rules ask for, inside the limits. Pure: neither smoothed nor remembered. */
  calculateOptimalWorkers(metrics: SystemMetrics, currentWorkers: number = this.#workers): number {
    return calculateOptimalWorkers(metrics, currentWorkers, this.options, this.#rules);
  }

  /** Takes the time a task took, s. */
  recordTaskTime(seconds: number): void {
    this.#window = take(this.#window, seconds);
  }

  /** How much less time tasks take than the first 50 did, %; null before there were 50. */
  performanceGainPercent(): number | null {
    return gainPercent(this.#window);
  }

  /** Size, limits, the latest metrics and the tasks, under 11 keys. */
  getStatus(): WorkerPoolMetrics {
    const pool = this.#pool();
    return {
      current_workers: pool ? pool.workers.ready + pool.workers.starting : this.#workers,
      min_workers: this.options.minWorkers,
      max_workers: this.options.maxWorkers,
      cpu_percent: this.#seen?.cpu_percent ?? null,
      memory_percent: this.#seen?.memory_percent ?? null,
      queue_depth: pool?.queued ?? 0,
      available_memory_mb: this.#seen?.available_memory_mb ?? null,
      tasks_completed: this.#window.count,
      avg_task_time: meanTime(this.#window),
      performance_gain_percent: this.performanceGainPercent(),
      scaling_events: this.#eventsCount,
    };
  }

  /** Reads CPU, memory and queue now. Watches the CPU for 0.1 s when nothing is known of it yet. */
  async getSystemMetrics(): Promise<SystemMetrics> {
    let metrics = this.#read();
    if (metrics.cpu_percent === null) {
      await new Promise<void>((resolve) => this.#at(this.#clock.nowMs() + firstLookMs, resolve));
      metrics = this.#read();
    }
    return this.#seen = metrics;
  }

  /** Adjusts the size once and returns it. One adjustment at a time: a second call joins it. */
  adjustWorkers(): Promise<number> {
    return this.#adjusting ??= this.#adjust().finally(() => this.#adjusting = null);
  }

  /** Brings the pool within its limits and, with monitoring on, adjusts it from now on. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const pool = this.#pool();
    if (pool) {
      const present = pool.workers.ready + pool.workers.starting;
      const { minWorkers, maxWorkers } = this.options;
      this.#resize(Math.max(minWorkers, Math.min(maxWorkers, present)));
    }
    if (this.#given.enableMonitoring === false) return;
    this.#every(this.options.metricsLogIntervalS, () => this.#log(this.getStatus()));
    this.#every(this.options.adjustmentIntervalS, () => {
      // A failed look changes nothing; the next one comes in its time.
      this.adjustWorkers().catch((error) => this.#log({ adjustmentFailed: String(error) }));
    });
    await this.getSystemMetrics().catch((error) => this.#log({ metricsFailed: String(error) }));
  }

  /** Stops adjusting, waits for an adjustment under way, gives the pool back to its policy. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    for (const wake of [...this.#timers]) wake();
    await this.#adjusting?.catch(() => {});
    this.#given.runtime?.pool(this.#given.pool).resume();
  }

  async #adjust(): Promise<number> {
    const wasRunning = this.#running;
    const metrics = await this.getSystemMetrics();
    const { cpu_percent, memory_percent, queue_depth } = metrics;
    const stopped = wasRunning && !this.#running;
    if (stopped || cpu_percent === null || memory_percent === null) return this.#workers;

    const { smoothingFactor } = this.options;
    this.#cpu = smooth(this.#cpu, cpu_percent, smoothingFactor);
    this.#queue = smooth(this.#queue, queue_depth, smoothingFactor);
    const calm = { ...metrics, cpu_percent: this.#cpu.value, queue_depth: this.#queue.value! };
    this.#decide(calm, this.calculateOptimalWorkers(calm));
    return this.#workers;
  }

  #decide(metrics: SystemMetrics, to: number): void {
    const { cpu_percent, memory_percent, queue_depth } = metrics;
    const { change, because } = rule(
      cpu_percent! / 100,
      memory_percent! / 100,
      queue_depth,
      this.#rules,
    );
    if (change === 0) return;
    const nowMs = this.#clock.nowMs();
    const [wanted, other] = change > 0 ? ["up", "down"] as const : ["down", "up"] as const;
    this.#wantedAtMs[wanted] = nowMs;
    const turning = nowMs - this.#wantedAtMs[other] < this.options.reversalHoldS * 1_000;
    const pressed = memory_percent! > this.options.memoryPressureThreshold;
    if (to === this.#workers || (turning && !pressed)) return;

    const from = this.#workers;
    this.#resize(to);
    const event = { atMs: nowMs, from, to, because, metrics };
    this.#events = [...this.#events.slice(1 - eventsKept), event];
    this.#eventsCount++;
    this.#given.onDecision?.(event);
  }

  #resize(workers: number): void {
    this.#given.runtime?.pool(this.#given.pool).resize(workers);
    this.#workers = workers;
  }

  #pool(): PoolStatus | undefined {
    return this.#given.runtime?.pool(this.#given.pool).status();
  }

  #log(entry: object): void {
    this.#given.log?.(JSON.stringify(entry));
  }

  /** Calls `act` every `intervalS` until stopped, without drift. */
  #every(intervalS: number, act: () => void): void {
    let dueMs = this.#clock.nowMs();
    const arm = () => {
      dueMs = Math.max(dueMs + intervalS * 1_000, this.#clock.nowMs());
      this.#at(dueMs, () => {
        if (!this.#running) return;
        arm();
        act();
      });
    };
    arm();
  }

  /** Calls `then` at `untilMs`, or at once when everything stops. */
  #at(untilMs: number, then: () => void): void {
    const wake = () => {
      disarm();
      this.#timers.delete(wake);
      then();
    };
    const disarm = this.#clock.at(untilMs, wake);
    this.#timers.add(wake);
  }
}

function percentOf(ratio: number | null): number | null {
  return ratio === null ? null : ratio * 100;
}
