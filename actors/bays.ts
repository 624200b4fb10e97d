/**
 * The operations whose jobs wait in a lane, and whose turn is next.
 *
 * @module
 */
import { compareLevels } from "../policies/ordering/ordering.ts";
import { usualShareRatio, workersMost } from "../policies/ordering/share.ts";
import { Bay } from "./bay.ts";
import { classes, type Job } from "./job.ts";
import { Sequence, Turnstile } from "./sequence.ts";
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
  readonly #sequence: Sequence;
  readonly #turnstile = new Turnstile();
  /** No job waits that was due before; -Infinity: some may have been set back as late. */
  #oldestMs = Infinity;

  /** `shareOf` tells the share of each operation, `sequence` whose turn is next. */
  constructor(shareOf: ShareOf = () => usualShareRatio, sequence = new Sequence()) {
    this.#shareOf = shareOf;
    this.#sequence = sequence;
  }

  /** All bays. */
  get all(): readonly Bay[] {
    return this.#all;
  }

  /** Adds a job where it belongs; `isFirst`: no other one waits. */
  add(job: Job, isFirst: boolean): void {
    this.#oldestMs = isFirst ? job.dueMs : Math.min(this.#oldestMs, job.dueMs);
    this.of(job).lines[job.rank]!.add(job);
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

  /**
   * Workers that the operation of a job is in, and may be in by what the others need now; null where
   * that keeps it from none.
   */
  held(job: Job, nowMs: number): { readonly workers: number; readonly most: number } | null {
    if (!this.isShared) return null;
    const needs = this.#needs(nowMs);
    const bay = this.of(job);
    const most = this.#most(bay, job, needs);
    return bay.workers >= most && most < this.#berths.length
      ? { workers: bay.workers, most }
      : null;
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
    const { agedMs, lateMs, turns } = this.#sequence.ordering;
    if (lateMs < Infinity) {
      this.#oldestMs = -Infinity;
      for (const { lines } of this.#all) for (const line of lines) line.demote(nowMs - lateMs);
    }
    const needs = this.isShared ? this.#needs(nowMs) : null;
    const isOwed = this.#turnstile.isOwed(turns);
    const { inClass } = this.#turnstile;
    const mayBeBehind = this.#oldestMs === -Infinity || this.#oldestMs < nowMs - agedMs;
    const job = (isOwed && mayBeBehind
      ? this.#leftBehind(berth, nowMs, needs, inClass) ??
        this.#leftBehind(berth, nowMs, needs, !inClass)
      : undefined) ??
      (needs === null
        ? this.#all.at(-1)!.take() ?? this.#all[0]!.take()
        : this.#next(berth, nowMs, needs)?.take());
    if (job) this.#turnstile.pass(isOwed);
    return job;
  }

  #next(berth: Berth | null, nowMs: number, needs: readonly number[]): Bay | undefined {
    let best: Bay | undefined;
    for (const bay of this.#all) {
      const { first } = bay;
      if (!first || (best && !this.#isBefore(bay, best, nowMs))) continue;
      if (berth === null || this.#mayEnter(bay, first, berth, needs)) best = bay;
      else this.picky = true;
    }
    return best;
  }

  /** Takes the one that waits longest of those that all turns but this one go past. */
  #leftBehind(
    berth: Berth | null,
    nowMs: number,
    needs: readonly number[] | null,
    inClass: boolean,
  ): Job | undefined {
    let best: Job | undefined;
    for (const { first } of this.#all) {
      if (first && (!best || compareLevels(first, best) < 0)) best = first;
    }
    if (!best) return undefined;
    const sinceMs = nowMs - this.#sequence.ordering.agedMs;
    let found: Job | undefined;
    let where: Bay | undefined;
    for (const bay of this.#all) {
      const job = bay.behind(best, sinceMs, inClass);
      if (!job || (found && found.dueMs <= job.dueMs)) continue;
      if (berth && needs && !this.#mayEnter(bay, job, berth, needs)) continue;
      found = job;
      where = bay;
    }
    if (found) where!.lines[found.rank]!.takeThis(found);
    return found;
  }

  /** The better turn, then who has fewer jobs in workers, then who waits longer. */
  #isBefore(one: Bay, other: Bay, nowMs: number): boolean {
    const [mine, theirs] = [one.first!, other.first!];
    const turn = this.#sequence.compare(mine, theirs, nowMs);
    if (turn !== 0) return turn < 0;
    return one.sent === other.sent ? mine.dueMs < theirs.dueMs : one.sent < other.sent;
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

  /** Whether `job`, which is next of its bay, may go to `berth`. */
  #mayEnter(bay: Bay, job: Job, berth: Berth, needs: readonly number[]): boolean {
    const most = bay.most = this.#most(bay, job, needs);
    if (bay.workers < most) return true;
    const here = jobsAt(bay, berth);
    if (here === 0) return false;
    if (bay.workers === most) return true;
    // It has too many: it stays where it has most and leaves the others.
    let better = 0;
    for (const other of this.#berths) {
      if (other === berth) continue;
      const there = jobsAt(bay, other);
      if (there > here || (there === here && this.#isEarlier(other, berth))) better++;
    }
    return better < most;
  }

  /** Workers that an operation may be in for `job`. */
  #most(bay: Bay, { rank }: Job, needs: readonly number[]): number {
    return workersMost({
      workers: this.#berths.length,
      shareRatio: this.#shareOf(bay.name),
      others: needs[rank]! - bay.need(rank),
    });
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

const jobsAt = (bay: Bay, { stays }: Berth): number => {
  const stay = stays[bay.index];
  return stay?.of === bay ? stay.jobs : 0;
};
