/**
 * What follows from what a worker does.
 *
 * @module
 */
import { causeOf, deathOf } from "./exit.ts";
import type { Journal } from "./journal.ts";
import { account, accountGone, type Meters } from "./limits/account.ts";
import type { Logs } from "./logs.ts";
import type { Metrics } from "./metrics.ts";
import type { Pool } from "./pool.ts";
import type { Exit } from "./ports.ts";
import type { Queue } from "./queue.ts";
import type { Series } from "./series/series.ts";
import type { Stowage } from "./stowage.ts";
import type { Tracing } from "./tracing/port.ts";
import type { Vigil } from "./vigil.ts";
import type { Violations } from "./violations.ts";
import type { WorkerLink } from "./worker.ts";
import type { WorkerListener } from "./worker_listener.ts";

/** Whom it concerns. Read when something happens, as they know each other in a circle. */
export interface Concerned {
  readonly queue: Queue;
  readonly journal: Pick<Journal, "moved" | "note" | "told">;
  readonly logs: Pick<Logs, "told">;
  readonly series: Pick<Series, "began" | "booted" | "tried" | "lost">;
  readonly vigil: Pick<Vigil, "began">;
  readonly stowage: Stowage;
  readonly meters: Meters;
  readonly violations: Pick<Violations, "hear">;
  readonly tracing: Tracing | null;
}

/** Tells `all`, and their own pool, what the workers of one pool do. */
export function linkListener(
  all: Concerned,
  own: { readonly pool: Pool; readonly metrics: Metrics },
): WorkerListener<WorkerLink> {
  const redispatch = ({ grant }: WorkerLink) => {
    const lane = all.queue.lanes.get(grant.key);
    if (lane && lane.queued > 0) own.pool.dispatch(lane);
  };
  return {
    payload: (_link, job) => all.meters.meter.payload(job),
    trace: (_link, job) => all.tracing?.sent(job) ?? job.spec.traceparent!,
    asked: (_link, job) => all.meters.meter.asked(job),
    spawned: (link, job, pid) => all.meters.meter.spawned(link, job, pid),
    ready(link) {
      all.meters.solo.rest(link);
      own.pool.welcomed(link);
      redispatch(link);
    },
    began(link, jobs) {
      all.queue.trail?.began(jobs);
      all.journal.moved("began", jobs);
      all.series.began(jobs);
      for (const job of jobs) if (job.draw !== null) all.queue.gates.turns.began(job);
      all.vigil.began(link);
      if (link.exclusive) { for (const job of jobs) all.meters.watch.began(link, job); }
    },
    returned(link, jobs) {
      all.tracing?.returned(jobs);
      own.pool.dispatcher.returned(link, jobs);
      all.queue.release(jobs);
    },
    finished(link, job, outcome) {
      own.pool.dispatcher.left(job);
      const told = account(all.meters, link, job, outcome);
      all.tracing?.ended(job, told);
      if (told.type === "cancelled" && own.pool.parting.broken(link, job)) return;
      if (all.stowage.again(job, told)) all.queue.release([job]);
      else all.queue.settle(job, told);
      if (job.outcome !== null) return;
      own.metrics.tried++;
      all.series.tried(job, told);
    },
    told(_link, job, kind, value) {
      all.logs.told(job, kind, value);
      all.journal.told(job, kind, value);
    },
    violated: (link, violated) => all.violations.hear(link, violated),
    heard(link) {
      redispatch(link);
      own.pool.heard(link);
    },
    garbage: (link, because) =>
      own.pool.roster.tell(link, { type: "condemn", because: `protocol_error: ${because}` }),
    gone(link, exit, because) {
      accountGone(all.meters, link);
      const { suspects, innocents } = link.strand();
      all.tracing?.returned(innocents);
      for (const job of suspects) all.tracing?.ended(job, null);
      for (const job of [...suspects, ...innocents]) own.pool.dispatcher.left(job);
      // What it had begun may be what it died of, or somebody has killed it: that is no word
      // against its seat.
      if (suspects.length > 0 || isKilled(link, exit)) own.pool.roster.proved(link);
      own.pool.roster.tell(link, { type: "exited", because });
      all.queue.release(innocents);
      const begun = suspects.filter(({ state }) => state === "running");
      all.queue.lose(suspects, link.culprit, link.name, deathOf(exit, because, link.sentence));
      all.series.lost(begun);
    },
  };
}

/** It was up, and a signal that it could not bring upon itself has ended it; not one of ours. */
const isKilled = ({ welcomed, sentence }: WorkerLink, exit: Exit | null): boolean =>
  welcomed && sentence === null && exit !== null && causeOf(exit).code === "killed_external";
