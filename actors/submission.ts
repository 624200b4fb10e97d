/**
 * Accepts jobs: checks them, finds those that an earlier submit made, and waits until they are safe.
 *
 * @module
 */
import type { Accepted, JobSpec, JobState } from "../messages/job.ts";
import { parseJob, refusalOf } from "./admission.ts";
import { flaw } from "./flaw.ts";
import type { Intake } from "./intake.ts";
import { type Job, jobId, type Order } from "./job.ts";
import { Keys } from "./keys.ts";
import type { Queue } from "./queue.ts";
import { Refusal } from "./runtime.ts";
import type { Found } from "./singletons.ts";
import type { Tracing } from "./tracing/port.ts";
import type { Bound, Lookup } from "./workflows/bind.ts";
import { within } from "./within.ts";

/** What a submission goes through. */
export interface Gates {
  readonly intake: Intake;
  readonly keys: Keys;
  readonly queue: Pick<Queue, "submit" | "nextId">;
  /** What is known of a job that others may wait for. */
  readonly lookUp: Lookup;
  /** State of a job, open or ended; null when it is no longer known. */
  readonly stateOf: (id: string) => Promise<JobState | null>;
  /** Who traces jobs; default: nobody. */
  readonly tracing?: Tracing | null;
}

/** Where the job of a spec is: made before, or the nth of this submission. */
type Place = { readonly known: Found } | { readonly at: number; readonly twin: boolean };

/** Where the nth job stood in what was sent, as a JSON pointer. */
export type PointerOf = (n: number) => string;

/** A job that was sent alone is the whole of it. */
export const alone: PointerOf = () => "";

const listed: PointerOf = (n) => `/jobs/${n}`;

/** Accepts all of `specs` or none; resolves when they, and those found again, are safe. */
export async function submitAll(
  specs: readonly JobSpec[],
  gates: Gates,
  pointerOf = listed,
): Promise<readonly Accepted[]> {
  const accept = (all: readonly JobSpec[]) => acceptAll(all, gates, pointerOf);
  const { tracing = null } = gates;
  if (tracing === null || !Array.isArray(specs)) return await accept(specs);
  return await tracing.submitted(specs, accept);
}

async function acceptAll(
  specs: readonly JobSpec[],
  { intake, keys, queue, stateOf, lookUp }: Gates,
  pointerOf: PointerOf,
): Promise<readonly Accepted[]> {
  const bound = waits(specs)
    ? await (await import("./workflows/bind.ts")).bind(specs, pointerOf, lookUp)
    : null;
  const { orders, places } = locate(specs, pointerOf, intake, keys);
  const first = jobId(queue.nextId);
  if (bound) orders.splice(0, Infinity, ...bindAll(bound, orders, places, queue.nextId));
  const stored = Promise.withResolvers<void>();
  const jobs = orders.length === 0 ? [] : queue.submit(orders, stored.resolve, (because) => {
    stored.reject(new Refusal("storage_full", `Cannot store the jobs: ${because}`, [], 5_000));
  });
  if (orders.length === 0) stored.resolve();
  for (const job of jobs) keys.note(job, stored.promise);
  const earlier = places.map((place) => "known" in place ? place.known.stored : null);
  await Promise.all([stored.promise, ...earlier]);
  return await Promise.all(places.map(async (place, n) => {
    const answered = await answer(place, jobs, stateOf);
    if (bound === null) return answered;
    const executionId = "at" in place
      ? bound.executionId(n, first)
      : (await lookUp(answered.id))?.executionId;
    return executionId === undefined ? answered : { ...answered, executionId };
  }));
}

/** Whether one of them waits for another job. What is no array of jobs is refused elsewhere. */
const waits = (specs: readonly JobSpec[]): boolean =>
  Array.isArray(specs) && specs.some((spec) => spec?.after !== undefined);

/** The orders with the ids of those that they wait for. New jobs are numbered from `nextId` on. */
function bindAll(
  bound: Bound,
  orders: readonly Order[],
  places: readonly Place[],
  nextId: number,
): readonly Order[] {
  const idOf = (n: number) => {
    const place = places[n]!;
    return jobId("at" in place ? nextId + place.at : place.known.id);
  };
  return places.flatMap((place, n) =>
    "at" in place && !place.twin ? bound.order(n, orders[place.at]!, jobId(nextId), idOf) : []
  );
}

function locate(
  specs: readonly JobSpec[],
  pointerOf: PointerOf,
  intake: Intake,
  keys: Keys,
) {
  if (!Array.isArray(specs)) {
    throw refusalOf([flaw("invalid_jobs", "/jobs", "an array of jobs", specs)]);
  }
  const here = new Keys(() => 0);
  const orders: Order[] = [];
  const places = specs.map((spec, i): Place => {
    const pointer = pointerOf(i);
    if (typeof spec !== "object" || spec === null) parseJob(spec, pointer);
    const known = within(pointer, () => keys.find(spec));
    if (known) return { known };
    const twin = within(pointer, () => here.find(spec));
    if (twin) return { at: twin.id, twin: true };
    // What is no job is refused, whoever holds its singleton key.
    const order = intake.order(spec, pointer);
    const holder = keys.singletons.find(spec);
    if (holder) return { known: holder };
    const first = here.singletons.find(spec);
    if (first) return { at: first.id, twin: true };
    const at = orders.push(order) - 1;
    here.note({ id: at, spec, outcome: null }, null);
    return { at, twin: false };
  });
  return { orders, places };
}

async function answer(
  place: Place,
  jobs: readonly Job[],
  stateOf: Gates["stateOf"],
): Promise<Accepted> {
  if ("at" in place) {
    const { id, state } = jobs[place.at]!;
    return { id: jobId(id), state, ...(place.twin && { duplicate: true }) };
  }
  const id = jobId(place.known.id);
  return { id, state: await stateOf(id) ?? "done", duplicate: true };
}
