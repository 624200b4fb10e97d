/**
 * Lists jobs: those in memory and those in the store, in the order of their ids or from the last on.
 *
 * @module
 */
import { isEnding } from "../machines/job.ts";
import type { JobFilter, JobPage, JobView } from "../messages/job.ts";
import { isKept, type Job, stateOf, viewJob, viewRecord } from "./job.ts";
import { isWanted } from "./is_wanted.ts";
import { isOpen, parseFilter, type Wanted } from "./job_filter.ts";
import type { System } from "./system.ts";

/** Jobs in memory that are looked at in one turn of the loop. */
const turnMost = 10_000;

/** A page of jobs; `next` leads to the one after it and is absent on the last. */
export async function listJobs(system: System, filter?: JobFilter): Promise<JobPage> {
  const wanted = parseFilter(filter);
  const items = wanted.state !== undefined && isOpen(wanted.state)
    ? await openJobs(system, wanted)
    : await allJobs(system, wanted);
  return items.length < wanted.limit ? { items } : { items, next: items.at(-1)!.id };
}

/** Only memory knows where an open job stands. */
async function openJobs(
  { queue, ports: { clock } }: System,
  { after, isLatest, limit, state, ...rest }: Wanted,
): Promise<JobView[]> {
  const found: JobView[] = [];
  const sinceMs = clock.wallMs() - clock.nowMs();
  for (let last: number | null = after; last !== null && found.length < limit;) {
    let looks = 0;
    let next: number | null = null;
    for (const job of isLatest ? queue.open.before(last) : queue.open.after(last)) {
      if (stateOf(job) === state && isKept(job) && isWanted(job.spec, rest)) {
        found.push(viewJob(job, sinceMs));
      }
      if (found.length === limit) break;
      if (++looks < turnMost) continue;
      next = job.id;
      break;
    }
    last = next;
    if (last !== null) await new Promise<void>((resolve) => clock.at(clock.nowMs(), resolve));
  }
  return found;
}

/** The store has all jobs that were accepted; of those that are open, memory knows more. */
async function allJobs(
  { queue, ports: { clock, store } }: System,
  { state, ...rest }: Wanted,
): Promise<JobView[]> {
  queue.flush();
  const ending = state !== undefined && isEnding(state) ? state : undefined;
  const records = await store.read({ type: "jobs", ...rest, ...(ending && { ending }) });
  const sinceMs = clock.wallMs() - clock.nowMs();
  return records.map((record) => {
    const job: Job | undefined = record.ended ? undefined : queue.open.get(record.job.id);
    return job ? viewJob(job, sinceMs) : viewRecord(record);
  });
}
