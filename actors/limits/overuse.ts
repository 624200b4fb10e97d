/**
 * What all commands use together, against the memory they were given: what they are seen to have is
 * told, and where it is more than all may have, one is ended that took more than was expected.
 *
 * @module
 */
import type { Footprints } from "../footprints.ts";
import type { Job } from "../job.ts";
import type { Trees } from "../ports.ts";
import type { Metered } from "./metered.ts";
import { shareBytesOf } from "./tree.ts";

/** A command in a look. */
export type Seen = Pick<Metered, "job" | "bytes" | "rows">;

/** Looks at all commands after each look at their processes. */
export class Overuse {
  readonly #footprints: Footprints;
  readonly #trees: Trees;

  /** Sees processes through `trees`. */
  constructor(footprints: Footprints, trees: Trees) {
    this.#footprints = footprints;
    this.#trees = trees;
  }

  /** Looks at what runs. */
  look(running: ReadonlyMap<Job, Seen>): void {
    let bytes = 0;
    for (const seen of running.values()) {
      this.#footprints.saw(seen.job, seen.bytes);
      bytes += seen.bytes;
    }
    const { limitBytes } = this.#footprints;
    if (limitBytes === null || bytes <= limitBytes) return;
    // What processes share was counted for each of them.
    const all = [...running.values()].map((seen) => ({ ...seen, bytes: this.#own(seen) }));
    const usedBytes = all.reduce((sum, seen) => sum + seen.bytes, 0);
    if (usedBytes > limitBytes) this.#end(all, usedBytes, limitBytes);
  }

  #end(all: readonly Seen[], usedBytes: number, limitBytes: number): void {
    // One at a time: when it is gone, the next look tells whether that was enough.
    if (all.some(({ job }) => job.doomed === "oom")) return;
    const over = ({ job, bytes }: Seen) => bytes - (job.weight?.bytes ?? 0);
    const worst = all.filter(({ job }) => !job.doomed).toSorted((a, b) => over(b) - over(a))[0];
    if (!worst || over(worst) <= 0 || all.length < 2) return;
    worst.job.doomed = "oom";
    worst.job.because = `All commands used ${mib(usedBytes)} of ${mib(limitBytes)}, and it ` +
      `${mib(over(worst))} more than was expected of it`;
    this.#trees.kill(worst.rows.map(({ pid }) => pid));
  }

  #own({ rows, bytes }: Seen): number {
    return rows.length === 0 ? bytes : shareBytesOf(rows, this.#trees);
  }
}

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
