/**
 * The jobs that are with workers, and those of staged runs under way.
 *
 * @module
 */
import type { Runs } from "./runs.ts";
import type { Out } from "./trail.ts";
import type { WorkerLink } from "./worker.ts";

/** Those of each worker in the order in which they were sent, what was begun first. */
export function* outOf(
  links: Iterable<WorkerLink>,
  runs: Pick<Runs, "active">,
): Generator<Out> {
  for (const holder of links) {
    for (const job of holder.slots.begun) yield { job, holder };
    for (let i = 0; i < holder.slots.unbegun; i++) yield { job: holder.slots.next(i)!, holder };
  }
  for (const job of runs.active) yield { job, holder: null };
}
