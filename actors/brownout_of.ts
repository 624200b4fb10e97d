/**
 * The brownout of a system: what it sees, and who does less.
 *
 * @module
 */
import { Brownout } from "./brownout.ts";
import type { Journal } from "./journal.ts";
import type { Clock } from "./ports.ts";
import type { Queue } from "./queue.ts";
import type { Sampler } from "./sampler.ts";

/** Whom it concerns. */
export interface Dimmed {
  readonly queue: Queue;
  readonly sampler: Sampler;
  readonly journal: Pick<Journal, "note">;
  readonly ports: { readonly clock: Clock };
}

/** How many times as seldom processes are looked at by which nothing is decided. */
const seldom = 5;

/** Makes it; nobody is looked at before its start. */
export function brownoutOf({ queue, sampler, journal, ports }: Dimmed): Brownout {
  return new Brownout(ports.clock, {
    strain() {
      const { latest, ageMs, staleMs } = sampler;
      const isSeen = ageMs < staleMs;
      const { limits: { jobsMax, bytesMax } } = queue.ingress;
      return {
        memoryRatio: isSeen ? latest.memoryRatio : null,
        memoryPressureRatio: isSeen ? latest.memoryPressureRatio : null,
        queueRatio: Math.max(queue.open.size / jobsMax, queue.bytes / bytesMax),
      };
    },
    heed(level) {
      sampler.pace = level > 0 ? seldom : 1;
      queue.gates.results.fills = level === 0;
      queue.ingress.shedBelow = level > 1 ? "normal" : null;
    },
    note: (fact) => journal.note(fact),
  });
}
