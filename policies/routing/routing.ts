/**
 * The contract of a routing policy: which of the workers that a job may go to gets it.
 *
 * @module
 */
import type { z } from "zod/mini";

/** A worker, as far as it matters who gets the next job. */
export interface Taker {
  /** Its seat: what it is told by, and whoever takes its place. */
  readonly seat: number;
  /** Where it stands among all workers of its kind in the pool, by seat, from 0. */
  readonly place: number;
  /** Jobs that it can be sent now; 0: it has no room. */
  readonly room: number;
  /** Jobs it has, begun or not. */
  readonly jobs: number;
  /** Jobs that it gave back, not begun, since the last job was sent to any of them. */
  readonly returned: number;
}

/**
 * A pure choice among workers. It sees only what it is handed: what it must remember is returned and
 * handed back, chance comes from outside, and there is no time.
 *
 * @typeParam O options, parsed by `options`
 * @typeParam M memory carried from one job to the next; plain data
 */
export interface RoutingPolicy<O = unknown, M = unknown> {
  /** Unique in its list; the word for it in a configuration. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /** Schema of the options, every one with a default; of any build of Zod 4. */
  readonly options: z.core.$ZodType<O>;
  /**
   * Longest time that a job waits for a worker without room while another has some, ms, at most
   * {@link patienceMsMax}. After it that worker is offered no more until it has room. 0: only those
   * with room are offered.
   */
  patienceMs(options: O): number;
  /** The memory before the first job. */
  start(options: O): M;
  /**
   * The seat of one of `workers`, of which there is at least one, by seat; and what to remember if the
   * job is sent there. `chance` is 0 <= x < 1, another one for each job. Null: what the pool does where
   * nobody chooses.
   */
  readonly route:
    | ((memory: M, workers: readonly Taker[], chance: number, options: O) => readonly [number, M])
    | null;
}

/** Longest that any policy may let a job wait, ms. */
export const patienceMsMax = 60_000;

/** Declares a policy; exists so that `O` and `M` are inferred. */
export function routingPolicy<O, M>(policy: RoutingPolicy<O, M>): RoutingPolicy<O, M> {
  return policy;
}
