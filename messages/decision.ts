/**
 * From what a policy would like to what the pool may do.
 *
 * @module
 */
import type { Reading } from "./signals.ts";

/** When to start a worker for jobs that wait. */
export interface Spawn {
  /** The head of the queue must have waited this long, ms. */
  readonly lagMs: number;
  /** Or the queue must not have been empty for this long, ms: more would be done with one more. Left out: never. */
  readonly backlogMs?: number;
  /** Waiting jobs that one more worker is worth. */
  readonly queuePer: number;
}

/** What one policy would allow, and why. Fields left out mean "no opinion". */
export interface Proposal {
  /** Workers to keep at least. */
  readonly floor: number;
  /** Workers to have at most. */
  readonly cap?: number;
  /** Jobs to have running at most, over all workers. */
  readonly runningMax?: number;
  /** Commands to have running at most, over all workers. */
  readonly commandsMax?: number;
  /** When to start a worker for waiting jobs. Default: never beyond the floor. */
  readonly spawn?: Spawn;
  /** Idle workers to keep ready besides those that have jobs. */
  readonly spares?: number;
  /** How long an idle worker above the floor is kept, ms. */
  readonly keepAliveMs?: number;
  /** When the policy wants to be asked again, monotonic ms. */
  readonly wakeAtMs?: number;
  /** One clause for logs and people: `queue 40 > 20`. */
  readonly because: string;
}

/** The room the pool may move in. */
export interface Envelope {
  /** Workers to keep at least. */
  readonly floor: number;
  /** Workers to have at most. */
  readonly cap: number;
  /** null: no limit. */
  readonly runningMax: number | null;
  /** null: no limit. */
  readonly commandsMax: number | null;
  /** null: never start workers beyond the floor. */
  readonly spawn: Spawn | null;
  /** Idle workers to keep ready besides those that have jobs, within the cap. Left out: none. */
  readonly spares?: number;
  /** How long an idle worker above the floor is kept, ms. */
  readonly keepAliveMs: number;
}

/** A proposal with the name of who made it. */
export interface Candidate {
  /** Name of the policy or constraint. */
  readonly policy: string;
  /** What it asked for. */
  readonly proposal: Proposal;
  /** Why it can't be used, and the envelope is held for it: `failed: Error: …`. Left out where it can. */
  readonly failed?: string;
}

/** How long workers of one grant take to start. */
export interface StartTimes {
  /** Key of the grant. */
  readonly grant: string;
  /** Median time from spawn to ready, ms. */
  readonly p50Ms: number;
  /** 95th percentile, ms. */
  readonly p95Ms: number;
}

/** An adopted (or refused) envelope with all that led to it. */
export interface Decision {
  /** Grows for ever in a data directory. */
  readonly id: number;
  /** Monotonic instant, ms. */
  readonly atMs: number;
  /** Wall instant, epoch ms. */
  readonly decidedAt: number;
  /** Name of the pool it is about. */
  readonly pool: string;
  /** What the policies saw. */
  readonly reading: Reading;
  /** What each policy proposed. */
  readonly candidates: readonly Candidate[];
  /** What starts took until then, for each grant that was started. */
  readonly starts: readonly StartTimes[];
  /** Constraints that narrowed the envelope. */
  readonly vetoes: readonly Candidate[];
  /** Who set the floor (or the cap where the floor did not move). */
  readonly winner: string;
  /** The envelope that came of it. */
  readonly envelope: Envelope;
  /** Envelope in force before. */
  readonly before: Envelope;
  /** False when the scaling machine refused it; then `blockedBy` says which region. */
  readonly adopted: boolean;
  /** Region of the scaling machine that refused it, null when it was adopted. */
  readonly blockedBy: string | null;
  /** One clause for logs and people: `queue 40 > 20`. */
  readonly because: string;
}

/** What `fill` sees of a pool. */
export interface PoolView {
  /** Workers ready for jobs, idle ones included, draining ones not. */
  readonly ready: number;
  /** Workers being started. */
  readonly starting: number;
  /** Seats whose worker has died and that are taken again after a back-off. */
  readonly held: number;
  /** Seats in quarantine: so many workers fewer may be started. */
  readonly closed: number;
  /** Jobs accepted, due and not begun, wherever they lie. */
  readonly queued: number;
  /** When the longest waiting job became due, monotonic ms; null when none waits. */
  readonly headSinceMs: number | null;
  /** Since when the queue has not been empty (or the pool not grown for it); null when it is. */
  readonly backlogSinceMs: number | null;
  /** For each idle worker, since when, monotonic ms; oldest first. */
  readonly idleSinceMs: readonly number[];
  /** Starts allowed now by the start rate. */
  readonly startsMax: number;
}

/** What the pool should do now. */
export interface Filling {
  /** Workers to start. */
  readonly spawn: number;
  /** Workers to retire; the pool picks the victims. */
  readonly retire: number;
  /** When to ask again if nothing happens, monotonic ms; null: not at all. */
  readonly wakeAtMs: number | null;
  /** What triggered it: `head waited 31 ms`. */
  readonly because: string;
}
