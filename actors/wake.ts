/**
 * Lanes that have got jobs in the midst of something: each is told of once, when that is over.
 *
 * @module
 */
import type { Lane } from "./lane.ts";

/** Tells of lanes at the end of the turn. */
export class Wake {
  readonly #lanes = new Set<Lane>();
  readonly #ready: (lane: Lane) => void;

  /** Calls `ready` for lanes with jobs. */
  constructor(ready: (lane: Lane) => void) {
    this.#ready = ready;
  }

  /** A lane has got a job. */
  add(lane: Lane): void {
    if (this.#lanes.size === 0) queueMicrotask(() => this.#tell());
    this.#lanes.add(lane);
  }

  #tell(): void {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    for (const lane of lanes) if (lane.queued > 0) this.#ready(lane);
  }
}
