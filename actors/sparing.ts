/**
 * Whether fewer workers would do for jobs that mostly wait. Jobs go to who has fewest, so that
 * of workers with many slots none is ever without one, however few jobs there are. Who can be spared
 * gets no more while others of its kind have room: it is seen idle then, and goes as idle ones do.
 *
 * @module
 */
import type { Envelope } from "../messages/decision.ts";
import type { Look } from "./look.ts";
import type { Router } from "./router.ts";
import type { WorkerLink } from "./worker.ts";

/** What there is to do fits into fewer when their threads have so much to do, and so many slots are taken. */
const fits: Fill = { threadRatio: .25, slotsRatio: .5 };
/** It does no longer fit above that. */
const tight: Fill = { threadRatio: .5, slotsRatio: .75 };
/** Jobs that hold a thread for longer than this in the mean, ms, are kept apart as far as may be. */
const heldLongMs = 2;
/** A job that has waited for longer than this has waited for a worker, or for a thread that is held, ms. */
const waitedMs = 20;
/** It must have fitted for so long, ms, and as long as an idle worker is kept. */
const calmMs = 1_000;
/** What a thread does is smoothed with this half-life, ms. */
const halfLifeMs = 1_000;
/** What a command takes of the thread of its worker, ms (0144). What it does itself is in no worker. */
const commandMs = .3;
/** What command workers have done is summed up so often, ms. */
const sumMs = 250;

interface Fill {
  readonly threadRatio: number;
  readonly slotsRatio: number;
}

/** Whose workers are looked at. */
export interface Staffed {
  readonly links: readonly WorkerLink[];
  readonly envelope: Pick<Envelope, "floor" | "keepAliveMs">;
  readonly dispatcher: { readonly router: Pick<Router, "spared" | "isAsked"> };
}

/** What all workers of a kind do. */
interface Work {
  /** Threads that it takes. */
  readonly wanted: number;
  /** Workers that it fills. */
  readonly slots: number;
  readonly isHeldLong: boolean;
}

/** What a thread did lately. */
interface Share {
  readonly look: Look;
  /** Share of its time in which it was held or wanted a core, NaN: not known yet. */
  readonly ratio: number;
  /** How long a job held it, ms. */
  readonly heldMs: number;
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
    let [wanted, jobs, isHeldLong] = [0, 0, false];
    for (const link of own) {
      const share = this.#shareOf(link, nowMs);
      wanted += share?.ratio ?? NaN;
      jobs += jobsOf(link);
      isHeldLong ||= share !== null && share.heldMs > heldLongMs;
    }
    return Number.isNaN(wanted) ? null : { wanted, slots: jobs / own[0]!.slotsMax, isHeldLong };
  }

  #shareOf(link: WorkerLink, nowMs: number): Share | null {
    const before = this.#shares.get(link) ?? null;
    const look = link.grant.kind === "task" ? link.looked : summed(link, before, nowMs);
    if (look === null || look === before?.look) return before;
    const share = before === null ? { look, ratio: NaN, heldMs: 0 } : shareOf(look, before);
    this.#shares.set(link, share);
    return share;
  }
}

/** How many workers do with it. */
function enough({ wanted, slots, isHeldLong }: Work, { threadRatio, slotsRatio }: Fill): number {
  if (isHeldLong) return Infinity;
  return Math.max(1, Math.ceil(wanted / threadRatio), Math.ceil(slots / slotsRatio));
}

/** What a worker of commands did: nobody looks at its thread. */
function summed({ served, spell }: WorkerLink, before: Share | null, nowMs: number): Look {
  if (before !== null && nowMs - before.look.atMs < sumMs) return before.look;
  const { heldMs } = spell;
  return { atMs: nowMs, served, busyMs: 0, heldMs, ranMs: commandMs * served, waitedMs: 0 };
}

function shareOf(look: Look, before: Share): Share {
  const { atMs, served, heldMs, ranMs, waitedMs } = before.look;
  const spanMs = look.atMs - atMs;
  const holdsMs = look.heldMs - heldMs;
  const wantsMs = Math.max(holdsMs, look.ranMs + look.waitedMs - ranMs - waitedMs);
  const now = { ratio: wantsMs / spanMs, heldMs: holdsMs / Math.max(1, look.served - served) };
  if (Number.isNaN(before.ratio)) return { look, ...now };
  const fade = 2 ** (-spanMs / halfLifeMs);
  return {
    look,
    ratio: now.ratio + fade * (before.ratio - now.ratio),
    heldMs: now.heldMs + fade * (before.heldMs - now.heldMs),
  };
}

const jobsOf = ({ running, unbegun }: WorkerLink): number => running + unbegun;
