/**
 * Orders and jobs by hand.
 *
 * @module
 */
import { Job, type Order } from "../actors/job.ts";
import type { Operation } from "../actors/operation.ts";
import type { Grant } from "../actors/ports.ts";
import type { JobSpec } from "../messages/job.ts";

/** Workers that may do nothing. */
export const nothing: Grant = { key: "nothing", kind: "task", flags: [], config: null };

/** A task under that grant. */
export const task: Operation = {
  number: 1,
  name: "t",
  source: "file:///t.ts",
  grant: nothing,
  slotsMax: 8,
};

/** An order for that task, with what `part` says otherwise. */
export function orderOf(spec: JobSpec = {}, part: Partial<Order> = {}): Order {
  return {
    operation: task,
    payload: "null",
    spec: { task: "t", ...spec },
    timeoutMs: spec.timeoutMs ?? 0,
    retries: spec.retries ?? 0,
    ended: null,
    ...part,
  };
}

/** A job accepted at `nowMs` 0. */
export const jobOf = (id: number, spec: JobSpec = {}, part: Partial<Order> = {}): Job =>
  new Job(id, orderOf(spec, part), 0, 1_700_000_000_000);
