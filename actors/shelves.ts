/**
 * Jobs that wait for workers and for memory: a row for each operation, so that who fits can go
 * ahead of who does not.
 *
 * @module
 */
import { compareLevels } from "../policies/ordering/ordering.ts";
import { nextToPack, passedMax } from "../policies/ordering/packing.ts";
import type { Berth } from "./bays.ts";
import type { Footprints } from "./footprints.ts";
import { classes, type Job, operationOf } from "./job.ts";
import { better, type Lack, Lane } from "./lane.ts";
import { Line } from "./line.ts";
import type { Grant } from "./ports.ts";
import { Sequence, Turnstile } from "./sequence.ts";
import { precedes } from "./turns/precedes.ts";

/** Operations of a class that have a row of their own; the others share one. */
const rowsMax = 256;

/** Jobs of one operation and class. */
interface Shelf {
  readonly name: string;
  readonly rank: number;
  readonly jobs: Line;
  /** The one whose turn is looked at. */
  head: Job;
  /** Jobs of other rows that were taken since the first one came to stand there. */
  passed: number;
}

/** A lane whose jobs are taken when there is memory for them. */
export class Shelves extends Lane {
  readonly #footprints: Footprints;
  readonly #shelves: Map<string, Shelf>[] = classes.map(() => new Map());
  readonly #sequence: Sequence;
  readonly #turnstile = new Turnstile();
  #starved = false;

  /** For workers of `grant`; memory is had of `footprints`, `sequence` tells whose turn is next. */
  constructor(grant: Grant, footprints: Footprints, sequence = new Sequence()) {
    super(grant);
    this.#footprints = footprints;
    this.#sequence = sequence;
  }

  /** Jobs wait, and none of them could be taken for want of memory or cores. */
  override get starved(): boolean {
    return this.#starved && this.queued > 0;
  }

  override lack(job: Job): Lack | null {
    if (!this.starved) return null;
    const row = this.#shelves[job.rank]!;
    const shelf = row.get(operationOf(job.spec)) ?? row.get("");
    const first = job.alone ? job : shelf?.jobs.first ?? job;
    const isFed = job.alone || !shelf
      ? this.#footprints.hasCores(job)
      : this.#withCores(this.#all.filter(({ jobs }) => jobs.first)).includes(shelf);
    return { of: isFed ? "memory" : "cores", first };
  }

  override get places(): number {
    return this.#all.reduce((sum, { jobs }) => sum + jobs.size, super.places);
  }

  override add(job: Job): void {
    if (job.alone) return super.add(job);
    this.queued++;
    this.#shelf(job).jobs.add(job);
  }

  override take(_berth: Berth | null = null, nowMs = 0): Job | undefined {
    this.#starved = false;
    if (this.queued === 0) return undefined;
    const all = this.#heads(nowMs);
    const isOwed = this.#turnstile.isOwed(this.#sequence.ordering.turns);
    const chosen = this.#choose(all, isOwed, nowMs);
    if (chosen === null) {
      this.#starved = all.length > 0;
      return undefined;
    }
    for (const shelf of all) if (shelf.rank <= chosen.rank) shelf.passed++;
    chosen.passed = 0;
    this.queued--;
    this.#turnstile.pass(isOwed);
    chosen.jobs.takeThis(chosen.head);
    return chosen.head;
  }

  override look(nowMs: number): void {
    if (!this.#starved) return;
    const isOwed = this.#turnstile.isOwed(this.#sequence.ordering.turns);
    const all = this.#heads(nowMs);
    this.#starved = all.length > 0 && this.#choose(all, isOwed, nowMs) === null;
  }

  override entered(): void {}

  override held(): null {
    return null;
  }

  override get first(): Job | undefined {
    return this.#all.reduce((best, { jobs }) => better(best, jobs.first), super.first);
  }

  override headSinceMs(rank?: number): number {
    const shelves = this.#all.filter((shelf) => rank === undefined || shelf.rank === rank);
    return shelves.reduce(
      (since, { jobs }) => Math.min(since, jobs.oldest?.dueMs ?? Infinity),
      super.headSinceMs(rank),
    );
  }

  /** How many jobs that wait go before `job` where there is memory for all. */
  override ahead(job: Job): number {
    if (job.alone) return super.ahead(job);
    let count = 0;
    for (const { rank, jobs } of this.#all) {
      if (rank > job.rank) continue;
      for (const other of jobs) if (precedes(other, job)) count++;
    }
    return count;
  }

  protected override clear(isWanted?: (job: Job) => boolean): void {
    super.clear(isWanted);
    for (const { jobs } of this.#all) jobs.clear(isWanted);
  }

  get #all(): readonly Shelf[] {
    return this.#shelves.flatMap((row) => [...row.values()]);
  }

  /** The row whose job is next; null where there is no memory, or no core, for any. */
  #choose(all: readonly Shelf[], isOwed: boolean, nowMs: number): Shelf | null {
    const heads = this.#withCores(all);
    const { inClass } = this.#turnstile;
    const owed = isOwed
      ? this.#leftBehind(heads, nowMs, inClass) ?? this.#leftBehind(heads, nowMs, !inClass)
      : null;
    const { budgetBytes } = this.#footprints;
    const turns = this.#turns(heads, nowMs);
    const waiting = heads.map((shelf, i) => {
      const { head, passed } = shelf;
      const need = this.#footprints.need(head, budgetBytes);
      return {
        rank: shelf === owed ? -1 : turns[i]!,
        bytes: need.bytes + need.marginBytes,
        fits: this.#footprints.fits(need, budgetBytes),
        running: this.#footprints.weightOf(head).entry.running,
        passed,
        sinceMs: head.dueMs,
      };
    });
    const next = nextToPack(waiting, budgetBytes);
    return next === null ? null : heads[next]!;
  }

  /** Rows whose first job waits; the others lose what is gone. */
  #heads(nowMs: number): Shelf[] {
    const { lateMs } = this.#sequence.ordering;
    const heads: Shelf[] = [];
    for (const row of this.#shelves) {
      for (const shelf of row.values()) {
        if (lateMs < Infinity) shelf.jobs.demote(nowMs - lateMs);
        const { first } = shelf.jobs;
        if (first) {
          shelf.head = first;
          heads.push(shelf);
        } else row.delete(shelf.name);
      }
    }
    return heads;
  }

  /** Places in the order of turns, by the index of a head; equal ones are the packing's to order. */
  #turns(heads: readonly Shelf[], nowMs: number): readonly number[] {
    if (!this.#sequence.ordering.expects && heads.every(({ head }) => head.urgency === 0)) {
      return heads.map(({ rank }) => rank);
    }
    const compare = (one: number, other: number) =>
      this.#sequence.compare(heads[one]!.head, heads[other]!.head, nowMs);
    const turns: number[] = [];
    let before = -1;
    let turn = 0;
    for (const i of [...heads.keys()].sort(compare)) {
      if (before >= 0 && compare(before, i) !== 0) turn++;
      turns[i] = turn;
      before = i;
    }
    return turns;
  }

  /** The row of the job that waits longest of those that all turns but this one go past. */
  #leftBehind(heads: readonly Shelf[], nowMs: number, inClass: boolean): Shelf | null {
    let best: Job | undefined;
    for (const { head } of heads) if (!best || compareLevels(head, best) < 0) best = head;
    if (!best) return null;
    const sinceMs = nowMs - this.#sequence.ordering.agedMs;
    let found: { readonly shelf: Shelf; readonly job: Job } | null = null;
    for (const shelf of heads) {
      if ((shelf.rank === best.rank) !== inClass) continue;
      const job = shelf.jobs.behind(best, sinceMs);
      if (job && (!found || job.dueMs < found.job.dueMs)) found = { shelf, job };
    }
    if (found) found.shelf.head = found.job;
    return found?.shelf ?? null;
  }

  /**
   * Those that have the cores they say they need. Nobody else waits for one that has not, but for
   * those that need cores too when many have gone ahead of it.
   */
  #withCores(all: readonly Shelf[]): readonly Shelf[] {
    const has = ({ head }: Shelf) => this.#footprints.hasCores(head);
    if (all.every(has)) return all;
    const isOwed = all.some((shelf) => shelf.passed >= passedMax && !has(shelf));
    return all.filter((shelf) =>
      has(shelf) && !(isOwed && shelf.head.limits?.cpuCores !== undefined)
    );
  }

  #shelf(job: Job): Shelf {
    const row = this.#shelves[job.rank]!;
    const own = operationOf(job.spec);
    const name = row.has(own) || row.size < rowsMax ? own : "";
    let shelf = row.get(name);
    if (!shelf) {
      shelf = { name, rank: job.rank, jobs: new Line(), head: job, passed: 0 };
      row.set(name, shelf);
    }
    return shelf;
  }
}
