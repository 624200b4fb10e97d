/**
 * What follows from what a worker does.
 *
 * @module
 */
import { deathOf } from "./exit.ts";
import type { Journal } from "./journal.ts";
import { jobId } from "./job.ts";
import type { Logs } from "./logs.ts";
import type { Pool } from "./pool.ts";
import type { Queue } from "./queue.ts";
import type { Stowage } from "./stowage.ts";
import type { Vigil } from "./vigil.ts";
import type { WorkerLink } from "./worker.ts";
import type { WorkerListener } from "./worker_listener.ts";

/** Whom it concerns. Read when something happens, as they know each other in a circle. */
export interface Concerned {
  readonly queue: Queue;
  readonly pool: Pool;
  readonly journal: Journal;
  readonly logs: Logs;
  readonly vigil: Vigil;
  readonly stowage: Stowage;
}

/** Tells `all` what workers do. */
export function linkListener(all: Concerned): WorkerListener<WorkerLink> {
  const redispatch = ({ grant }: WorkerLink) => {
    const lane = all.queue.lanes.get(grant.key);
    if (lane && lane.queued > 0) all.pool.dispatch(lane);
  };
  return {
    connected: () => {},
    ready(link) {
      all.pool.welcomed(link);
      redispatch(link);
    },
    began(link, jobs) {
      all.journal.moved("began", jobs);
      all.vigil.began(link);
    },
    returned(_link, jobs) {
      for (const job of jobs) all.pool.dispatcher.left(job);
      all.queue.release(jobs);
    },
    finished(_link, job, outcome) {
      all.pool.dispatcher.left(job);
      if (job.weight && all.stowage.footprints.again(job, outcome)) all.queue.release([job]);
      else all.queue.settle(job, outcome);
    },
    told(_link, job, kind, value) {
      all.logs.told(job, kind, value);
      all.journal.told(jobId(job.id), kind, value);
    },
    heard(link) {
      redispatch(link);
      all.pool.heard(link);
    },
    garbage: (link, because) =>
      all.pool.roster.tell(link, { type: "condemn", because: `protocol_error: ${because}` }),
    gone(link, exit, because) {
      const { suspects, innocents } = link.strand();
      for (const job of [...suspects, ...innocents]) all.pool.dispatcher.left(job);
      // What it had begun may be what it died of: that is no word against its seat.
      if (suspects.length > 0) all.pool.roster.proved(link);
      all.pool.roster.tell(link, { type: "exited", because });
      all.queue.release(innocents);
      all.queue.lose(suspects, link.culprit, link.name, deathOf(exit, because, link.sentence));
    },
  };
}
