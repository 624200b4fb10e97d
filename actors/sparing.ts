/**
 * Whether fewer workers would do for jobs that mostly wait. Jobs go to who has fewest, so that
 * of workers with many slots none is ever without one, however few jobs there are. Who can be spared
 * gets no more while others of its kind have room: it is seen idle then, and goes as idle ones do.
 *
 * @module
 */
import type { Envelope } from "../messages/decision.ts";
import {
  enough,
  fits,
  type Seen,
  type Share,
  share,
  tight,
  type Work,
} from "../policies/scaling/enough.ts";
import type { Router } from "./router.ts";
import type { WorkerLink } from "./worker.ts";

/** A job that has waited for longer than this has waited for a worker, or for a thread that is held, ms. */
const waitedMs = 20;
/** It must have fitted for so long, ms, and as long as an idle worker is kept. */
const calmMs = 1_000;
/** What a command takes of the thread of its worker, ms (0144). What it does itself is in no worker. */
const commandMs = .3;
/** What command workers have done is summed up so often, ms. */
const sumMs = 250;

/** Whose workers are looked at. */
export interface Staffed {
  readonly links: readonly WorkerLink[];
  readonly envelope: Pick<Envelope, "floor" | "keepAliveMs">;
  readonly dispatcher: { readonly router: Pick<Router, "spared" | "isAsked"> };
}

/** Looks at the workers of one pool. */
export class Sparing {
  readonly #pool: Staffed;
  readonly #shares = new WeakMap<WorkerLink, Share>();
  /** Since when fewer would do, by grant, monotonic ms. */
  #calmSinceMs = new Map<string, number>();

  /** Spares nobody before the first look. */
  constructor(pool: Staffed) {
    this.#pool = pool;
  }

  /** Spares some more, or none any longer. The oldest job that was not begun has waited `oldestMs`. */
  look(nowMs: number, oldestMs: number): void {
    const { links, envelope, dispatcher: { router } } = this.#pool;
    const { spared } = router;
    for (const link of spared) if (!links.includes(link)) spared.delete(link);
    const before = this.#calmSinceMs;
    this.#calmSinceMs = new Map();
    const shared = links.filter(({ open, exclusive, slotsMax }) =>
      open && !exclusive && slotsMax > 1
    );
    const isHeldUp = oldestMs > waitedMs ||
      shared.some(({ slots, heardMs, grant: { kind } }) =>
        kind === "task" && slots.isHeld && nowMs - heardMs > waitedMs
      );
    if (links.length <= Math.max(1, envelope.floor) || router.isAsked || isHeldUp) {
      return spared.clear();
    }
    for (const [grant, own] of Map.groupBy(shared, ({ grant: { key } }) => key)) {
      const kept = own.filter((link) => !spared.has(link));
      const work = this.#workOf(own, nowMs);
      if (!work || enough(work, tight) > kept.length) own.forEach((link) => spared.delete(link));
      const others = links.length - spared.size - Math.max(1, envelope.floor);
      const tooMany = work ? Math.min(kept.length - enough(work, fits), others) : 0;
      if (tooMany <= 0) continue;
      const sinceMs = before.get(grant) ?? nowMs;
      this.#calmSinceMs.set(grant, sinceMs);
      if (nowMs - sinceMs < Math.max(calmMs, envelope.keepAliveMs)) continue;
      // By halves: what the others then do shows whether it can go on.
      kept.sort((one, other) => jobsOf(one) - jobsOf(other));
      for (const link of kept.slice(0, Math.ceil(tooMany / 2))) spared.add(link);
      this.#calmSinceMs.set(grant, nowMs);
    }
  }

  /** What all of `own` do; null while that is not known of one of them. */
  #workOf(own: readonly WorkerLink[], nowMs: number): Work | null {
    const shares = own.map((link) => this.#shareOf(link, nowMs));
    const jobs = own.reduce((sum, link) => sum + jobsOf(link), 0);
    let [threads, heldMs] = [0, 0];
    for (const one of shares) {
      if (one === null || one.ratio.value === null) return null;
      threads += one.ratio.value;
      heldMs = Math.max(heldMs, one.heldMs.value ?? 0);
    }
    return { threads, slots: jobs / own[0]!.slotsMax, heldMs };
  }

  #shareOf(link: WorkerLink, nowMs: number): Share | null {
    const before = this.#shares.get(link) ?? null;
    const seen = link.grant.kind === "task" ? link.looked : summed(link, before, nowMs);
    if (seen === null || seen === before?.seen) return before;
    const now = share(before, seen);
    this.#shares.set(link, now);
    return now;
  }
}

/** What a worker of commands did: nobody looks at its thread. */
function summed({ served, spell }: WorkerLink, before: Share | null, nowMs: number): Seen {
  if (before !== null && nowMs - before.seen.atMs < sumMs) return before.seen;
  return { atMs: nowMs, served, heldMs: spell.heldMs, ranMs: commandMs * served, waitedMs: 0 };
}

const jobsOf = ({ running, unbegun }: WorkerLink): number => running + unbegun;
