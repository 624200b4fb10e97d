/**
 * From what a policy would like to what the pool may do.
 *
 * @module
 */
import type { CauseName, Plateau } from "./plateau.ts";
import type { Reading } from "./signals.ts";

/** When to start a worker for jobs that wait. */
export interface Spawn {
  /** The head of the queue must have waited this long, ms. */
  readonly lagMs: number;
  /** Or the queue must not have been empty for this long, ms: more would be done with one more. Left out: never. */
  readonly backlogMs?: number;
  /** Waiting jobs that one more worker is worth. */
  readonly queuePer: number;
  /** Starts for waiting jobs that may be under way at once. Left out: 4. */
  readonly startingMax?: number;
}

/** What one policy would allow, and why. Fields left out mean "no opinion". */
export interface Proposal {
  /** Workers to keep at least. */
  readonly floor: number;
  /** Workers to have at most. */
  readonly cap?: number;
  /**
   * Of a cap that nothing was measured for, only a precaution: so far the floor of another policy
   * raises it. Left out: a floor above the cap gives way.
   */
  readonly capRaisableTo?: number;
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
  /**
   * Time that jobs have of a worker that has to go as there are more than the cap, ms; then they are
   * put back. Left out: 25 s.
   */
  readonly drainMs?: number;
  /** When the policy wants to be asked again, monotonic ms. */
  readonly wakeAtMs?: number;
  /** A trigger is there, and what the policy waits for keeps it from moving the size: a cooldown. */
  readonly isHeld?: boolean;
  /** Of who stops growth that gained nothing: what it ran into. */
  readonly plateau?: Plateau;
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
  /** Time that jobs have of a worker that has to go as there are more than the cap, ms. Left out: 25 s. */
  readonly drainMs?: number;
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

/** What would have come of other votes. */
export interface Alternative {
  /** `alone`: of this policy's proposal alone; `without`: of all but this constraint's. */
  readonly kind: "alone" | "without";
  /** Name of the policy or constraint. */
  readonly policy: string;
  /** The envelope that would have come of it. */
  readonly envelope: Envelope;
}

/** What a decision adds to what workers cost; less than 0: it saves. */
export interface DecisionCost {
  /** Worker-seconds an hour at once: of the workers that have to come, or to go. */
  readonly workerSeconds: number;
  /** Worker-seconds an hour at most: where the pool grows to its cap. */
  readonly workerSecondsMost: number;
  /** Both at the price of a worker, an hour, in the currency; null where workers have no price. */
  readonly money: { readonly now: number; readonly most: number; readonly currency: string } | null;
}

/** A size that a pool could have, as it looks when a decision is made. */
export interface Prospect {
  /** How many workers. */
  readonly workers: number;
  /** Worker-seconds an hour that it costs more than the present size; less than 0: it saves. */
  readonly workerSeconds: number;
  /** The same in the currency of `cost`, an hour; null where workers have no price. */
  readonly money: number | null;
  /**
   * Mean wait of jobs that come within a minute, ms, at most that minute: of what waits, of how many
   * come and of how long they take. Null: nobody knows yet how many come or how long they take.
   */
  readonly waitMs: number | null;
  /** By how much that is longer than at the present size, ms; null: it is not known. */
  readonly waitChangeMs: number | null;
}

/** How a pool did for some seconds. */
export interface Effect {
  /** How long, ms. */
  readonly spanMs: number;
  /** Ready workers, the mean over that time. */
  readonly workers: number;
  /** How long the longest waiting job had waited, the mean, ms. */
  readonly waitMs: number;
  /** Jobs that came. */
  readonly arrivalsPerS: number;
  /** Jobs that ended. */
  readonly finishedPerS: number;
  /** Share of the ready workers that had jobs, 0..1. */
  readonly busyRatio: number;
  /** Share of the time in which jobs waited, 0..1. */
  readonly backlogRatio: number;
  /** Mean run time of the jobs that ended, ms; null: none did. */
  readonly durationMs: number | null;
  /** Busy share of all cores of the host; null: unknown. */
  readonly cpuRatio: number | null;
  /** Used share of its memory; null: unknown. */
  readonly memoryRatio: number | null;
}

/** What came of a decision. */
export interface Verdict {
  /** Whether the pool did better after it, beyond what is noise. */
  readonly verdict: "helped" | "neutral" | "hurt";
  /** One sentence for people, with the numbers it rests on. */
  readonly because: string;
  /** What growth that gained nothing ran into; null where it was none, or nothing speaks for one. */
  readonly cause: CauseName | null;
  /** How the pool did before; null: nothing was measured. */
  readonly before: Effect | null;
  /** How it did after; null: nothing was measured. */
  readonly after: Effect | null;
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
  /** What the policies saw, each number rounded to what it is known to. */
  readonly reading: Reading;
  /** What each policy proposed. */
  readonly candidates: readonly Candidate[];
  /** What starts took until then, for each grant that was started. */
  readonly starts: readonly StartTimes[];
  /** Constraints that narrowed the envelope, and those that failed. */
  readonly vetoes: readonly Candidate[];
  /** What would have come of each proposal alone, and without each of the vetoes; at most 32. */
  readonly alternatives: readonly Alternative[];
  /** What it would cost to have other sizes, and what jobs would wait: 3 to 5, the smallest first. */
  readonly prospects: readonly Prospect[];
  /** Who set the floor (or the cap where the floor did not move). */
  readonly winner: string;
  /** The envelope that came of it. */
  readonly envelope: Envelope;
  /** Envelope in force before. */
  readonly before: Envelope;
  /** What it adds to the cost of the pool, or would have added. */
  readonly cost: DecisionCost;
  /** False where the envelope stayed as it was. */
  readonly adopted: boolean;
  /**
   * Who kept it as it was: regions of the scaling machine (`senses blind`), or constraints and
   * policies that failed or wait for a cooldown, by name. Null when it was adopted.
   */
  readonly blockedBy: string | null;
  /** One clause for logs and people: `queue 40 > 20`. */
  readonly because: string;
  /** What came of it; null until the span after it (5 to 60 s) is over, and where it was not adopted. */
  readonly verdict: Verdict | null;
}

/** Which decisions are wanted. */
export interface DecisionQuery {
  /** At most so many, 1..1,000. Default 50. */
  readonly limit?: number;
  /** Those with ids greater than this, oldest first. Default: the latest. */
  readonly after?: number;
}

/** Some decisions, newest last. */
export interface DecisionPage {
  /** The decisions. */
  readonly items: readonly Decision[];
  /** For `after`, to go on with; null: there are no more now, or the latest were asked for. */
  readonly next: number | null;
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
