/**
 * What the parts of a run know of each other.
 *
 * @module
 */
import type { SimulatedClock } from "../../simulation/clock.ts";
import type { Weather } from "./weather.ts";
import type { Witness } from "./witness.ts";

/** The input of a job of a run. */
export interface Toil {
  /** Numbers what was asked for; jobs that are one by their key have one number. */
  readonly n: number;
  /** How long it runs, ms. */
  readonly ms: number;
  /** It holds its thread. */
  readonly holds: boolean;
  /** It kills every worker that begins it. */
  readonly poison: boolean;
  /** Longest time it may run, or say nothing, ms. */
  readonly withinMs: number;
  /** Of which only one may run at once. */
  readonly key: string | null;
}

/** How a run of a job in a process ended. */
export type How = "done" | "failed" | "aborted" | "died";

/** The one who hears what processes say, while he lives. */
export interface Ear {
  /** Lets `fn` happen to the service at `atMs`: later where it is frozen, never where it is gone. */
  hear(atMs: number, fn: () => void): void;
}

/** What all of it stands on. */
export interface Ground {
  readonly clock: SimulatedClock;
  readonly weather: Weather;
  readonly witness: Witness;
}

/** Who sees from outside what processes do. */
export interface Foreman {
  readonly ground: Ground;
  /** A job is begun by the process with this pid. */
  begins(toil: Toil, attempt: number, pid: number): void;
  /** A run has ended. */
  ends(toil: Toil, how: How): void;
  /** A process is no more. */
  gone(pid: number): void;
}
