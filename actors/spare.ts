/**
 * Which worker of a full pool makes room for a lane whose jobs wait.
 *
 * @module
 */
import type { Lane } from "./lane.ts";
import type { WorkerLink } from "./worker.ts";

/** A lane without a worker waits this long before it takes the only worker of a busy one, ms. */
const patienceMs = 1_000;

/**
 * An idle worker of another lane; for a lane that has none at all, also a busy one of the lane that
 * has most. The only worker of a lane with waiting jobs goes last, so that two lanes in a small
 * pool take turns instead of taking each other's workers. Null: nobody can be spared.
 */
export function spareFor(
  lane: Lane,
  ownWorkers: number,
  links: readonly WorkerLink[],
  lanes: ReadonlyMap<string, Lane>,
  nowMs: number,
): WorkerLink | null {
  const waitedMs = nowMs - lane.headSinceMs();
  const others = links.filter((link) =>
    link.open && link.grant.key !== lane.grant.key && hasBegun(link, nowMs)
  );
  const groups = [...Map.groupBy(others, ({ grant }) => grant.key).entries()];
  const spared = groups.filter(([key, { length }]) =>
    length > 1 || (lanes.get(key)?.queued ?? 0) === 0 || waitedMs > patienceMs
  );
  const idle = spared.flatMap(([, group]) => group).find((link) => link.idle);
  if (idle || ownWorkers > 0) return idle ?? null;
  const [, largest = []] = spared.toSorted((a, b) => b[1].length - a[1].length)[0] ?? [];
  return largest.toSorted((a, b) => load(a) - load(b))[0] ?? null;
}

/** Why a worker is started for a lane. */
export const wanting = ({ grant }: Lane, workers: number) =>
  `${grant.kind} jobs wait and have ${workers} worker${workers === 1 ? "" : "s"}`;

/**
 * Jobs that were just sent and not begun would be given back, to take the place of others in their
 * turn. Who says nothing of them for long is no reason to wait.
 */
const hasBegun = ({ running, unbegun, heardMs }: WorkerLink, nowMs: number) =>
  running > 0 || unbegun === 0 || nowMs - heardMs > patienceMs;

const load = (link: WorkerLink) => link.running + link.unbegun;
