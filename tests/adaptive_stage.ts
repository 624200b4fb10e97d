/** A stage for AdaptiveWorkerPool: a machine, a pool and a clock that do what the test says. */
import type { AdaptiveWorkerPoolOptions, ScalingEvent } from "../actors/adaptive_options.ts";
import { AdaptiveWorkerPool } from "../actors/adaptive_worker_pool.ts";
import type { Runtime } from "../actors/runtime.ts";
import type { HostReading } from "../messages/mailboxes.ts";
import { ManualClock } from "./manual_clock.ts";

/** A machine and a pool that do what the test says. */
export function stage(options: AdaptiveWorkerPoolOptions = {}) {
  const clock = new ManualClock();
  const load = { cores: 2, cpu: 50 as number | null, memory: 50 as number | null, queued: 0 };
  const actual = { workers: 0, resumed: 0, sizes: [] as number[] };
  let looks = 0;
  const host = {
    read(): HostReading {
      looks++;
      return {
        cores: load.cores,
        cpuRatio: load.cpu === null ? null : load.cpu / 100,
        memoryRatio: load.memory === null ? null : load.memory / 100,
        memoryAvailableBytes: 2_505.8 * 2 ** 20,
        cpuPressureRatio: null,
        memoryPressureRatio: null,
        ioPressureRatio: null,
      };
    },
  };
  const handle = {
    status: () => ({
      name: "default",
      queued: load.queued,
      workers: { ready: actual.workers, starting: 0, draining: 0, idle: 0 },
    }),
    resize(workers: number) {
      actual.workers = workers;
      actual.sizes.push(workers);
    },
    resume: () => void actual.resumed++,
  };
  const runtime = { pool: () => handle } as unknown as Pick<Runtime, "pool">;
  const events: ScalingEvent[] = [];
  const lines: string[] = [];
  const pool = new AdaptiveWorkerPool({
    host,
    clock,
    onDecision: (event) => events.push(event),
    log: (line) => lines.push(line),
    runtime,
    ...options,
  });
  return { pool, clock, load, actual, events, lines, host, looks: () => looks };
}

export const metrics = (cpu: number, memory: number, queue: number) => ({
  cpu_percent: cpu,
  memory_percent: memory,
  queue_depth: queue,
  available_memory_mb: 2_505.8,
});

/** Lets the load be `wave(tick)` at each adjustment and returns the size after it. */
export async function play(
  { pool, clock, load }: ReturnType<typeof stage>,
  ticks: number,
  wave: (tick: number) => Partial<typeof load>,
): Promise<number[]> {
  const sizes: number[] = [];
  for (let tick = 0; tick < ticks; tick++) {
    Object.assign(load, wave(tick));
    await clock.advance(5_000);
    sizes.push(pool.getStatus().current_workers);
  }
  return sizes;
}

/** Changes of direction in the busiest minute. */
export function flipsInAMinute(events: readonly ScalingEvent[]): number {
  const flips = events
    .filter((event, i) =>
      i > 0 && (event.to > event.from) !== (events[i - 1]!.to > events[i - 1]!.from)
    )
    .map(({ atMs }) => atMs);
  return Math.max(
    0,
    ...flips.map((atMs) => flips.filter((other) => other >= atMs && other < atMs + 60_000).length),
  );
}

/** Keys of a status, in their order. */
export const keys = [
  "current_workers",
  "min_workers",
  "max_workers",
  "cpu_percent",
  "memory_percent",
  "queue_depth",
  "available_memory_mb",
  "tasks_completed",
  "avg_task_time",
  "performance_gain_percent",
  "scaling_events",
];
