/**
 * What jobs wait for, counted.
 *
 * @module
 */
import type { Wait } from "../../messages/diagnosis.ts";
import { classes, type Job, jobId } from "../job.ts";
import type { System } from "../system.ts";
import { whyWaits } from "../why.ts";

/** Jobs that are asked: some tell what many wait for, and each answer takes a while. */
const asksMax = 64;
/** Open jobs that are looked at. */
const looksMax = 1_000_000;

/** Jobs that wait, by what for and by class; where there are many, some stand for all. */
export function waitsOf(system: System): readonly Wait[] {
  const { open } = system.queue;
  const every = Math.ceil(Math.min(open.size, looksMax) / asksMax);
  const counts = new Map<string, Wait>();
  let seen = 0;
  for (const job of open.values()) {
    if (seen++ >= looksMax) break;
    if (seen % every > 0 || !isWaiting(job)) continue;
    const { gate } = whyWaits(system, { id: jobId(job.id), state: job.state }, () => 0);
    const priority = classes[job.rank]!;
    const name = `${gate} ${priority}`;
    const jobs = (counts.get(name)?.jobs ?? 0) + every;
    counts.set(name, { gate, priority, jobs });
  }
  return [...counts.values()].sort((one, other) => other.jobs - one.jobs);
}

const isWaiting = ({ state, outcome }: Job) => state !== "running" && outcome === null;
