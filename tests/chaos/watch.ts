/**
 * Looks at the service from outside, by its door and by /proc.
 *
 * @module
 */
import { pause, type World } from "./world.ts";

/** What the kernel says of the service. */
export interface Sample {
  readonly atMs: number;
  /** Which life it is of. */
  readonly life: number;
  readonly rssBytes: number;
  /** Open descriptors. */
  readonly files: number;
  /** Processes of workers that run jobs, those that leave too. */
  readonly workers: number;
}

/** A knock on /livez. */
export interface Knock {
  readonly atMs: number;
  /** Until it was answered well, null where it was not within {@link patienceMs}. */
  readonly tookMs: number | null;
}

/** Longest wait for an answer, ms. */
export const patienceMs = 1_000;

/** Looks until disposed. */
export class Watch implements AsyncDisposable {
  readonly samples: Sample[] = [];
  readonly knocks: Knock[] = [];
  #stopped = false;
  readonly #looking: Promise<unknown>;

  /** Begins to look, and to knock, every so many ms. */
  constructor(world: World, everyMs: { readonly sample: number; readonly knock: number }) {
    this.#looking = Promise.all([
      this.#each(everyMs.sample, () => void this.#sample(world)),
      this.#each(everyMs.knock, () => this.#knock(world)),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#looking;
  }

  async #each(everyMs: number, look: () => void | Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const nextMs = performance.now() + everyMs;
      await look();
      await pause(Math.max(0, nextMs - performance.now()));
    }
  }

  #sample(world: World): void {
    try {
      const { pid } = world;
      const status = Deno.readTextFileSync(`/proc/${pid}/status`);
      const rssKib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
      const files = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
      const workers = world.workers().length;
      if (!Number.isFinite(rssKib)) return;
      const rssBytes = rssKib * 1_024;
      this.samples.push({ atMs: performance.now(), life: world.lives, rssBytes, files, workers });
    } catch { /* It has just died. */ }
  }

  async #knock(world: World): Promise<void> {
    const atMs = performance.now();
    let tookMs = null;
    try {
      const response = await fetch(`${world.service.url}/livez`, {
        headers: { connection: "close" },
        signal: AbortSignal.timeout(patienceMs),
      });
      await response.body?.cancel();
      if (response.ok) tookMs = performance.now() - atMs;
    } catch { /* It was not answered. */ }
    this.knocks.push({ atMs, tookMs });
  }
}
