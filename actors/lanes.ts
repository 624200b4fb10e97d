/**
 * Where jobs lie that can run: a lane for each grant.
 *
 * @module
 */
import type { Job } from "./job.ts";
import { Lane } from "./lane.ts";
import type { Grant } from "./ports.ts";

/** The lanes of a queue, by the keys of their grants. */
export class Lanes extends Map<string, Lane> {
  readonly #make: (grant: Grant) => Lane;

  /** None yet; `make` makes one. */
  constructor(make: (grant: Grant) => Lane = (grant) => new Lane(grant)) {
    super();
    this.#make = make;
  }

  /** Jobs that lie in all of them. */
  get queued(): number {
    return this.values().reduce((sum, { queued }) => sum + queued, 0);
  }

  /** The lane of a grant. */
  of(grant: Grant): Lane {
    let lane = this.get(grant.key);
    if (!lane) this.set(grant.key, lane = this.#make(grant));
    return lane;
  }

  /** Lays a job into its lane, where it belongs. */
  lay(job: Job): Lane {
    job.state = "waiting";
    const lane = this.of(job.operation.grant);
    lane.add(job);
    return lane;
  }

  /** A job leaves by another way than being taken. */
  forget(job: Job): void {
    if (job.state === "waiting" && job.slot < 0) this.of(job.operation.grant).forget();
  }
}
