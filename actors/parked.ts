/**
 * Staged runs that wait for their turn: one of a project at a time, in order of class and arrival.
 *
 * @module
 */
import type { Job } from "./job.ts";
import { precedes } from "./turns/precedes.ts";
import { Row } from "./turns/row.ts";

/** Runs that have ended while they waited and still hold a place, before they are cleared away. */
const goneMax = 1_024;

const waits = ({ outcome }: Job): boolean => outcome === null;

/** The waiting runs by project; those without one wait for nobody but the total. */
export class Parked {
  readonly #projects = new Map<string, Row<Job>>();
  /** Places that were taken since they were cleared. */
  #places = 0;
  #clearAt = goneMax;

  /** Runs that wait. */
  get size(): number {
    return this.#projects.values().reduce((sum, row) => sum + [...row].length, 0);
  }

  /** Puts a run where its turn is among those of its project. */
  add(job: Job): void {
    const project = projectOf(job);
    let row = this.#projects.get(project);
    if (!row) this.#projects.set(project, row = new Row(waits));
    row.add(job);
    if (++this.#places >= this.#clearAt) this.#clear();
  }

  /** Takes a run out, to be put in again; false where it does not wait here. */
  remove(job: Job): boolean {
    if (job.operation.grant.kind !== "run") return false;
    const row = this.#projects.get(projectOf(job));
    const before = row?.size;
    row?.clear((other) => other !== job);
    return row?.size !== before;
  }

  /** Runs of its project that go before one that waits. */
  ahead(job: Job): number {
    return this.#projects.get(projectOf(job))?.ahead(job) ?? 0;
  }

  /** Takes the next run whose project `mayRun`; undefined when there is none. */
  take(mayRun: (project: string) => boolean): Job | undefined {
    let best: Row<Job> | undefined;
    for (const [project, row] of this.#projects) {
      const { first } = row;
      if (!first) this.#projects.delete(project);
      else if ((!best || precedes(first, best.first!)) && mayRun(project)) best = row;
    }
    return best?.take();
  }

  #clear(): void {
    this.#places = 0;
    for (const [project, row] of this.#projects) {
      row.clear();
      this.#places += row.size;
      if (row.size === 0) this.#projects.delete(project);
    }
    this.#clearAt = this.#places * 2 + goneMax;
  }
}

/** Whose workspace a run is in; empty: that of nobody, one of its own. */
export const projectOf = ({ spec }: Job): string => spec.projectId ?? "";
