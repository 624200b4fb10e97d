/**
 * Where a trail is written to.
 *
 * @module
 */

/** A file that outlives the process at once, and the machine at some time. */
export interface TrailFile {
  /** What an earlier process has left there; empty where it ended in good order. */
  readonly left: Uint8Array;
  /** Adds to it. Where that can't be (a full disk), it is not there: nothing else suffers. */
  append(bytes: Uint8Array): void;
  /** Puts this in place of all of it, or leaves it as it was. */
  replace(bytes: Uint8Array): void;
}
