/**
 * What a pool works with.
 *
 * @module
 */
import type { Dispatcher } from "./dispatcher.ts";
import type { Ports } from "./ports.ts";
import type { Queue } from "./queue.ts";
import type { Supervisor } from "./supervisor.ts";

/** The parts of one pool. */
export interface PoolParts {
  readonly ports: Ports;
  readonly queue: Queue;
  readonly dispatcher: Dispatcher;
  readonly supervisor: Supervisor;
  /** Numbers seats. Default: from 1. */
  readonly nextSeat?: () => number;
}
