/**
 * What is known of operations and kept over restarts: the memory that commands share and who waits
 * for it, and how long attempts take.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { Footprints } from "./footprints.ts";
import type { Job } from "./job.ts";
import { Lane } from "./lane.ts";
import { loop } from "./loop.ts";
import { MemoryWait } from "./memory_wait.ts";
import { poolOf, usualPool } from "./pool_of.ts";
import type { Grant, Ports } from "./ports.ts";
import { Sequence } from "./sequence.ts";
import { Shares } from "./shares.ts";
import { Shelves } from "./shelves.ts";
import type { Child } from "./supervisor.ts";
import { Timeouts } from "./timeouts.ts";

/** Names of what is stored. */
const memoryActor = "footprints";
const timesActor = "timeouts";
/** Time between looks whether there is something to be stored, ms. */
const everyMs = 30_000;

/** What jobs of all pools are given by what others of their operation took. */
export class Stowage {
  readonly footprints: Footprints;
  readonly wait: MemoryWait;
  /** How long they may run. */
  readonly timeouts: Timeouts;
  /** Of workers, by operation. */
  readonly shares = new Shares();
  readonly #usual = new Sequence();
  readonly #sequences = new Map<string, Sequence>();
  /** Makes the lane of a grant. */
  readonly laneOf = (grant: Grant): Lane =>
    grant.kind === "command"
      ? new Shelves(grant, this.footprints, this.sequenceOf(poolOf(grant)))
      : new Lane(grant, this.shares.of, this.sequenceOf(poolOf(grant)));
  readonly #ports: Pick<Ports, "clock" | "store">;

  /**
   * `memoryBytes` for all commands together; null: most of what `availableBytes` finds. The machine
   * has `cores`.
   */
  constructor(
    ports: Pick<Ports, "clock" | "store">,
    memoryBytes: number | null,
    availableBytes: () => number | null,
    again: (lane: Lane) => void,
    cores: () => number = () => Infinity,
  ) {
    this.#ports = ports;
    this.footprints = new Footprints(ports.clock, memoryBytes, availableBytes, cores);
    this.timeouts = new Timeouts(ports.clock);
    this.wait = new MemoryWait(this.footprints, ports.clock, again);
  }

  /** Whose turn is next, in all lanes of a pool. */
  sequenceOf(pool: string): Sequence {
    if (pool === usualPool) return this.#usual;
    let sequence = this.#sequences.get(pool);
    if (!sequence) this.#sequences.set(pool, sequence = new Sequence());
    return sequence;
  }

  /** Learns from an attempt that ended; true when it ran out of memory and is to have more. */
  again(job: Job, outcome: Outcome): boolean {
    this.timeouts.ended(job, outcome);
    return job.weight !== null && this.footprints.again(job, outcome);
  }

  /** Stores from time to time what was learned. */
  get child(): Child {
    const { clock } = this.#ports;
    return {
      id: memoryActor,
      logic: loop(clock, ({ every }) => every(everyMs, () => this.#keep())),
    };
  }

  /** All commands together may have so much from now on; null: most of what is free. */
  allow(memoryBytes: number | null): void {
    this.footprints.limitBytes = memoryBytes;
    this.wait.freed();
  }

  /** Takes over what an earlier life knew, by actor. */
  restore(stored: ReadonlyMap<string, unknown>): void {
    this.footprints.restore(stored.get(memoryActor));
    this.timeouts.restore(stored.get(timesActor));
  }

  /** Stores what was learned since; nobody is told of free memory any more. */
  close(): void {
    this.wait.close();
    this.#keep();
  }

  #keep(): void {
    const known = [
      { actor: memoryActor, snapshot: this.footprints.snapshot() },
      { actor: timesActor, snapshot: this.timeouts.snapshot() },
    ].filter(({ snapshot }) => snapshot !== null);
    const changes = known.map((one) => ({ type: "snapshot" as const, ...one }));
    if (changes.length > 0) this.#ports.store.append(changes);
  }
}
