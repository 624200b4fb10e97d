/**
 * Denied accesses as facts, at a bounded rate.
 *
 * A library that looks for a variable in each of a million jobs is told once a minute, with the
 * number of times; so is one that looks for a million files.
 *
 * @module
 */
import type { ControlFact } from "../messages/facts.ts";
import { inPool } from "./grant.ts";
import type { Operation } from "./operation.ts";
import { poolOf } from "./pool_of.ts";
import type { Clock, Grant } from "./ports.ts";
import type { Slots } from "./slots.ts";
import type { Violated } from "./worker_listener.ts";

/** A denied access. */
export type Violation = Omit<
  Extract<ControlFact, { readonly type: "violation" }>,
  "type"
>;

/** How long the same violation is only counted after it was told, ms. */
const quietMs = 60_000;
/** Different violations told within that time; the rest is counted together. */
const kindsMax = 100;

/** Whose violations they are, and where they are told. */
export interface Whose {
  /** All tasks. */
  readonly operations: readonly Operation[];
  readonly note: (fact: ControlFact) => void;
}

/** What has to be known of a worker that tells of a violation. */
interface Teller {
  readonly name: string;
  readonly grant: Grant;
  readonly slots: Pick<Slots, "operation">;
}

/** Collects violations of all workers. */
export class Violations {
  /** Told lately, by what makes them the same: the latest of each, `times` not yet told. */
  readonly #lately = new Map<string, Violation>();
  readonly #clock: Clock;
  readonly #whose: Whose;
  #disarm: (() => void) | null = null;

  /** Nobody was denied anything yet. */
  constructor(clock: Clock, whose: Whose) {
    this.#clock = clock;
    this.#whose = whose;
  }

  /** A worker tells of one. It is believed only of tasks that it may have. */
  hear(worker: Teller, [operation, permission, asked]: Violated): void {
    const known = this.#whose.operations.find(({ number }) => number === operation);
    const isIts = known && inPool(known.grant, poolOf(worker.grant)).key === worker.grant.key;
    const own = isIts ? known : worker.slots.operation;
    const { name, grant } = worker;
    const task = own?.name ?? null;
    this.add({ pool: poolOf(grant), task, worker: name, permission, asked, times: 1 });
  }

  /** A task has started threads, in which denials are not heard. They may do what it may. */
  threaded(worker: Teller): void {
    this.hear(worker, [0, "worker", "node:worker_threads"]);
  }

  /** Tells a violation, or counts it when it was told a moment ago. */
  add(violation: Violation): void {
    const { pool, task, permission, asked } = violation;
    const key = JSON.stringify([pool, task, permission, asked]);
    const known = this.#lately.get(key);
    if (known) return this.#count(key, known, violation);
    if (this.#lately.size >= kindsMax) {
      const rest = { ...violation, task: null, permission: "other", asked: "" };
      return this.#count("", this.#lately.get("") ?? { ...rest, times: 0 }, rest);
    }
    this.#note(violation);
    this.#lately.set(key, { ...violation, times: 0 });
    this.#disarm ??= this.#clock.at(this.#clock.nowMs() + quietMs, () => this.close());
  }

  /** Tells what was only counted. */
  close(): void {
    this.#disarm?.();
    this.#disarm = null;
    for (const violation of this.#lately.values()) if (violation.times > 0) this.#note(violation);
    this.#lately.clear();
  }

  #note(violation: Violation): void {
    this.#whose.note({ type: "violation", ...violation });
  }

  #count(key: string, { times }: Violation, latest: Violation): void {
    this.#lately.set(key, { ...latest, times: times + latest.times });
  }
}
