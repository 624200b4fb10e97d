/**
 * What a task used that was alone in its worker: the difference between two looks at the process.
 *
 * A look costs 30 µs, so only tasks that ran for long are worth one. Those that share a worker
 * have the time they held its thread, and no memory of their own.
 *
 * @module
 */
import type { Resources } from "../../messages/outcome.ts";
import type { Job } from "../job.ts";
import type { Trees } from "../ports.ts";
import type { WorkerLink } from "../worker.ts";

/** Shortest task that its worker is looked at for, ms. */
export const longMs = 100;

/** A worker when it had no job. */
interface Rest {
  /** Jobs it had ended by then. */
  readonly served: number;
  readonly cpuMs: number;
  readonly ioBytes: number | null;
  /** Its peak is counted from then on. */
  readonly reset: boolean;
}

/** Looks at workers between and under their tasks. */
export class Solo {
  readonly #rests = new WeakMap<WorkerLink, Rest>();
  readonly #trees: Trees;

  /** Sees processes through `trees`. */
  constructor(trees: Trees) {
    this.#trees = trees;
  }

  /** A worker has no job now: what it uses from here on is the next one's. */
  rest(link: WorkerLink): void {
    if (link.pid === null || !link.idle || link.grant.kind !== "task") return;
    const { served } = link;
    const row = this.#trees.row(link.pid);
    if (!row) return;
    const reset = this.#trees.resetPeak(link.pid);
    const { cpuMs, childMs } = row;
    const ioBytes = this.#trees.ioBytes(link.pid);
    this.#rests.set(link, { served, cpuMs: cpuMs + childMs, ioBytes, reset });
  }

  /** What a task used that has just ended in `link`; null where it was not alone all the time. */
  ended(link: WorkerLink): Resources | null {
    const used = link.running === 0 ? this.#since(link, link.served - 1, "worker") : null;
    this.rest(link);
    return used;
  }

  /** To be called each second: notes what a lone task has used so far, should it be killed. */
  look(link: WorkerLink): void {
    if (link.idle) {
      if (this.#rests.get(link)?.served !== link.served) this.rest(link);
      return;
    }
    const job = link.running === 1 ? link.slots.only() : null;
    if (job) job.resources = this.#since(link, link.served, "samples") ?? job.resources;
  }

  /** The same at once, before a lone task's worker is killed. */
  last(link: WorkerLink, job: Job): void {
    job.resources = this.#since(link, link.served, "samples") ?? job.resources;
  }

  #since(link: WorkerLink, served: number, source: Resources["source"]): Resources | null {
    const rest = this.#rests.get(link);
    const row = link.pid === null || rest?.served !== served ? null : this.#trees.row(link.pid);
    if (!rest || !row) return null;
    const ioBytes = this.#trees.ioBytes(row.pid);
    return {
      cpuSeconds: Math.max(0, row.cpuMs + row.childMs - rest.cpuMs) / 1_000,
      peakBytes: rest.reset ? this.#trees.peakBytes(row.pid) : null,
      ioBytes: ioBytes === null || rest.ioBytes === null ? null : ioBytes - rest.ioBytes,
      source,
    };
  }
}
