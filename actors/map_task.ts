/**
 * Runs a task for each of many items.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import { Heed } from "./heed.ts";
import { jobId } from "./job.ts";
import { mapItems } from "./map_items.ts";
import { type Orders, unlimited } from "./orders.ts";
import { JobError, type MapOptions } from "./runtime.ts";
import { specOf } from "./spec_of.ts";
import type { System } from "./system.ts";

/** Yields what comes of each item; jobs of those that nobody waits for any more are cancelled. */
export function mapTask(
  { orders, system }: { readonly orders: Orders; readonly system: System },
  task: string,
  items: Iterable<unknown> | AsyncIterable<unknown>,
  { ordered = true, settle = false, inFlight = 1_024, signal, ...options }: MapOptions = {},
): AsyncIterableIterator<unknown> {
  const heed = new Heed(signal, (job, because) => system.cancel(job, because));
  // What is the same for all items is looked at once.
  let spec: JobSpec | null = null;
  const run = (input: unknown) =>
    new Promise((resolve, reject) => {
      spec ??= specOf({ task, input: null }, options);
      const order = orders.forTask(system.traced({ ...spec, input }), unlimited, (job, outcome) => {
        heed.ended(job);
        if (settle) resolve(outcome);
        else if (outcome.type === "done") resolve(outcome.output);
        else reject(new JobError(jobId(job.id), outcome));
      });
      heed.started(system.queue.submitOne(order));
    });
  return mapItems(items, { ordered, inFlight }, run, () => heed.stop("map was stopped"));
}
