/**
 * Idempotency keys: which job an earlier submit with the same key made.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import type { Job } from "./job.ts";
import { Refusal } from "./runtime.ts";
import { bodyHash } from "./stores/body_hash.ts";

/** Keys that are remembered; the oldest go first. */
const keysMax = 1_000_000;

/** The job that a key stands for. */
export interface Known {
  readonly id: number;
  readonly bodyHash: string;
  readonly untilMs: number;
  /** Settles when the job is safe, or can't be; null when it is. */
  stored: Promise<void> | null;
}

/** Remembers keys for a while. */
export class Keys {
  readonly #known = new Map<string, Known>();
  readonly #wallMs: () => number;
  readonly #keptMs: number;

  /** Keys are good for `keptMs`. */
  constructor(wallMs: () => number, keptMs = 86_400_000) {
    this.#wallMs = wallMs;
    this.#keptMs = keptMs;
  }

  /** Takes over what an earlier life knew. */
  restore(key: string, id: number, hash: string): void {
    this.#keep(key, { id, bodyHash: hash, untilMs: this.#wallMs() + this.#keptMs, stored: null });
  }

  /** The job of an earlier submit, null when this is the first; another body is a conflict. */
  find(spec: JobSpec): Known | null {
    const key = spec.idempotencyKey;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known === undefined || known.untilMs < this.#wallMs()) return null;
    if (known.bodyHash !== bodyHash(spec)) {
      throw new Refusal(
        "idempotency_conflict",
        `The idempotency key ${JSON.stringify(key)} was used for another job`,
        [{
          pointer: "/idempotencyKey",
          message: "was used with another body",
          expected: "a new key, or the body it was first used with",
          given: String(key),
        }],
      );
    }
    return known;
  }

  /** Remembers the key of a job that was taken; forgets it should `stored` reject. */
  note({ id, spec }: Pick<Job, "id" | "spec">, stored: Promise<void> | null = null): void {
    const key = spec.idempotencyKey;
    if (key === undefined) return;
    const untilMs = this.#wallMs() + this.#keptMs;
    const known: Known = { id, bodyHash: bodyHash(spec), untilMs, stored };
    this.#keep(key, known);
    stored?.then(
      () => known.stored = null,
      () => this.#known.get(key) === known && this.#known.delete(key),
    );
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size <= keysMax) return;
    const oldest = this.#known.keys().next().value!;
    this.#known.delete(oldest);
  }
}
