/**
 * What the service tells of endings, by its live feed.
 *
 * @module
 */
import type { Fact, JobsFact } from "../../messages/facts.ts";
import { pause, type World } from "./world.ts";

/** An ending that was told. */
export interface Told {
  readonly id: string;
  readonly atMs: number;
  readonly seq: number;
}

/** Wait before the feed is opened again, ms. */
const againMs = 50;

/** Listens until disposed, over all lives of the service. */
export class Endings implements AsyncDisposable {
  readonly told: Told[] = [];
  /** Those it was told before. */
  readonly #last = new Map<string, Told>();
  readonly #stop = new AbortController();
  readonly #listening: Promise<void>;
  readonly #world: World;
  #from = -1;

  /** Begins to listen. */
  constructor(world: World) {
    this.#world = world;
    this.#listening = this.#listen();
  }

  /** When a job's ending was told first, undefined where it was not. */
  of(id: string): Told | undefined {
    return this.#last.get(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#hear(this.#world.service.url);
      } catch { /* It died, or can't have us now. */ }
      if (!this.#stop.signal.aborted) await pause(againMs);
    }
  }

  async #hear(url: string): Promise<void> {
    const from = this.#from < 0 ? "" : `&from=${this.#from}`;
    const { body } = await fetch(`${url}/api/v1/events?type=jobs${from}`, {
      signal: this.#stop.signal,
    });
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    // An abort alone leaves a read that waits.
    this.#stop.signal.addEventListener("abort", () => void reader.cancel().catch(() => {}), {
      once: true,
    });
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop()!;
      for (const line of lines) if (line.startsWith("data:")) this.#take(JSON.parse(line.slice(5)));
    }
  }

  #take({ seq, fact }: { readonly seq?: number; readonly fact?: Fact }): void {
    if (seq === undefined || fact?.type !== "jobs") return;
    this.#from = seq;
    if (fact.move === "ended") this.#ended(seq, fact);
  }

  #ended(seq: number, { ids }: JobsFact): void {
    const atMs = this.#world.clock.nowMs();
    for (const id of ids) {
      const told = { id, seq, atMs };
      this.told.push(told);
      if (!this.#last.has(id)) this.#last.set(id, told);
    }
  }
}
