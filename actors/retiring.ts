/**
 * Which workers leave when a pool shrinks.
 *
 * @module
 */
import { leastLost } from "../policies/victims/leastLost.ts";
import type { WorkerLink } from "./worker.ts";

/** The `count` workers whose leaving costs least. */
export function retiring(links: readonly WorkerLink[], count: number): WorkerLink[] {
  if (count <= 0) return [];
  const seats = new Set(leastLost.choose(
    links.map((link) => ({
      seat: link.seat,
      running: link.running,
      queued: link.unbegun,
      idleSinceMs: link.spell.idleSinceMs === Infinity ? null : link.spell.idleSinceMs,
      youngestSinceMs: null,
    })),
    count,
  ));
  return links.filter(({ seat }) => seats.has(seat));
}
