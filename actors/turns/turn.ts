/**
 * What a job with keys is doing.
 *
 * @module
 */

/** It is elsewhere, waits for its keys, lies in its lane, or is with a worker. */
export const turn = { none: 0, parked: 1, laid: 2, running: 3 } as const;

/** One of these. */
export type Turn = typeof turn[keyof typeof turn];
