/** Jobs that are cancelled together. */
import { assertEquals } from "@std/assert";
import { Heed, Heeds } from "../actors/heed.ts";
import type { Job } from "../actors/job.ts";
import type { Outcome } from "../messages/outcome.ts";
import { jobOf } from "./orders.ts";

/** A signal whose listeners are counted. */
function counted() {
  const stop = new AbortController();
  const { signal } = stop;
  const counts = { added: 0, removed: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    counts.added++;
    addEventListener.apply(signal, args as never);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    counts.removed++;
    removeEventListener.apply(signal, args as never);
  };
  return { stop, signal, counts };
}

Deno.test("heed: listens once for many jobs, and no more when the last has ended", () => {
  const { stop, signal, counts } = counted();
  const cancelled: number[] = [];
  const heed = new Heed(signal, ({ id }) => cancelled.push(id));
  const jobs = Array.from({ length: 500 }, (_, i) => jobOf(-1 - i));
  for (const job of jobs) heed.started(job);
  assertEquals(counts, { added: 1, removed: 0 });
  for (const job of jobs) heed.ended(job);
  heed.ended(jobs[0]!);
  assertEquals(counts, { added: 1, removed: 1 });
  stop.abort();
  assertEquals(cancelled, []);
});

Deno.test("heed: cancels those under way with the reason, and those that come after it", () => {
  const { stop, signal } = counted();
  const cancelled: [number, string][] = [];
  const heed: Heed = new Heed(signal, (job, because) => {
    cancelled.push([job.id, because]);
    heed.ended(job);
  });
  const [one, two, three] = [jobOf(-1), jobOf(-2), jobOf(-3)];
  heed.started(one);
  heed.started(two);
  heed.ended(one);
  stop.abort("enough");
  heed.started(three);
  assertEquals(cancelled, [[-2, "enough"], [-3, "enough"]]);
});

Deno.test("heed: without a signal it stops when it is told to", () => {
  const cancelled: [number, string][] = [];
  const heed = new Heed(undefined, ({ id }, because) => cancelled.push([id, because]));
  heed.started(jobOf(-1));
  heed.stop("map was stopped");
  assertEquals(cancelled, [[-1, "map was stopped"]]);
});

Deno.test("heeds: jobs of one signal share a listener, and those of none need none", () => {
  const { stop, signal, counts } = counted();
  const cancelled: number[] = [];
  const heeds = new Heeds(({ id }) => void cancelled.push(id));
  const told: number[] = [];
  const ends = new Map<number, (job: Job, outcome: Outcome) => void>();
  const run = (id: number, signal?: AbortSignal) =>
    heeds.run(signal, (job) => told.push(job.id), (ended) => {
      ends.set(id, ended);
      return jobOf(id);
    });
  for (const id of [-1, -2, -3]) run(id, signal);
  run(-4);
  for (const id of [-2, -4]) ends.get(id)!(jobOf(id), {} as Outcome);
  stop.abort();
  assertEquals(counts, { added: 1, removed: 0 });
  assertEquals([told, cancelled.toSorted()], [[-2, -4], [-1, -3]]);
});
