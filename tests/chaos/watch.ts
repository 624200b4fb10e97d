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
  /** Nobody asked for anything. */
  readonly resting: boolean;
}

/** A knock on /livez. */
export interface Knock {
  readonly atMs: number;
  /** Until it was answered well, null where it was not in time. */
  readonly tookMs: number | null;
}

/** How often is looked and knocked, and how long an answer may take. */
export interface Pace {
  readonly sampleMs: number;
  readonly knockMs: number;
  readonly answerMs: number;
}

/** Looks until disposed. */
export class Watch implements AsyncDisposable {
  readonly samples: Sample[] = [];
  readonly knocks: Knock[] = [];
  #stopped = false;
  readonly #looking: Promise<unknown>;

  /** Begins to look and to knock. */
  constructor(
    world: World,
    { sampleMs, knockMs, answerMs }: Pace,
    isResting: () => boolean,
  ) {
    this.#looking = Promise.all([
      this.#each(sampleMs, () => void this.#sample(world, isResting())),
      this.#each(knockMs, () => this.#knock(world, answerMs)),
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

  #sample(world: World, resting: boolean): void {
    try {
      const { pid } = world;
      const status = Deno.readTextFileSync(`/proc/${pid}/status`);
      const rssKib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
      const files = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
      const workers = world.workers().length;
      if (!Number.isFinite(rssKib)) return;
      const rssBytes = rssKib * 1_024;
      const { lives: life } = world;
      this.samples.push({ atMs: performance.now(), life, rssBytes, files, workers, resting });
    } catch { /* It has just died. */ }
  }

  async #knock(world: World, answerMs: number): Promise<void> {
    const atMs = performance.now();
    let tookMs = null;
    try {
      const response = await fetch(`${world.service.url}/livez`, {
        headers: { connection: "close" },
        signal: AbortSignal.timeout(answerMs),
      });
      await response.body?.cancel();
      if (response.ok) tookMs = performance.now() - atMs;
    } catch { /* It was not answered. */ }
    this.knocks.push({ atMs, tookMs });
  }
}
