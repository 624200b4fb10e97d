/**
 * Who hears of what a pool does.
 *
 * @module
 */
import type { WorkerState } from "../machines/worker.ts";
import type { ControllerMessage } from "../messages/mailboxes.ts";
import type { Journal } from "./journal.ts";
import type { Clock, Grant } from "./ports.ts";
import type { Series } from "./series/series.ts";
import type { WorkerLink } from "./worker.ts";

/** Listens to a pool; called in the same turn. */
export interface PoolListener {
  /** `lost`: a worker that was ready has died. */
  resized(from: number, to: number, decision: number, trigger: string, lost?: boolean): void;
  worker(link: WorkerLink, state: WorkerState, because: string): void;
  startFailed(because: string): void;
  startSucceeded(grant: Grant, tookMs: number): void;
  seatClosed(seat: number): void;
}

/** A change of the pool's size. */
export interface Resize {
  /** Epoch ms. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly because: string;
  readonly decision: number;
}

/** Whom it concerns. */
export interface PoolHearers {
  readonly clock: Clock;
  readonly journal: Pick<Journal, "note">;
  readonly series: Pick<Series, "booted">;
  readonly started: (grant: Grant, tookMs: number) => void;
  readonly control: (message: ControllerMessage) => void;
  readonly resized: (resize: Resize) => void;
}

/** Tells `all` what the pool does. */
export function poolListener(pool: string, all: PoolHearers): PoolListener {
  const { journal, control } = all;
  return {
    resized: (from, actual, decision, trigger, lost) => {
      all.resized({ at: all.clock.wallMs(), from, to: actual, because: trigger, decision });
      journal.note({ type: "resized", pool, from, actual, decision, trigger });
      control({ type: "resized", workers: actual, ...(lost && { lost }) });
    },
    worker: ({ seat, generation, pid }, state, because) =>
      journal.note({ type: "worker", pool, seat, generation, pid, state, because }),
    startFailed: (because) => control({ type: "startFailed", because }),
    startSucceeded: (grant, tookMs) => {
      all.started(grant, tookMs);
      all.series.booted(tookMs);
      control({ type: "startSucceeded" });
    },
    seatClosed: (seat) =>
      journal.note({
        type: "alert",
        level: "warning",
        code: "seat_quarantined",
        message:
          `Workers in seat ${seat} died again and again before any use: it is left alone for a while`,
      }),
  };
}
