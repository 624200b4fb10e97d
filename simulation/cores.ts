/**
 * Work that shares cores and memory.
 *
 * A job wants a core for a share of its time. While all that runs wants more cores than there are,
 * the part of its time in which it wants one takes longer: by demand over cores, and 5 % more for
 * each core that is wanted again, for switching. While workers take more memory than there is, all
 * of it takes longer.
 *
 * @module
 */
import { Alarm } from "../actors/alarm.ts";
import { Agenda, type Entry } from "./agenda.ts";
import type { SimulatedClock } from "./clock.ts";

/** What switching costs: so much more for each time that all cores are wanted once more. */
const switchingRatio = 0.05;
/** Differences below this are of rounding, ms. */
const nothingMs = 1e-6;

/** All that wants a core for the same share of its time, and so goes on at the same pace. */
interface Group {
  readonly share: number;
  readonly agenda: Agenda;
  readonly alarm: Alarm;
  /** How far each member has come that was there from the beginning, ms. */
  doneMs: number;
  /** Of undisturbed work, done in a ms. */
  pace: number;
}

/** Work under way. */
export interface Work {
  /** How far it is, ms of undisturbed work. */
  doneMs(): number;
  /** Gives it up. */
  stop(): void;
}

interface Effects {
  advance(): void;
  /** A member has done what it had to do, or has given it up. */
  over(group: Group): void;
  arm(group: Group): void;
}

/** Work on cores. */
class Piece implements Work {
  readonly #group: Group;
  readonly #workMs: number;
  readonly #fromMs: number;
  readonly #effects: Effects;
  readonly #entry: Entry;
  #isOver = false;

  constructor(group: Group, workMs: number, effects: Effects, done: () => void) {
    this.#group = group;
    this.#workMs = workMs;
    this.#fromMs = group.doneMs;
    this.#effects = effects;
    this.#entry = group.agenda.add(group.doneMs + workMs, () => {
      this.#isOver = true;
      effects.over(group);
      done();
    });
  }

  doneMs(): number {
    this.#effects.advance();
    return Math.min(this.#workMs, this.#group.doneMs - this.#fromMs);
  }

  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#effects.advance();
    this.#group.agenda.callOff(this.#entry);
    this.#effects.over(this.#group);
    this.#effects.arm(this.#group);
  }
}

/** The cores of one machine. */
export class Cores {
  /** How many there are. */
  readonly count: number;
  readonly #clock: SimulatedClock;
  readonly #groups: Group[] = [];
  /** Cores wanted by all that runs. */
  #demand = 0;
  /** All takes so many times as long, for want of memory. */
  #drag = 1;
  #atMs = 0;
  /** Core time used so far, ms. */
  #usedMs = 0;
  /** What work under way needs of them. */
  readonly #effects: Effects = {
    advance: () => this.#advance(),
    over: ({ share }) => this.#want(-share),
    arm: (group) => this.#arm(group),
  };

  /** `count` cores, all free. */
  constructor(clock: SimulatedClock, count: number) {
    this.#clock = clock;
    this.count = count;
  }

  /** Core time used so far, ms. */
  usedMs(): number {
    this.#advance();
    return this.#usedMs;
  }

  /** From now on all work takes `drag` times as long. */
  slow(drag: number): void {
    if (drag === this.#drag) return;
    this.#advance();
    this.#drag = drag;
    this.#repace();
  }

  /**
   * Begins work of `workMs` that wants a core for `share` (0..1) of its time; `done` is called when
   * it is done.
   */
  begin(share: number, workMs: number, done: () => void): Work {
    const group = this.#groupOf(share);
    this.#advance();
    const piece = new Piece(group, workMs, this.#effects, done);
    this.#want(share);
    this.#arm(group);
    return piece;
  }

  #groupOf(share: number): Group {
    const known = this.#groups.find((group) => group.share === share);
    if (known) return known;
    this.#advance();
    const alarm = new Alarm(this.#clock, () => this.#ring(group));
    const pace = this.#paceOf(share);
    const group: Group = { share, agenda: new Agenda(), alarm, doneMs: 0, pace };
    this.#groups.push(group);
    return group;
  }

  #ring(group: Group): void {
    this.#advance();
    while (group.agenda.nextMs <= group.doneMs + nothingMs) group.agenda.take()!();
    this.#arm(group);
  }

  #arm({ agenda, alarm, doneMs, pace }: Group): void {
    alarm.set(this.#clock.nowMs() + Math.max(0, agenda.nextMs - doneMs) / pace);
  }

  /** So many cores more are wanted. */
  #want(share: number): void {
    if (share === 0) return;
    const wasScarce = this.#demand > this.count;
    this.#demand = Math.max(0, this.#demand + share);
    if (wasScarce || this.#demand > this.count) this.#repace();
  }

  #repace(): void {
    for (const group of this.#groups) {
      group.pace = this.#paceOf(group.share);
      this.#arm(group);
    }
  }

  #paceOf(share: number): number {
    const load = this.#demand / this.count;
    const slowness = load > 1 ? load * (1 + switchingRatio * (load - 1)) : 1;
    return 1 / (this.#drag * (1 - share + share * slowness));
  }

  /** Lets all that runs come as far as it has by now. */
  #advance(): void {
    const nowMs = this.#clock.nowMs();
    const passedMs = nowMs - this.#atMs;
    if (passedMs === 0) return;
    this.#atMs = nowMs;
    for (const group of this.#groups) group.doneMs += passedMs * group.pace;
    this.#usedMs += passedMs * Math.min(this.count, this.#demand);
  }
}
