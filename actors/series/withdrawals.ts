/**
 * Ends of jobs that were put back into the queue since. Each is taken back in the slots in which it
 * was counted, so that in every window a job has one end, its last.
 *
 * @module
 */
import type { Clock } from "../ports.ts";
import type { Cell } from "./cells.ts";
import { rowKey } from "./row.ts";
import { keptMs, slotAt, steps } from "./steps.ts";
import { Tally } from "./tally.ts";
import type { Unsaved } from "./unsaved.ts";

/** What was taken back, on its way to the store. */
export class Withdrawals {
  /** Of the ten seconds that began then, by name of the slot. */
  readonly #tallies = new Map<string, Tally>();
  #at = 0;
  readonly #clock: Pick<Clock, "wallMs">;
  readonly #epoch: number;
  readonly #unsaved: Pick<Unsaved, "put">;

  /** Of the service's start `epoch`. */
  constructor(clock: Pick<Clock, "wallMs">, epoch: number, unsaved: Pick<Unsaved, "put">) {
    this.#clock = clock;
    this.#epoch = epoch;
    this.#unsaved = unsaved;
  }

  /** A job of a kind had ended at `endedAt`, epoch ms, and is open again. */
  note({ label }: Pick<Cell, "label">, endedAt: number): void {
    const wallMs = this.#clock.wallMs();
    const since = slotAt("10s", wallMs);
    if (since !== this.#at) this.#tallies.clear();
    this.#at = since;
    for (const step of steps) {
      const at = slotAt(step, endedAt);
      const keptUntil = at + keptMs[step];
      if (keptUntil <= wallMs) continue;
      // Slots that are over stay as they are: these stand beside them and are added up with them.
      const key = rowKey({ step, kind: "jobs", at, epoch: `${this.#epoch}-${since}`, label });
      let tally = this.#tallies.get(key);
      if (!tally) this.#tallies.set(key, tally = new Tally());
      tally.withdraw();
      this.#unsaved.put({ key, keptUntil, data: tally.pack() });
    }
  }
}
