/**
 * The pool's part of a reading: what changed since the last one.
 *
 * @module
 */
import type { Losses, Reading } from "../messages/signals.ts";
import type { Vitals } from "../messages/vitals.ts";
import { quantile } from "../policies/estimators/histogram.ts";
import type { Brownout } from "./brownout.ts";
import type { Burns } from "./business/burns.ts";
import type { Plugged } from "./exports/plugged.ts";
import type { Lanes } from "./lanes.ts";
import type { Look } from "./look.ts";
import type { Metrics } from "./metrics.ts";
import type { Pool } from "./pool.ts";
import type { Clock, Host } from "./ports.ts";
import type { Sampler } from "./sampler.ts";
import type { WorkerLink } from "./worker.ts";

/** Workers whose threads are looked at for one reading; a look costs about 10 µs. */
const looksMax = 16;
/** Shortest time over which a share of time means something, ms. */
const spanMinMs = 20;

/** Share of a span that a thread neither ran nor waited, from which on it may be waiting just now. */
const restHighRatio = .2;
/** Share of the CPU in use from which on somebody may have to wait. */
const contendedRatio = .5;
/** What threads do is summed up with this half-life, ms: a short span says less than a long one. */
const halfLifeMs = 1_000;
/** So long a worker's first job may be about its code, which is loaded once: that shows no demand, ms. */
const loadedMs = 1_000;
/** A thread that waits at each look is looked at all the same after so long, ms. */
const waitMaxMs = 1_000;

/** What is said of the threads of busy workers. */
type Threads = Pick<Reading, "heldRatio" | "workerDemandRatio" | "workerStarvedRatio">;

/** Whose pulse is taken. */
export interface Patient {
  readonly pool: Pool;
  readonly metrics: Metrics;
  /** What its policies would have cost of late; null: nobody has asked. */
  readonly losses: Losses | null;
}

/** What all pools see alike. */
export interface Surroundings {
  readonly sampler: Sampler;
  readonly plugged: Pick<Plugged, "reading">;
  readonly burns: Pick<Burns, "worst">;
  readonly brownout: Pick<Brownout, "level">;
}

/** Takes readings of one pool. */
export class Pulse {
  #accepted = 0;
  #finished = 0;
  #failed = 0;
  #timedOut = 0;
  #retried = 0;
  #runSumMs = 0;
  #runSquares = 0;
  #durationMs: number | null = null;
  #durationDeviationMs: number | null = null;
  #commandsFinished = 0;
  #commandRunSumMs = 0;
  #commandCpuSumMs = 0;
  #commandCores: number | null = null;
  #own: { readonly atMs: number; readonly ranMs: number; readonly waitedMs: number } | null = null;
  #ownDemandRatio: number | null = null;
  #next = 0;
  /** What was said of threads last. */
  #told: Threads = { heldRatio: null, workerDemandRatio: null, workerStarvedRatio: null };
  /** Time on a core, time of waiting for one, and all but that, of busy workers lately. */
  #lately = { ranMs: 0, waitedMs: 0, ownMs: 0, atMs: 0 };
  readonly #clock: Clock;
  readonly #host: Host;

  /** Looks at workers through `host`. */
  constructor(clock: Clock, host: Host) {
    this.#clock = clock;
    this.#host = host;
  }

  /** One reading. */
  take(patient: Patient, { sampler, plugged, burns, brownout }: Surroundings): Reading {
    const { pool, metrics, losses } = patient;
    const nowMs = this.#clock.nowMs();
    const view = pool.view(nowMs);
    const finished = metrics.finished - this.#finished;
    if (finished > 0) this.#time(metrics, finished);
    const host = sampler.latest;
    const commands = this.#commands(metrics);
    const threads = this.#threads(pool.links, nowMs, !(host.cpuRatio! < contendedRatio));
    // Each by its name: a look is taken several times a second, and spreading takes six times as long.
    const reading: Reading = {
      nowMs,
      wallMs: this.#clock.wallMs(),
      cores: host.cores,
      cpuRatio: host.cpuRatio,
      memoryRatio: host.memoryRatio,
      memoryAvailableBytes: host.memoryAvailableBytes,
      cpuPressureRatio: host.cpuPressureRatio,
      memoryPressureRatio: host.memoryPressureRatio,
      ioPressureRatio: host.ioPressureRatio,
      swapBothBytesPerS: swappedBoth(sampler.vitals),
      temperatureCelsius: sampler.vitals.temperatureCelsius,
      hostAgeMs: sampler.ageMs,
      hostStaleMs: sampler.staleMs,
      queued: view.queued,
      oldestWaitMs: Math.max(0, nowMs - Math.min(nowMs, pool.oldestDueMs())),
      running: running(pool.links),
      commandsQueued: commandsQueued(pool.dispatcher.lanes),
      commandsRunning: pool.dispatcher.commandsSent,
      commandsFinished: commands.commandsFinished,
      commandCores: commands.commandCores,
      workers: view.ready,
      starting: view.starting,
      idle: view.idleSinceMs.length,
      arrivals: metrics.accepted - this.#accepted,
      finished,
      failed: metrics.failed - this.#failed,
      timedOut: metrics.timedOut - this.#timedOut,
      retried: metrics.retried - this.#retried,
      durationMs: this.#durationMs,
      durationDeviationMs: this.#durationDeviationMs,
      heldRatio: threads.heldRatio,
      workerDemandRatio: threads.workerDemandRatio,
      workerStarvedRatio: threads.workerStarvedRatio,
      ownDemandRatio: this.#ownDemand(nowMs),
      burnRatio: burns.worst(nowMs),
      workerBytes: this.#workerBytes(pool.links),
      startP50Ms: quantile(metrics.startMs, 0.5),
      startP95Ms: quantile(metrics.startMs, 0.95),
      startP99Ms: quantile(metrics.startMs, 0.99),
    };
    this.#accepted = metrics.accepted;
    this.#finished = metrics.finished;
    this.#failed = metrics.failed;
    this.#timedOut = metrics.timedOut;
    this.#retried = metrics.retried;
    this.#runSumMs = metrics.runSumMs;
    this.#runSquares = metrics.runSquares;
    const others = plugged.reading();
    if (others === undefined && brownout.level === 0 && losses === null) return reading;
    return {
      ...reading,
      ...(others && { plugged: others }),
      ...(losses && { losses }),
      ...(brownout.level > 0 && { brownout: brownout.level }),
    };
  }

  /** How long the `finished` jobs since the last reading ran. */
  #time({ runSumMs, runSquares }: Metrics, finished: number): void {
    const meanMs = (runSumMs - this.#runSumMs) / finished;
    const square = (runSquares - this.#runSquares) / finished;
    this.#durationMs = meanMs;
    this.#durationDeviationMs = Math.sqrt(Math.max(0, square - meanMs * meanMs));
  }

  /** Commands that have ended since the last reading, and what they wanted of the cores. */
  #commands({ commandsFinished, commandRunSumMs, commandCpuSumMs }: Metrics) {
    const ended = commandsFinished - this.#commandsFinished;
    const ranMs = commandRunSumMs - this.#commandRunSumMs;
    if (ranMs > 0) this.#commandCores = (commandCpuSumMs - this.#commandCpuSumMs) / ranMs;
    this.#commandsFinished = commandsFinished;
    this.#commandRunSumMs = commandRunSumMs;
    this.#commandCpuSumMs = commandCpuSumMs;
    return { commandsFinished: ended, commandCores: this.#commandCores };
  }

  /**
   * What the threads of busy workers do: held by jobs, wanting a core, getting one. Where cores are
   * `contended`, the kernel counts a wait only when it is over: who waits now is looked at later.
   */
  #threads(links: readonly WorkerLink[], nowMs: number, contended: boolean): Threads {
    let isPending = false;
    let busy = 0;
    let held = 0;
    let ran = 0;
    let waited = 0;
    const tasks = links.filter((link) => link.open && link.pid && link.grant.kind === "task");
    for (let i = 0; i < Math.min(looksMax, tasks.length); i++) {
      const link = tasks[this.#next++ % tasks.length]!;
      const before = link.looked;
      const busyMs = link.spell.fedMs(nowMs);
      if (before && busyMs - before.busyMs < spanMinMs) {
        isPending ||= !link.idle;
        continue;
      }
      const thread = this.#host.threadMs(link.pid!);
      if (!thread) continue;
      const { ranMs, waitedMs } = thread;
      const { served, spell: { heldMs } } = link;
      const look: Look = { atMs: nowMs, served, busyMs, heldMs, ranMs, waitedMs };
      const waitsMs = before && contended ? this.#uncounted(link.pid!, before, look) : 0;
      if (waitsMs > 0 && busyMs - before!.busyMs < waitMaxMs) {
        isPending = true;
        continue;
      }
      link.looked = look;
      if (!before) continue;
      if (before.served === 0 && before.busyMs < spanMinMs && look.busyMs < loadedMs) {
        isPending = true;
        continue;
      }
      waited += waitsMs;
      busy += look.busyMs - before.busyMs;
      held += look.heldMs - before.heldMs;
      ran += look.ranMs - before.ranMs;
      waited += look.waitedMs - before.waitedMs;
    }
    if (busy === 0 && isPending) return this.#told;
    const fade = 2 ** ((this.#lately.atMs - nowMs) / halfLifeMs);
    const ranMs = this.#lately.ranMs * fade + ran;
    const waitedMs = this.#lately.waitedMs * fade + waited;
    const ownMs = this.#lately.ownMs * fade + busy - waited;
    this.#lately = { ranMs, waitedMs, ownMs, atMs: nowMs };
    const wantedMs = ranMs + waitedMs;
    return this.#told = {
      heldRatio: busy > 0 ? Math.min(1, held / busy) : null,
      workerDemandRatio: busy > 0 ? demandOf(ranMs, ownMs) : null,
      workerStarvedRatio: busy > 0 && wantedMs > 0 ? waitedMs / wantedMs : null,
    };
  }

  /** How long a thread may have been waiting that waits now, ms; 0: it does not. */
  #uncounted(pid: number, before: Look, look: Look): number {
    const spanMs = look.busyMs - before.busyMs;
    const restMs = spanMs - (look.ranMs - before.ranMs) - (look.waitedMs - before.waitedMs);
    return restMs > restHighRatio * spanMs && this.#host.processState(pid) === "R" ? restMs : 0;
  }

  /** What our own thread wants of a core; the last known while too little time has passed. */
  #ownDemand(nowMs: number): number | null {
    const before = this.#own;
    if (before && nowMs - before.atMs < spanMinMs) return this.#ownDemandRatio;
    const thread = this.#host.threadMs("self");
    if (!thread) return this.#ownDemandRatio = null;
    this.#own = { atMs: nowMs, ...thread };
    if (!before) return null;
    const passedMs = nowMs - before.atMs - (thread.waitedMs - before.waitedMs);
    return this.#ownDemandRatio = demandOf(thread.ranMs - before.ranMs, passedMs);
  }

  #workerBytes(links: readonly WorkerLink[]): number | null {
    let sum = 0;
    let count = 0;
    for (let i = Math.min(looksMax, links.length) - 1; i >= 0; i--) {
      const { residentBytes } = links[i]!;
      if (residentBytes === null) continue;
      sum += residentBytes;
      count++;
    }
    return count > 0 ? sum / count : null;
  }
}

/**
 * What a thread wants of a core that is always there: the share of time on it where the time in
 * which it had to wait for one does not count. Null where it did nothing but wait.
 */
function demandOf(ranMs: number, passedMs: number): number | null {
  const allMs = Math.max(ranMs, passedMs);
  return allMs > 0 ? ranMs / allMs : null;
}

/** What is swapped each way, in a second. */
function swappedBoth({ memory }: Pick<Vitals, "memory">): number | null {
  if (!memory) return null;
  const { swapInBytesPerS, swapOutBytesPerS } = memory;
  if (swapInBytesPerS === null || swapOutBytesPerS === null) return null;
  return Math.min(swapInBytesPerS, swapOutBytesPerS);
}

/** Commands among the jobs that lie in these lanes. */
function commandsQueued(lanes: Lanes): number {
  let jobs = 0;
  for (const lane of lanes.values()) if (lane.grant.kind === "command") jobs += lane.queued;
  return jobs;
}

/** Jobs begun and not finished in all of them. */
function running(links: readonly WorkerLink[]): number {
  let jobs = 0;
  for (const link of links) jobs += link.running;
  return jobs;
}
