/**
 * Gives a job that has not ended another class or rank.
 *
 * @module
 */
import type { JobSpec, Standing } from "../messages/job.ts";
import { parseStanding } from "./admission.ts";
import { isKept, type Job, rankOf } from "./job.ts";
import type { Queue } from "./queue.ts";
import { Refusal } from "./refusal.ts";
import type { Runs } from "./runs.ts";

/** Where jobs wait. */
export interface Places {
  readonly queue: Pick<Queue, "lanes" | "gates" | "wake" | "ledger">;
  readonly runs: Pick<Runs, "moving">;
}

/**
 * Resolves when it is safe. What waits goes to its new place at once; what runs stands there should
 * it come back.
 */
export async function prioritise(places: Places, job: Job, asked: Standing): Promise<void> {
  const spec: JobSpec = { ...job.spec, ...parseStanding(asked) };
  places.runs.moving(job, () => move(places.queue, job, spec));
  if (!isKept(job)) return;
  await new Promise<void>((resolve, reject) =>
    places.queue.ledger.amend(
      job,
      resolve,
      (because) =>
        reject(new Refusal("storage_full", `Cannot store the change: ${because}`, [], 5_000)),
    )
  );
}

/** Only where classes and ranks decide who goes on has a job to leave its place. */
function move({ lanes, gates, wake }: Places["queue"], job: Job, spec: JobSpec): void {
  const place = { rank: rankOf(spec.priority), urgency: spec.rank ?? 0 };
  const lies = job.admitted && job.state === "waiting" && job.slot < 0;
  // Its turn would go to another while it is away: it leaves only where it may have lost it.
  const stays = lies && job.rank === place.rank && !gates.turns.hasBetter(job, place);
  const isHeld = job.heldBy === gates.turns || job.heldBy === gates.results;
  const leaves = job.gates !== null && !stays && (lies || isHeld);
  if (lies) lanes.of(job.operation.grant).remove(job);
  if (leaves) gates.leave(job);
  Object.assign(job, place, { spec });
  if (leaves ? gates.enter(job) : lies) wake.soon(lanes.lay(job));
}
