/**
 * Writes down all that happens in a run, and says when something did that must not.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Clock } from "../../actors/ports.ts";

/** `safety`: it did what it must not. `liveness`: it did not what it must. `crash`: it threw. */
export type Kind = "safety" | "liveness" | "crash";

/** What must not have been. */
export interface Breach {
  readonly kind: Kind;
  /** The promise that is broken, as `RI1`, and in what way. */
  readonly because: string;
  /** Virtual time, ms. */
  readonly atMs: number;
}

/** Lines that are kept where nobody wants all of them. */
const linesMax = 120;

/** The log of one run. */
export class Witness {
  /** The first thing that must not have been; null: nothing so far. */
  breach: Breach | null = null;
  /** Things that happened. */
  count = 0;
  readonly lines: string[] = [];
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #hash = createHash("sha256");
  readonly #keepsAll: boolean;

  /** Keeps the last lines, or all of them. */
  constructor(clock: Pick<Clock, "nowMs">, keepsAll: boolean) {
    this.#clock = clock;
    this.#keepsAll = keepsAll;
  }

  /** Something happened. */
  say(what: string): void {
    const line = `${this.#clock.nowMs().toFixed(3)} ${what}`;
    this.count++;
    this.#hash.update(line).update("\n");
    this.lines.push(line);
    if (!this.#keepsAll && this.lines.length > 2 * linesMax) this.lines.splice(0, linesMax);
  }

  /** Something is not as it must be; only the first counts, as the rest follows from it. */
  accuse(kind: Kind, because: string): void {
    if (this.breach) return;
    this.say(`BREACH ${kind}: ${because}`);
    this.breach = { kind, because, atMs: this.#clock.nowMs() };
  }

  /** Accuses unless `holds`. */
  demand(holds: boolean, because: () => string): void {
    if (!holds) this.accuse("safety", because());
  }

  /** Of all that happened, in hexadecimal. */
  get fingerprint(): string {
    return this.#hash.copy().digest("hex").slice(0, 16);
  }
}
