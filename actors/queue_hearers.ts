/**
 * Who hears of what becomes of jobs.
 *
 * @module
 */
import type { Estate } from "./estate.ts";
import type { Job } from "./job.ts";
import type { Journal } from "./journal.ts";
import type { Meters } from "./limits/account.ts";
import type { Logs } from "./logs.ts";
import type { Metrics } from "./metrics.ts";
import type { Grant, Ports } from "./ports.ts";
import type { Queue } from "./queue.ts";
import type { QueueListener } from "./queue_listener.ts";
import type { Runs } from "./runs.ts";
import type { Series } from "./series/series.ts";
import type { Stowage } from "./stowage.ts";

/** Whom it concerns. Read when something happens, as they know each other in a circle. */
export interface QueueHearers {
  readonly ports: Pick<Ports, "clock">;
  readonly metrics: Metrics;
  readonly series: Series;
  readonly journal: Journal;
  readonly logs: Logs;
  readonly stowage: Stowage;
  readonly meters: Meters;
  readonly runs: Runs;
  readonly queue: Queue;
  estateOf(grant: Grant): Estate;
  askToEnd(job: Job, because: string): void;
}

/** Tells `all` what becomes of jobs; `apart`: what each pool does is counted apart, too. */
export function queueListener(all: QueueHearers, apart: boolean): QueueListener {
  const { metrics, series, journal, logs, ports } = all;
  const own = apart ? ({ operation }: Job) => all.estateOf(operation.grant).metrics : null;
  return {
    accepted(jobs) {
      metrics.accepted += jobs.length;
      if (own) { for (const job of jobs) own(job).accepted++; }
      series.accepted(jobs);
      journal.moved("accepted", jobs);
    },
    requeued: (jobs) => journal.moved("requeued", jobs),
    ended(job, outcome) {
      const nowMs = ports.clock.nowMs();
      const estate = all.estateOf(job.operation.grant);
      metrics.count(job, outcome, nowMs);
      if (apart) estate.metrics.count(job, outcome, nowMs);
      estate.sample?.ended(job, outcome);
      estate.trial?.ended(job, outcome);
      series.ended(job, outcome);
      all.stowage.sequenceOf(estate.name).learn(job, outcome);
      journal.ended(job, outcome);
      logs.ended(job);
      if (job.limits) all.meters.meter.forget(job);
    },
    overdue: (job) => all.askToEnd(job, job.because),
    ready(lane, atOnce) {
      if (lane.grant.kind === "run") return all.runs.take(lane, all.queue.gates);
      all.estateOf(lane.grant).ready(lane, atOnce);
    },
  };
}
