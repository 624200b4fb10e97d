/**
 * Looks at the service from outside, by its door and by /proc.
 *
 * @module
 */
import type { AwakeClock } from "./awake.ts";
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
  /** Until it was answered, or known that it would not be. */
  readonly tookMs: number;
  /** Why it was not answered well and in time, null where it was. */
  readonly because: string | null;
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
      this.#each(world.clock, sampleMs, () => void this.#sample(world, isResting())),
      this.#each(world.clock, knockMs, () => this.#knock(world, answerMs)),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#looking;
  }

  async #each(clock: AwakeClock, everyMs: number, look: () => void | Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const nextMs = clock.nowMs() + everyMs;
      await look();
      await pause(Math.max(0, nextMs - clock.nowMs()));
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
      this.samples.push({ atMs: world.clock.nowMs(), life, rssBytes, files, workers, resting });
    } catch { /* It has just died. */ }
  }

  async #knock(world: World, answerMs: number): Promise<void> {
    const atMs = world.clock.nowMs();
    const because = await knock(world, answerMs).catch(String);
    this.knocks.push({ atMs, tookMs: world.clock.nowMs() - atMs, because });
  }
}

/** Knocks as a newcomer does; returns why the answer was not good, null where it was. */
async function knock(world: World, answerMs: number): Promise<string | null> {
  using limit = world.clock.limit(answerMs);
  const { newcomers: client } = world;
  const response = await fetch(`${world.service.url}/livez`, { client, signal: limit.signal });
  await response.body?.cancel();
  return response.ok ? null : `it was answered ${response.status}`;
}
