/**
 * What holds for a living service after each event.
 *
 * @module
 */
import { jobBytes } from "../../actors/ingress.ts";
import type { Life, Site } from "./life.ts";

/** Looks at what costs nothing to see, and `wholly` at every job. */
export function inspect({ system }: Life, { workersMost, witness }: Site, wholly: boolean): void {
  const { queue, pool } = system;
  const { links, envelope } = pool;
  witness.demand(queue.queued >= 0 && queue.bytes >= 0, () => "RI12: less than nothing is queued");
  witness.demand(
    links.length <= workersMost,
    () => `RI6: ${links.length} workers of at most ${workersMost}`,
  );
  const { floor, cap } = envelope;
  witness.demand(
    floor >= 0 && floor <= cap && cap <= workersMost,
    () => `RI10: the pool has ${floor} to ${cap} workers of at most ${workersMost}`,
  );
  if (!wholly) return;
  for (const { name, slots, slotsMax } of system.links) {
    const jobs = slots.running + slots.unbegun;
    witness.demand(jobs <= slotsMax, () => `RI6: ${name} has ${jobs} jobs of ${slotsMax}`);
  }
  let bytes = 0;
  let queued = 0;
  for (const job of queue.open.values()) {
    if (job.outcome) continue;
    bytes += job.payload.length + jobBytes;
    if (job.state === "waiting" && job.slot < 0 && job.admitted) queued++;
  }
  witness.demand(bytes === queue.bytes, () => `RI12: ${queue.bytes} bytes queued, are ${bytes}`);
  witness.demand(queued === queue.queued, () => `RI9: ${queue.queued} jobs wait, are ${queued}`);
}
