/**
 * Where jobs lie that can run: a lane for each grant.
 *
 * @module
 */
import type { Job } from "./job.ts";
import { Lane } from "./lane.ts";
import { poolOf } from "./pool_of.ts";
import type { Grant } from "./ports.ts";

/** The lanes of one pool, by the keys of their grants. */
export class Lanes extends Map<string, Lane> {
  /** Jobs that lie in all of them. */
  get queued(): number {
    let queued = 0;
    for (const lane of this.values()) queued += lane.queued;
    return queued;
  }
}

/** The lanes of a queue: those of all pools. */
export class AllLanes extends Lanes {
  readonly #make: (grant: Grant) => Lane;
  readonly #pools = new Map<string, Lanes>();

  /** None yet; `make` makes one. */
  constructor(make: (grant: Grant) => Lane = (grant) => new Lane(grant)) {
    super();
    this.#make = make;
  }

  /** Those of one pool. */
  in(pool: string): Lanes {
    let lanes = this.#pools.get(pool);
    if (!lanes) this.#pools.set(pool, lanes = new Lanes());
    return lanes;
  }

  /** The lane of a grant. */
  of(grant: Grant): Lane {
    let lane = this.get(grant.key);
    if (!lane) {
      this.set(grant.key, lane = this.#make(grant));
      this.in(poolOf(grant)).set(grant.key, lane);
    }
    return lane;
  }

  /** Forgets a lane. */
  override delete(key: string): boolean {
    const lane = this.get(key);
    if (lane) this.in(poolOf(lane.grant)).delete(key);
    return super.delete(key);
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
