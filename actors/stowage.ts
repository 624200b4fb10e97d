/**
 * The memory that commands share: what is known of them, who waits for it, and what of that is kept
 * over restarts.
 *
 * @module
 */
import { Footprints } from "./footprints.ts";
import { Lane } from "./lane.ts";
import { loop } from "./loop.ts";
import { MemoryWait } from "./memory_wait.ts";
import { poolOf, usualPool } from "./pool_of.ts";
import type { Grant, Ports } from "./ports.ts";
import { Sequence } from "./sequence.ts";
import { Shares } from "./shares.ts";
import { Shelves } from "./shelves.ts";
import type { Child } from "./supervisor.ts";

/** Name of what is stored. */
const actor = "footprints";
/** Time between looks whether there is something to be stored, ms. */
const everyMs = 30_000;

/** The memory of the commands of all pools. */
export class Stowage {
  readonly footprints: Footprints;
  readonly wait: MemoryWait;
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
    this.wait = new MemoryWait(this.footprints, ports.clock, again);
  }

  /** Whose turn is next, in all lanes of a pool. */
  sequenceOf(pool: string): Sequence {
    if (pool === usualPool) return this.#usual;
    let sequence = this.#sequences.get(pool);
    if (!sequence) this.#sequences.set(pool, sequence = new Sequence());
    return sequence;
  }

  /** Stores from time to time what was learned. */
  get child(): Child {
    const { clock } = this.#ports;
    return { id: actor, logic: loop(clock, ({ every }) => every(everyMs, () => this.#keep())) };
  }

  /** All commands together may have so much from now on; null: most of what is free. */
  allow(memoryBytes: number | null): void {
    this.footprints.limitBytes = memoryBytes;
    this.wait.freed();
  }

  /** Takes over what an earlier life knew, by actor. */
  restore(stored: ReadonlyMap<string, unknown>): void {
    this.footprints.restore(stored.get(actor));
  }

  /** Stores what was learned since; nobody is told of free memory any more. */
  close(): void {
    this.wait.close();
    this.#keep();
  }

  #keep(): void {
    const snapshot = this.footprints.snapshot();
    if (snapshot !== null) this.#ports.store.append([{ type: "snapshot", actor, snapshot }]);
  }
}
