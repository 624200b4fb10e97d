/**
 * For whom the next worker is started.
 *
 * @module
 */
import type { Lane } from "./lane.ts";
import type { Grant } from "./ports.ts";
import type { WorkerLink } from "./worker.ts";

/** How much younger the head of a lane counts for each worker that is being started for it, ms. */
const startingMs = 1_000;

/** The grant of the lane whose head has waited longest and is not being cared for; null: none waits. */
export function neediest(lanes: Iterable<Lane>, links: readonly WorkerLink[]): Grant | null {
  let grant: Grant | null = null;
  let since = Infinity;
  for (const lane of lanes) {
    if (lane.queued === 0) continue;
    const { key } = lane.grant;
    const starting = links.filter((link) => !link.open && link.grant.key === key).length;
    const head = lane.headSinceMs() + starting * startingMs;
    if (head < since) {
      since = head;
      grant = lane.grant;
    }
  }
  return grant;
}
