/**
 * Jobs that wait for workers and for memory: a row for each operation, so that who fits can go
 * ahead of who does not.
 *
 * @module
 */
import { nextToPack, passedMax } from "../policies/ordering/packing.ts";
import type { Footprints } from "./footprints.ts";
import { classes, type Job, operationOf } from "./job.ts";
import { Lane } from "./lane.ts";
import { Line } from "./line.ts";
import type { Grant } from "./ports.ts";

/** Operations of a class that have a row of their own; the others share one. */
const rowsMax = 256;

/** Jobs of one operation and class, first come first served. */
interface Shelf {
  readonly name: string;
  readonly rank: number;
  readonly jobs: Line;
  /** Jobs of other rows that were taken since the first one came to stand there. */
  passed: number;
}

/** A lane whose jobs are taken when there is memory for them. */
export class Shelves extends Lane {
  readonly #footprints: Footprints;
  readonly #shelves: Map<string, Shelf>[] = classes.map(() => new Map());
  /** Places that are held, by jobs that wait or did so. */
  #places = 0;
  #starved = false;

  /** For workers of `grant`; memory is had of `footprints`. */
  constructor(grant: Grant, footprints: Footprints) {
    super(grant);
    this.#footprints = footprints;
  }

  /** Jobs wait, and none of them could be taken for want of memory or cores. */
  override get starved(): boolean {
    return this.#starved && this.queued > 0;
  }

  override get places(): number {
    return super.places + this.#places;
  }

  override push(job: Job): void {
    if (job.alone) return super.push(job);
    this.queued++;
    this.#places++;
    this.#shelf(job).jobs.push(job);
  }

  override unshift(job: Job): void {
    if (job.alone) return super.unshift(job);
    this.queued++;
    this.#places++;
    this.#shelf(job).jobs.unshift(job);
  }

  override call(job: Job): void {
    if (job.alone) return super.call(job);
    this.queued++;
    this.#places++;
    this.#shelf(job).jobs.call(job);
  }

  override take(): Job | undefined {
    this.#starved = false;
    if (this.queued === 0) return undefined;
    const all = this.#heads();
    const heads = this.#withCores(all);
    const { budgetBytes } = this.#footprints;
    const waiting = heads.map(({ rank, jobs, passed }) => {
      const job = jobs.first!;
      const need = this.#footprints.need(job, budgetBytes);
      return {
        rank,
        bytes: need.bytes + need.marginBytes,
        fits: this.#footprints.fits(need, budgetBytes),
        running: this.#footprints.weightOf(job).entry.running,
        passed,
        sinceMs: job.dueMs,
      };
    });
    const next = nextToPack(waiting, budgetBytes);
    if (next === null) {
      this.#starved = all.length > 0;
      return undefined;
    }
    const chosen = heads[next]!;
    for (const shelf of all) if (shelf.rank <= chosen.rank) shelf.passed++;
    chosen.passed = 0;
    this.queued--;
    return this.#shift(chosen);
  }

  override entered(): void {}

  override held(): null {
    return null;
  }

  override headSinceMs(): number {
    return this.#heads().reduce(
      (since, { jobs }) => Math.min(since, jobs.first!.dueMs),
      super.headSinceMs(),
    );
  }

  /** How many jobs that wait came before `job`, in its class or a better one. */
  override ahead(job: Job): number {
    let count = 0;
    for (const shelf of this.#shelves.slice(0, job.rank + 1).flatMap((row) => [...row.values()])) {
      for (const other of shelf.jobs) {
        if (other.state !== "waiting" || other === job) continue;
        if (shelf.rank < job.rank || other.dueMs < job.dueMs || earlier(other, job)) count++;
      }
    }
    return count;
  }

  /** Clears places away whose jobs have left by another way. */
  protected override clear(): void {
    super.clear();
    for (const shelf of this.#shelves.flatMap((row) => [...row.values()])) {
      const before = shelf.jobs.size;
      shelf.jobs.clear();
      this.#places -= before - shelf.jobs.size;
    }
  }

  /** Rows whose first job waits; the others lose what is gone. */
  #heads(): Shelf[] {
    const heads: Shelf[] = [];
    for (const row of this.#shelves) {
      for (const shelf of row.values()) {
        while (shelf.jobs.first && shelf.jobs.first.state !== "waiting") this.#shift(shelf);
        if (shelf.jobs.size > 0) heads.push(shelf);
        else row.delete(shelf.name);
      }
    }
    return heads;
  }

  /**
   * Those that have the cores they say they need. Nobody else waits for one that has not, but for
   * those that need cores too when many have gone ahead of it.
   */
  #withCores(all: readonly Shelf[]): readonly Shelf[] {
    const has = ({ jobs }: Shelf) => this.#footprints.hasCores(jobs.first!);
    if (all.every(has)) return all;
    const isOwed = all.some((shelf) => shelf.passed >= passedMax && !has(shelf));
    return all.filter((shelf) =>
      has(shelf) && !(isOwed && shelf.jobs.first!.limits?.cpuCores !== undefined)
    );
  }

  #shift(shelf: Shelf): Job | undefined {
    this.#places--;
    return shelf.jobs.shift();
  }

  #shelf(job: Job): Shelf {
    const row = this.#shelves[job.rank]!;
    const own = operationOf(job.spec);
    const name = row.has(own) || row.size < rowsMax ? own : "";
    let shelf = row.get(name);
    if (!shelf) row.set(name, shelf = { name, rank: job.rank, jobs: new Line(), passed: 0 });
    return shelf;
  }
}

/** Of two that came at the same time, the one with the lower number in the order of acceptance. */
const earlier = (one: Job, other: Job): boolean =>
  one.dueMs === other.dueMs && Math.abs(one.id) < Math.abs(other.id);
