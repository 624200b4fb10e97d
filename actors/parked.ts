/**
 * Staged runs that wait for their turn: one of a project at a time, in order of class and arrival.
 *
 * @module
 */
import { classes, type Job } from "./job.ts";
import { Ring } from "./ring.ts";

/** Runs that have ended while they waited and still hold a place, before they are cleared away. */
const goneMax = 1_024;

/** The waiting runs by project; those without one wait for nobody but the total. */
export class Parked {
  readonly #projects = new Map<string, readonly Ring<Job>[]>();
  #places = 0;
  #clearAt = goneMax;

  /** Runs that wait. */
  get size(): number {
    return this.#projects.values().reduce(
      (sum, rings) => sum + rings.reduce((count, ring) => count + waiting(ring), 0),
      0,
    );
  }

  /** Puts a run behind those of its project and class. */
  push(job: Job): void {
    const project = projectOf(job);
    let rings = this.#projects.get(project);
    if (!rings) this.#projects.set(project, rings = classes.map(() => new Ring<Job>()));
    rings[job.rank]!.push(job);
    if (++this.#places >= this.#clearAt) this.#clear();
  }

  /** Takes the next run whose project `mayRun`; undefined when there is none. */
  take(mayRun: (project: string) => boolean): Job | undefined {
    let best: Ring<Job> | undefined;
    for (const [project, rings] of this.#projects) {
      const ring = firstOf(rings, () => this.#places--);
      if (!ring) this.#projects.delete(project);
      else if ((!best || isBefore(ring.first!, best.first!)) && mayRun(project)) best = ring;
    }
    if (best) this.#places--;
    return best?.shift();
  }

  #clear(): void {
    this.#places = 0;
    for (const [project, rings] of this.#projects) {
      const left = rings.map((ring) => {
        const rest = new Ring<Job>();
        for (const job of ring) if (!job.outcome) rest.push(job);
        this.#places += rest.size;
        return rest;
      });
      if (left.every(({ size }) => size === 0)) this.#projects.delete(project);
      else this.#projects.set(project, left);
    }
    this.#clearAt = this.#places * 2 + goneMax;
  }
}

/** Whose workspace a run is in; empty: that of nobody, one of its own. */
export const projectOf = ({ spec }: Job): string => spec.projectId ?? "";

/** The ring whose first run is next; runs that have ended are dropped on the way. */
function firstOf(rings: readonly Ring<Job>[], dropped: () => void): Ring<Job> | undefined {
  return rings.find((ring) => {
    while (ring.first?.outcome) {
      ring.shift();
      dropped();
    }
    return ring.size > 0;
  });
}

const isBefore = (a: Job, b: Job) => a.rank !== b.rank ? a.rank < b.rank : a.dueMs < b.dueMs;

function waiting(ring: Ring<Job>): number {
  let count = 0;
  for (const { outcome } of ring) if (!outcome) count++;
  return count;
}
