/**
 * The ways back into the queue: from a worker that has not begun a job, from one that died, and
 * after an attempt that failed.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { concludeWithout } from "./conclude.ts";
import { doom } from "./doom.ts";
import type { Death } from "./exit.ts";
import { type Failure, noteFailure } from "./failures.ts";
import type { Gates } from "./gates/gates.ts";
import { isKept, type Job } from "./job.ts";
import type { AllLanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { judge, judgeOutlived, outlived } from "./loss.ts";
import type { Clock, Random } from "./ports.ts";
import type { QueueListener } from "./queue_listener.ts";
import type { Retries } from "./retries.ts";
import type { Trail } from "./trail.ts";
import type { Wake } from "./wake.ts";

/** What they lead through, and where else they may lead. */
export interface ReturnsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly gates: Gates;
  readonly lanes: AllLanes;
  readonly retries: Retries;
  readonly wake: Wake;
  /** Where it is written down that an attempt was in vain. */
  readonly ledger: Pick<Ledger, "tried">;
  /** Who knows what is with workers, if anyone has to. */
  readonly trail: Pick<Trail, "back"> | null;
  readonly listener: QueueListener;
  /** Lays a job where it belongs. */
  readonly lay: (job: Job) => void;
  /** An attempt has ended after all. */
  readonly settle: (job: Job, outcome: Outcome) => void;
  readonly end: (job: Job, outcome: Outcome) => void;
  /** Ends a job that has waited for too long. */
  readonly expire: (job: Job) => void;
}

/** Leads jobs back. */
export class Returns {
  readonly #parts: ReturnsParts;

  /** Into the queue that `parts` belong to. */
  constructor(parts: ReturnsParts) {
    this.#parts = parts;
  }

  /** Takes back jobs that were sent and not begun; they go to where they were. */
  release(jobs: readonly Job[]): void {
    const { clock, end, lay, expire, trail } = this.#parts;
    trail?.back(jobs);
    for (let i = jobs.length - 1; i >= 0; i--) {
      const job = jobs[i]!;
      job.slot = -1;
      if (job.doomed !== null) end(job, concludeWithout(job, doom(job), clock.nowMs(), null));
      else lay(job);
      expire(job);
    }
    this.#requeued(jobs);
  }

  /** The worker of `jobs` has died, because of `culprit` where that is known. */
  lose(jobs: readonly Job[], culprit: Job | null, worker: string, death: Death): void {
    const { clock, gates, end, lay, settle } = this.#parts;
    const alone = jobs.length === 1;
    for (const job of culprit ? jobs.toReversed() : jobs) {
      job.slot = -1;
      if (job.draw !== null) gates.turns.began(job);
      const { attempt, startedMs } = job;
      const verdict = judge(job, { alone, culprit, death });
      if (verdict === null) {
        const { cause, because: message } = death;
        const durationMs = clock.nowMs() - startedMs;
        this.#failed(job, attempt, { type: "lost", ...cause, message, durationMs });
        lay(job);
        continue;
      }
      const outcome = concludeWithout(job, verdict, clock.nowMs(), worker);
      if (job.doomed || verdict.type === "failed") settle(job, outcome);
      else end(job, outcome);
    }
    this.#requeued(jobs);
  }

  /** Has a job tried again after a while, as its latest attempt has failed. */
  retry(job: Job, failed: Outcome): void {
    const { clock, gates, lay, lanes, random, retries, wake } = this.#parts;
    job.comeAgain(clock.nowMs() + retries.waitMs(job, failed, random.unit()));
    this.#failed(job, job.attempt - 1, failed);
    if (job.gates !== null) gates.leave(job);
    lay(job);
    if (job.state === "waiting") wake.soon(lanes.of(job.operation.grant));
  }

  /**
   * The service has died with `jobs` begun, which lie where they belong again; `safe` when the next
   * death would find that. True where that is to be waited for.
   */
  outlive(jobs: readonly Job[], safe: () => void): boolean {
    const { clock, end, lanes, ledger } = this.#parts;
    let isNoted = false;
    for (const job of jobs) {
      if (job.outcome) continue;
      const verdict = judgeOutlived(job, jobs.length === 1);
      if (verdict === null) {
        noteFailure(job, job.attempt - 1, outlived, clock.wallMs());
        ledger.tried(job, isNoted ? undefined : safe);
        isNoted = true;
      } else {
        lanes.forget(job);
        end(job, concludeWithout(job, verdict, clock.nowMs(), null));
      }
    }
    return isNoted;
  }

  #failed(job: Job, attempt: number, failure: Failure): void {
    const { clock, ledger } = this.#parts;
    noteFailure(job, attempt, failure, clock.wallMs());
    if (isKept(job)) ledger.tried(job);
  }

  #requeued(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    const { lanes, listener } = this.#parts;
    listener.requeued(jobs.filter(({ outcome }) => outcome === null));
    const theirs = new Set(jobs.map(({ operation }) => lanes.of(operation.grant)));
    for (const lane of theirs) if (lane.queued > 0) listener.ready(lane);
  }
}
