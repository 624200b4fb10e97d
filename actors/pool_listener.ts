/**
 * Who hears of what a pool does.
 *
 * @module
 */
import type { WorkerState } from "../machines/worker.ts";
import type { Grant } from "./ports.ts";
import type { WorkerLink } from "./worker.ts";

/** Listens to a pool; called in the same turn. */
export interface PoolListener {
  resized(from: number, to: number, decision: number, trigger: string): void;
  worker(link: WorkerLink, state: WorkerState, because: string): void;
  startFailed(because: string): void;
  startSucceeded(grant: Grant, tookMs: number): void;
  seatClosed(seat: number): void;
}
