/**
 * Which workers leave when a pool shrinks.
 *
 * @module
 */
import type { Envelope } from "../messages/decision.ts";
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
      youngestSinceMs: youngestSinceMs(link),
    })),
    count,
  ));
  return links.filter(({ seat }) => seats.has(seat));
}

/** When the latest of its jobs was begun, monotonic ms; null: none is known to be. */
function youngestSinceMs({ slots, idle }: WorkerLink): number | null {
  if (idle) return null;
  let youngestMs = -Infinity;
  for (const { startedMs } of slots.begun) youngestMs = Math.max(youngestMs, startedMs);
  return youngestMs > -Infinity ? youngestMs : null;
}

/** What is said to one of `workers` that leaves: where they are too many its jobs may have to hurry. */
export function drainOf({ cap, drainMs }: Envelope, workers: number, because: string) {
  const withinMs = workers > cap ? drainMs : undefined;
  return { type: "drain", because, ...(withinMs !== undefined && { withinMs }) } as const;
}
