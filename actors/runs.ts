/**
 * The staged runs of a runtime: which waits, which is under way. One of a project at a time, as it
 * has one workspace.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import type { Gates } from "./gates/gates.ts";
import type { Job } from "./job.ts";
import type { Lane } from "./lane.ts";
import { Parked, projectOf } from "./parked.ts";
import { type RunParts, StagedRun } from "./run.ts";

/** Runs under way at once, each in a workspace: those with a project, those without. */
export const runsMax = 64;

/** What a run is in the eyes of the queue while it is under way: held, by no worker. */
const held = 0;

/** What follows from what runs do. */
export interface RunsListener {
  began(job: Job): void;
  /** An attempt has ended. */
  settled(job: Job, outcome: Outcome): void;
}

/** All staged runs. */
export class Runs {
  readonly #parked = new Parked();
  readonly #active = new Map<Job, StagedRun>();
  readonly #projects = new Set<string>();
  /** Runs without a project under way. */
  #passing = 0;
  readonly #parts: RunParts;
  readonly #listener: RunsListener;
  #closed = false;

  /** None yet. */
  constructor(parts: RunParts, listener: RunsListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  /** Runs that wait for their turn. */
  get waiting(): number {
    return this.#parked.size;
  }

  /** Runs under way. */
  get running(): number {
    return this.#active.size;
  }

  /** Their jobs. */
  get active(): Iterable<Job> {
    return this.#active.keys();
  }

  /** Takes all runs that lie in `lane` and may begin. */
  take(lane: Lane, gates: Gates): void {
    for (let job = lane.take(); job; job = lane.take()) {
      if (job.gates !== null && !gates.take(job)) continue;
      job.state = "blocked";
      this.#parked.add(job);
    }
    this.#fill();
  }

  /** Runs that wait and go before `job` where its project is concerned. */
  ahead(job: Job): number {
    return this.#parked.ahead(job);
  }

  /** Lets `move` change a job's turn; a run that waits here finds its place anew. */
  moving(job: Job, move: () => void): void {
    const waits = this.#parked.remove(job);
    move();
    if (waits) this.#parked.add(job);
  }

  /** Lets a run end; false when it is not under way. */
  stop(job: Job): boolean {
    const run = this.#active.get(job);
    run?.stop();
    return run !== undefined;
  }

  /** Begins nothing any more; resolves when nothing is under way on the disk. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#active.values()].map((run) => run.close()));
  }

  #fill(): void {
    while (!this.#closed) {
      const job = this.#parked.take((project) => this.#mayRun(project));
      if (!job) return;
      this.#begin(job);
    }
  }

  #mayRun(project: string): boolean {
    if (project === "") return this.#passing < runsMax;
    return this.#projects.size < runsMax && !this.#projects.has(project);
  }

  #begin(job: Job): void {
    const project = projectOf(job);
    if (project === "") this.#passing++;
    else this.#projects.add(project);
    job.state = "running";
    job.slot = held;
    const run = new StagedRun(job, this.#parts, (outcome) => {
      this.#active.delete(job);
      if (project === "") this.#passing--;
      else this.#projects.delete(project);
      this.#listener.settled(job, outcome);
      this.#fill();
    });
    this.#active.set(job, run);
    this.#listener.began(job);
  }
}
