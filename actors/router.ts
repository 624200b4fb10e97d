/**
 * Which worker gets the next job: by the pool's own rule, or by a policy that was chosen.
 *
 * @module
 */
import type { ControlFact } from "../messages/facts.ts";
import type { Routing } from "../policies/routing/mod.ts";
import { patienceMsMax, type Taker } from "../policies/routing/routing.ts";
import type { Lane } from "./lane.ts";
import type { Random } from "./ports.ts";
import { takes } from "./takes.ts";
import type { Wake } from "./wake.ts";
import type { WorkerLink } from "./worker.ts";

/** Characters of an error that are told. */
const errorMax = 200;

/** What a router stands on. */
export interface RouterParts {
  readonly wake: Pick<Wake, "later">;
  readonly random: Random;
  /** Tells facts. */
  readonly note: (fact: ControlFact) => void;
}

/** How far the turns of one lane are. */
interface Round {
  memory: unknown;
  /** What is remembered if the next job is sent as the policy said. */
  next: unknown;
  /** Drawn for the next job; null: not yet. */
  chance: number | null;
  /** Since when it waits for a worker without room while another has some; Infinity: it does not. */
  sinceMs: number;
  /** Seat of that worker. */
  seat: number;
  /** Seats that were waited for in vain, until they have room. */
  readonly passed: Set<number>;
  /** Jobs that seats gave back since the last one was sent. */
  readonly returned: Map<number, number>;
}

/** A worker without room that a job waits for while another has some. */
export interface Chosen {
  readonly seat: number;
  /** Name of the policy that chose it. */
  readonly routing: string;
  /** Longest time that it is waited for, ms. */
  readonly patienceMs: number;
}

/** Chooses workers for the jobs of one pool. */
export class Router {
  /** Workers that the pool's own rule gives a job only where no other has room. */
  readonly spared = new Set<WorkerLink>();
  /** Who was chosen to be asked; null: nobody. */
  #chosen: Routing | null = null;
  /** The same, until it fails. */
  #routing: Routing | null = null;
  #rounds = new WeakMap<Lane, Round>();
  readonly #parts: RouterParts;

  /** Goes by the pool's own rule until somebody else is to be asked. */
  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** Asks `routing` from now on; the one that is asked already goes on. Null: nobody. */
  adopt(routing: Routing | null): void {
    if (routing === this.#chosen) return;
    this.#chosen = this.#routing = routing;
    this.#rounds = new WeakMap();
  }

  /** Somebody is asked, not the pool's own rule. */
  get isAsked(): boolean {
    return this.#routing !== null;
  }

  /** Who gets the next job of `lane`; null: nobody has room, or it waits for one that has none. */
  pick(
    lane: Lane,
    links: readonly WorkerLink[],
    shut: readonly WorkerLink[] | null,
    nowMs: number,
  ): WorkerLink | null {
    const routing = this.#routing;
    if (routing === null) return leastLoaded(links, lane.grant.key, shut, this.spared);
    try {
      return this.#ask(routing, lane, links, shut, nowMs);
    } catch (error) {
      this.#fail(`${routing.name} failed: ${String(error).slice(0, errorMax)}`);
      return leastLoaded(links, lane.grant.key, shut);
    }
  }

  /** A job of `lane` was sent to who was picked last. */
  sent(lane: Lane): void {
    if (this.#routing === null) return;
    const round = this.#rounds.get(lane)!;
    round.memory = round.next;
    round.chance = null;
    round.sinceMs = Infinity;
    round.returned.clear();
  }

  /** So many jobs of `lane` were given back, not begun. */
  returned(lane: Lane, seat: number, count: number): void {
    const returned = this.#rounds.get(lane)?.returned;
    returned?.set(seat, (returned.get(seat) ?? 0) + count);
  }

  /** Whom the next job of `lane` waits for; null: for nobody in particular. */
  chosen(lane: Lane): Chosen | null {
    const round = this.#rounds.get(lane);
    if (this.#routing === null || !round || round.sinceMs === Infinity) return null;
    const { name: routing, patienceMs } = this.#routing;
    return { seat: round.seat, routing, patienceMs: Math.min(patienceMs, patienceMsMax) };
  }

  #ask(
    routing: Routing,
    lane: Lane,
    links: readonly WorkerLink[],
    shut: readonly WorkerLink[] | null,
    nowMs: number,
  ): WorkerLink | null {
    const round = this.#roundOf(lane, routing);
    const own = links.filter(({ grant }) => grant.key === lane.grant.key)
      .sort((one, other) => one.seat - other.seat);
    const takers = own.map((link, place) => takerOf(link, place, round.returned));
    let offered = takers.filter(({ seat, room }, at) => {
      if (room > 0) round.passed.delete(seat);
      if (!takes(own[at]!) || shut?.includes(own[at]!)) return false;
      return room > 0 || (routing.patienceMs > 0 && !round.passed.has(seat));
    });
    if (!offered.some(({ room }) => room > 0)) {
      round.sinceMs = Infinity;
      return null;
    }
    const chance = round.chance ??= this.#parts.random.unit();
    for (;;) {
      const [seat, next] = routing.route(round.memory, offered, chance);
      const chosen = offered.find((taker) => taker.seat === seat);
      if (!chosen) throw new RangeError(`chose ${seat}, which was not offered`);
      round.next = next;
      if (chosen.room > 0) return own[chosen.place]!;
      if (round.sinceMs === Infinity) round.sinceMs = nowMs;
      round.seat = seat;
      const untilMs = round.sinceMs + Math.min(routing.patienceMs, patienceMsMax);
      if (nowMs < untilMs) {
        this.#parts.wake.later(lane, untilMs);
        return null;
      }
      round.passed.add(seat);
      offered = offered.filter((taker) => taker !== chosen);
    }
  }

  /** What can't be relied on is asked no more. */
  #fail(because: string): void {
    this.#routing = null;
    const message = `Jobs go to who has fewest until another routing is chosen: ${because}`;
    this.#parts.note({ type: "alert", level: "warning", code: "routing_failed", message });
  }

  #roundOf(lane: Lane, routing: Routing): Round {
    let round = this.#rounds.get(lane);
    if (!round) {
      const memory = routing.start();
      const none = { passed: new Set<number>(), returned: new Map<number, number>() };
      round = { memory, next: memory, chance: null, sinceMs: Infinity, seat: 0, ...none };
      this.#rounds.set(lane, round);
    }
    return round;
  }
}

const takerOf = (
  { seat, room, running, unbegun }: WorkerLink,
  place: number,
  returned: ReadonlyMap<number, number>,
): Taker => ({
  seat,
  place,
  room: Math.max(0, room),
  jobs: running + unbegun,
  returned: returned.get(seat) ?? 0,
});

/** More than any worker has: who is spared comes after all others. */
const sparedLoad = 1e9;

/** Who has the fewest jobs; among equals who was busy last, so that the others are seen idle. */
export function leastLoaded(
  links: readonly WorkerLink[],
  grant: string,
  shut: readonly WorkerLink[] | null = null,
  spared: ReadonlySet<WorkerLink> | null = null,
): WorkerLink | null {
  let best: WorkerLink | null = null;
  let bestLoad = Infinity;
  for (const link of links) {
    if (link.grant.key !== grant || link.room <= 0 || shut?.includes(link)) continue;
    const isSpared = spared !== null && spared.size > 0 && spared.has(link);
    const load = link.running + link.unbegun + (isSpared ? sparedLoad : 0);
    if (
      load < bestLoad || (load === bestLoad && link.spell.idleSinceMs > best!.spell.idleSinceMs)
    ) {
      best = link;
      bestLoad = load;
    }
  }
  return best;
}
