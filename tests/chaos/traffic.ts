/**
 * Callers who do as they should: they ask again with the same key until they have an answer.
 *
 * @module
 */
import type { Random } from "../../actors/ports.ts";
import { markScript } from "./effects.ts";
import { between } from "./plan.ts";
import { pause, type World } from "./world.ts";

/** A job that was accepted. */
export interface Acceptance {
  readonly id: string;
  readonly atMs: number;
}

/** Answers that mean: later. Any other refusal of a sound request is a fault of the service. */
const later: ReadonlySet<string> = new Set([
  ...["queue_full", "overloaded", "draining", "not_ready", "no_workers", "breaker_open"],
  "storage_full",
]);

/** Wait before a caller asks again, ms. */
const againMs = 200;
/** Longest wait for an answer, ms. */
const answerMs = 5_000;
/** Callers at once; beyond them nobody comes. */
const callersMax = 200;
/** One job in so many is asked for twice. */
const twiceEvery = 10;

/** Times in which nobody comes, at the end of each period. */
export interface Rests {
  readonly everyMs: number;
  readonly forMs: number;
}

/** Who asks for jobs, and what they were told. */
export class Traffic {
  /** By our number of the job. */
  readonly accepted = new Map<number, Acceptance>();
  /** Refusals and silences by their code. */
  readonly refused = new Map<string, number>();
  /** Sentences on answers that should not have been. */
  readonly wrong: string[] = [];
  #next = 0;
  #stopped = false;
  #callers = new Set<Promise<void>>();
  readonly #world: World;
  readonly #random: Random;

  /** Nobody comes before `come`. */
  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  /** Callers come, so many a second, until they are told to stop; in a rest nobody comes. */
  async come(ratePerS: number, rests: Rests | null = null): Promise<void> {
    const { clock } = this.#world;
    const startMs = clock.nowMs();
    while (!this.#stopped) {
      const intoMs = rests === null ? 0 : (clock.nowMs() - startMs) % rests.everyMs;
      this.resting = rests !== null && intoMs > rests.everyMs - rests.forMs;
      if (!this.resting && this.#callers.size < callersMax) this.#call();
      await pause(1_000 / ratePerS);
    }
    this.resting = false;
  }

  /** Nobody comes for now. */
  resting = false;

  /** Nobody comes any more; resolves when all have their answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#callers);
  }

  /** Gives up those who still wait for an answer. */
  abandon(): void {
    this.#stopped = true;
    this.#abandoned = true;
  }
  #abandoned = false;

  #call(): void {
    const n = this.#next++;
    const body = { ...this.#spec(n), idempotencyKey: `chaos:${n}` };
    const times = n % twiceEvery === 0 ? 2 : 1;
    const calling = Promise.all(Array.from({ length: times }, () => this.#ask(n, body)))
      .then(() => void this.#callers.delete(calling));
    this.#callers.add(calling);
  }

  #spec(n: number): object {
    const { folder } = this.#world.effects;
    const ms = Math.round(between(1, n % 7 === 0 ? 800 : 60, this.#random));
    return n % 2 === 0
      ? { task: "mark", input: { folder, n, ms } }
      : { command: ["sh", "-c", markScript, "sh", folder, `${n}`, `${ms / 1_000}`] };
  }

  async #ask(n: number, body: object): Promise<void> {
    while (!this.#abandoned) {
      const code = await this.#once(n, body);
      if (code === null) return;
      this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
      await pause(againMs);
    }
    this.wrong.push(`RI8: job ${n} had no answer long after the last fault`);
  }

  /** Null when the job was accepted, else why not. */
  async #once(n: number, body: object): Promise<string | null> {
    let status: number;
    let answer;
    try {
      using limit = this.#world.clock.limit(answerMs);
      const response = await fetch(`${this.#world.service.url}/api/v1/jobs`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: limit.signal,
      });
      status = response.status;
      answer = await response.json();
    } catch {
      return "no_answer";
    }
    if (status === 202) {
      this.#accept(n, answer.jobs[0].id);
      return null;
    }
    const code = String(answer.code);
    if (!later.has(code)) this.wrong.push(`a sound job was answered ${status} ${code}`);
    return code;
  }

  #accept(n: number, id: string): void {
    const before = this.accepted.get(n);
    if (before === undefined) this.accepted.set(n, { id, atMs: this.#world.clock.nowMs() });
    else if (before.id !== id) {
      this.wrong.push(`one idempotency key gave two jobs, ${before.id} and ${id}`);
    }
  }
}
