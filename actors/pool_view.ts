/**
 * What a pool looks like to the function that fills it.
 *
 * @module
 */
import type { Envelope, PoolView } from "../messages/decision.ts";
import type { Lanes } from "./lanes.ts";
import type { Roster } from "./roster.ts";
import type { WorkerLink } from "./worker.ts";

/** What is looked at. */
export interface Looked {
  /** Workers that can be counted on: ready and starting. */
  readonly links: readonly WorkerLink[];
  readonly envelope: Envelope;
  readonly lanes: Lanes;
  readonly roster: Pick<Roster, "size" | "held" | "closed">;
  /** No job may be begun, whatever waits. */
  readonly limited: boolean;
  readonly backlogSinceMs: number | null;
  /** Starts that the start rate allows. */
  readonly starts: number;
}

/** The view of a pool. */
export function poolView(looked: Looked): PoolView {
  const { links, lanes } = looked;
  let ready = 0;
  let queued = looked.limited ? 0 : lanes.queued;
  let head = queued > 0 ? laneHeadMs(lanes) : Infinity;
  const idleSinceMs: number[] = [];
  for (const link of links) {
    if (link.open) ready++;
    const { waiting, spell } = link;
    if (waiting > 0) {
      queued += waiting;
      head = Math.min(head, link.waitingSinceMs());
    }
    // One that has just become ready is idle before its first frame has been dealt with.
    if (spell.idleSinceMs !== Infinity) insert(idleSinceMs, spell.idleSinceMs);
    else if (link.open && link.idle) insert(idleSinceMs, link.heardMs);
  }
  return {
    ready,
    starting: links.length - ready,
    queued,
    headSinceMs: head === Infinity ? null : head,
    backlogSinceMs: looked.backlogSinceMs,
    idleSinceMs,
    ...places(looked),
    startsMax: looked.starts,
  };
}

/** Puts an instant where it belongs: there are few, and most come in order. */
function insert(instantsMs: number[], instantMs: number): void {
  let at = instantsMs.length;
  for (; at > 0 && instantsMs[at - 1]! > instantMs; at--) instantsMs[at] = instantsMs[at - 1]!;
  instantsMs[at] = instantMs;
}

/** Since when the longest waiting job in any lane waits; Infinity when none does. */
export function laneHeadMs(lanes: Lanes): number {
  let head = Infinity;
  for (const lane of lanes.values()) {
    if (lane.queued > 0) head = Math.min(head, lane.headSinceMs());
  }
  return head;
}

/** What died lately keeps its place for a while: no other is started instead of it. */
function places({ links: { length }, envelope: { cap }, roster }: Looked) {
  const seats = cap + roster.size - length;
  const held = Math.max(0, Math.min(roster.held(seats), cap - length));
  return { held, closed: roster.closed(seats) };
}
