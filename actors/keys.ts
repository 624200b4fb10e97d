/**
 * Idempotency keys: which job an earlier submit with the same key made; and singleton keys beside them.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import type { Job } from "./job.ts";
import { Refusal } from "./runtime.ts";
import { type Found, Singletons } from "./singletons.ts";
import { bodyHash, keyMs } from "./stores/body_hash.ts";

/** Keys that are remembered; the oldest go first. */
const keysMax = 1_000_000;

/** The job that a key stands for. */
export interface Known extends Found {
  readonly bodyHash: string;
  /** The last instant at which the key is good, epoch ms. */
  readonly untilAt: number;
  stored: Promise<void> | null;
}

/** Remembers keys for a while. */
export class Keys {
  /** Who holds a singleton key. */
  readonly singletons = new Singletons();
  readonly #known = new Map<string, Known>();
  readonly #wallMs: () => number;

  /** `wallMs` tells which keys are over. */
  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** Takes over what an earlier life knew. */
  restore(key: string, known: Pick<Known, "id" | "bodyHash" | "untilAt">): void {
    this.#keep(key, { ...known, stored: null });
  }

  /** The job of an earlier submit, null when this is the first; another body is a conflict. */
  find(spec: JobSpec): Known | null {
    const key = spec.idempotencyKey;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known === undefined || known.untilAt < this.#wallMs()) return null;
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

  /** Remembers the keys of a job that was taken; forgets them should `stored` reject. */
  note(job: Pick<Job, "id" | "outcome" | "spec">, stored: Promise<void> | null = null): void {
    const { id, spec } = job;
    this.singletons.note(job, stored);
    const key = spec.idempotencyKey;
    if (key === undefined) return;
    const untilAt = this.#wallMs() + keyMs(spec);
    const known: Known = { id, bodyHash: bodyHash(spec), untilAt, stored };
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
