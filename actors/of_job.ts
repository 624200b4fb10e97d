/**
 * What a worker tells about one of its jobs while it runs.
 *
 * @module
 */
import { messages } from "../messages/wire.ts";
import { saidBy } from "./said.ts";
import { noteTook } from "./turns/draw.ts";
import type { Slots } from "./slots.ts";
import type { WorkerListener } from "./worker_listener.ts";

const { output, progress, spawned, held, used, took } = messages;

const kinds: ReadonlySet<number> = new Set(
  [output, progress, spawned, held, used, took].map(({ kind }) => kind),
);

/** True for messages about a job that runs. */
export const isOfJob = (kind: number): boolean => kinds.has(kind);

/** Whose jobs they are. */
interface Speaker {
  readonly slots: Slots;
  readonly heardMs: number;
  stale: number;
}

/** Takes a message whose fields begin at `at`, the first of them its job. */
export function ofJob<L extends Speaker>(
  link: L,
  batch: readonly unknown[],
  { kind, at, listener }: {
    readonly kind: number;
    readonly at: number;
    readonly listener: WorkerListener<L>;
  },
): void {
  const job = link.slots.at(batch[at] as number);
  if (!job) return void link.stale++;
  if (kind === spawned.kind) return listener.spawned(link, job, batch[at + 1] as number);
  if (kind === held.kind) {
    const cpuSeconds = batch[at + 1] as number / 1_000;
    job.resources = { cpuSeconds, peakBytes: null, ioBytes: null, source: "thread" };
    return;
  }
  if (kind === used.kind) {
    const [cpuMs, ioBytes] = [batch[at + 1] as number, batch[at + 2] as number];
    const cpuSeconds = cpuMs / 1_000;
    job.resources = { cpuSeconds, peakBytes: null, ioBytes, source: "samples" };
    return;
  }
  if (kind === took.kind) return noteTook(job, batch[at + 1]);
  const said = saidBy(kind, batch, at);
  if (!said) return void link.stale++;
  job.signMs = link.heardMs;
  listener.told(link, job, ...said);
}
