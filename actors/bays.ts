/**
 * The operations whose jobs wait in a lane, and whose turn is next.
 *
 * @module
 */
import { usualShareRatio, workersMost } from "../policies/ordering/share.ts";
import { Bay } from "./bay.ts";
import { classes, type Job } from "./job.ts";
import { Stay } from "./stay.ts";

/** Operations of a lane that are told apart; the others count as one. */
const baysMax = 64;

/** Of a worker: what its jobs are of, by the index of their bays. */
export interface Berth {
  readonly stays: (Stay | undefined)[];
}

/** The share of workers of an operation, by its name. */
export type ShareOf = (operation: string) => number;

/** All operations of one lane. */
export class Bays {
  /** Some job waits that may go to another worker than the one it was asked for last. */
  picky = false;
  #all = [new Bay("", 0)];
  readonly #byName = new Map<string, Bay>();
  #last = this.#all[0]!;
  readonly #shareOf: ShareOf;
  #berths: readonly Berth[] = [];

  /** `shareOf` tells the share of each operation. */
  constructor(shareOf: ShareOf = () => usualShareRatio) {
    this.#shareOf = shareOf;
  }

  /** All bays. */
  get all(): readonly Bay[] {
    return this.#all;
  }

  /** The bay of a job. */
  of({ spec, operation }: Job): Bay {
    const name = spec.operation ?? operation.name;
    return name === this.#last.name ? this.#last : this.#last = this.#find(name);
  }

  /** More than one operation is about. */
  get isShared(): boolean {
    return this.#all.length > 2;
  }

  /** The workers among which jobs are spread next. */
  spread(berths: readonly Berth[]): void {
    this.#berths = berths;
  }

  /** Counts a job that is sent to a worker. */
  enter(job: Job, { stays }: Berth): void {
    const bay = this.of(job);
    let stay = stays[bay.index];
    if (stay?.of !== bay) stay = stays[bay.index] = new Stay(bay);
    stay.enter();
    job.stay = stay;
  }

  /** Takes the next job, at `berth` where that is given; undefined when there is none. */
  take(berth: Berth | null, nowMs: number): Job | undefined {
    this.picky = false;
    if (!this.isShared) return this.#all.at(-1)!.take() ?? this.#all[0]!.take();
    return this.#next(berth, nowMs)?.take();
  }

  #next(berth: Berth | null, nowMs: number): Bay | undefined {
    const needs = this.#needs(nowMs);
    let best: Bay | undefined;
    for (const bay of this.#all) {
      const { first } = bay;
      if (!first || (best && !isBefore(bay, best))) continue;
      if (berth === null || this.#mayEnter(bay, berth, needs[first.rank]!)) best = bay;
      else this.picky = true;
    }
    return best;
  }

  /** Workers that all need by class; those who are gone are forgotten. */
  #needs(nowMs: number): readonly number[] {
    const needs = classes.map(() => 0);
    let isGone = false;
    for (const bay of this.#all) {
      const { first } = bay;
      bay.note(first, nowMs);
      for (let rank = 0; rank < needs.length; rank++) needs[rank]! += bay.need(rank);
      if (!first && bay.sent === 0 && bay.need(classes.length - 1) === 0) {
        isGone ||= bay.name !== "";
      }
    }
    if (isGone) this.#forget();
    return needs;
  }

  #mayEnter(bay: Bay, berth: Berth, needs: number): boolean {
    bay.most = workersMost({
      workers: this.#berths.length,
      shareRatio: this.#shareOf(bay.name),
      others: needs - bay.need(bay.first!.rank),
    });
    if (bay.workers < bay.most) return true;
    const here = jobsAt(bay, berth);
    if (here === 0) return false;
    if (bay.workers === bay.most) return true;
    // It has too many: it stays where it has most and leaves the others.
    let better = 0;
    for (const other of this.#berths) {
      if (other === berth) continue;
      const there = jobsAt(bay, other);
      if (there > here || (there === here && this.#isEarlier(other, berth))) better++;
    }
    return better < bay.most;
  }

  #isEarlier(one: Berth, other: Berth): boolean {
    return this.#berths.indexOf(one) < this.#berths.indexOf(other);
  }

  #find(name: string): Bay {
    let bay = this.#byName.get(name);
    if (bay) return bay;
    if (this.#byName.size >= baysMax) return this.#all[0]!;
    const taken = new Set(this.#all.map(({ index }) => index));
    let index = 1;
    while (taken.has(index)) index++;
    bay = new Bay(name, index);
    this.#byName.set(name, bay);
    this.#all.push(bay);
    return bay;
  }

  #forget(): void {
    this.#all = this.#all.filter((bay) => {
      const stays = bay.name === "" || bay.first || bay.sent > 0 ||
        bay.need(classes.length - 1) > 0;
      if (!stays) this.#byName.delete(bay.name);
      return stays;
    });
    this.#last = this.#all[0]!;
  }
}

/** The better class, then who has fewer jobs in workers, then who waits longer. */
function isBefore(one: Bay, other: Bay): boolean {
  const [mine, theirs] = [one.first!, other.first!];
  if (mine.rank !== theirs.rank) return mine.rank < theirs.rank;
  return one.sent === other.sent ? mine.dueMs < theirs.dueMs : one.sent < other.sent;
}

const jobsAt = (bay: Bay, { stays }: Berth): number => {
  const stay = stays[bay.index];
  return stay?.of === bay ? stay.jobs : 0;
};
