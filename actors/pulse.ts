/**
 * The pool's part of a reading: what changed since the last one.
 *
 * @module
 */
import type { Reading } from "../messages/signals.ts";
import { quantile } from "../policies/estimators/histogram.ts";
import type { Metrics } from "./metrics.ts";
import type { Pool } from "./pool.ts";
import type { Clock, Host } from "./ports.ts";
import type { Queue } from "./queue.ts";
import type { Sampler } from "./sampler.ts";
import type { WorkerLink } from "./worker.ts";

/** Workers whose threads are looked at for one reading; a look costs about 10 µs. */
const looksMax = 16;
/** Shortest time over which a share of time means something, ms. */
const spanMinMs = 20;

interface Look {
  readonly atMs: number;
  readonly heldMs: number;
  readonly wantedMs: number;
}

/** Takes readings of one pool. */
export class Pulse {
  #accepted = 0;
  #finished = 0;
  #failed = 0;
  #runSumMs = 0;
  #durationMs: number | null = null;
  #looks = new WeakMap<WorkerLink, Look>();
  #next = 0;
  readonly #clock: Clock;
  readonly #host: Host;

  /** Looks at workers through `host`. */
  constructor(clock: Clock, host: Host) {
    this.#clock = clock;
    this.#host = host;
  }

  /** One reading. */
  take(pool: Pool, queue: Queue, metrics: Metrics, sampler: Sampler): Reading {
    const nowMs = this.#clock.nowMs();
    const view = pool.view(nowMs);
    const finished = metrics.finished - this.#finished;
    if (finished > 0) this.#durationMs = (metrics.runSumMs - this.#runSumMs) / finished;
    let commandsQueued = 0;
    for (const lane of queue.lanes.values()) {
      if (lane.grant.kind === "command") commandsQueued += lane.queued;
    }
    const reading: Reading = {
      nowMs,
      ...sampler.latest,
      hostAgeMs: sampler.ageMs,
      queued: view.queued,
      oldestWaitMs: Math.max(0, nowMs - Math.min(nowMs, pool.oldestDueMs())),
      running: pool.links.reduce((sum, link) => sum + link.running, 0),
      commandsQueued,
      commandsRunning: pool.dispatcher.commandsSent,
      workers: view.ready,
      starting: view.starting,
      idle: view.idleSinceMs.length,
      arrivals: metrics.accepted - this.#accepted,
      finished,
      failed: metrics.failed - this.#failed,
      durationMs: this.#durationMs,
      ...this.#threads(pool.links, nowMs),
      workerBytes: this.#workerBytes(pool.links),
      startP50Ms: quantile(metrics.startMs, 0.5),
      startP99Ms: quantile(metrics.startMs, 0.99),
    };
    this.#accepted = metrics.accepted;
    this.#finished = metrics.finished;
    this.#failed = metrics.failed;
    this.#runSumMs = metrics.runSumMs;
    return reading;
  }

  /** How busy the threads of busy workers are: held by jobs, and wanting a core. */
  #threads(links: readonly WorkerLink[], nowMs: number) {
    let held = 0;
    let wanted = 0;
    let count = 0;
    const busy = links.filter((link) => link.open && !link.idle && link.grant.kind === "task");
    for (let i = 0; i < Math.min(looksMax, busy.length); i++) {
      const link = busy[this.#next++ % busy.length]!;
      const before = this.#looks.get(link);
      if (before && nowMs - before.atMs < spanMinMs) continue;
      const thread = link.pid === null ? null : this.#host.threadMs(link.pid);
      if (!thread) continue;
      const look = {
        atMs: nowMs,
        heldMs: link.heldMs,
        wantedMs: thread.ranMs + thread.waitedMs,
      };
      this.#looks.set(link, look);
      if (!before || link.idleSpellSinceMs > before.atMs) continue;
      const spanMs = nowMs - before.atMs;
      held += Math.min(1, (look.heldMs - before.heldMs) / spanMs);
      wanted += Math.min(1, (look.wantedMs - before.wantedMs) / spanMs);
      count++;
    }
    return {
      heldRatio: count > 0 ? held / count : null,
      workerDemandRatio: count > 0 ? wanted / count : null,
    };
  }

  #workerBytes(links: readonly WorkerLink[]): number | null {
    let sum = 0;
    let count = 0;
    for (const link of links.slice(0, looksMax)) {
      if (link.residentBytes === null) continue;
      sum += link.residentBytes;
      count++;
    }
    return count > 0 ? sum / count : null;
  }
}
