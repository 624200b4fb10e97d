/**
 * What is told of the configuration in force, and of how it came to be.
 *
 * @module
 */

/** One value that is not what it was. */
export interface ConfigChange {
  /** `pools.default.workers.max`. */
  readonly key: string;
  /** `8 -> 12`. */
  readonly words: string;
  /** False: it needs a restart. */
  readonly live: boolean;
}

/** Who has taken a configuration. */
export interface ConfigAck {
  /** `controller`, `queue`, `log`, … */
  readonly actor: string;
  /** How long it took, ms. */
  readonly tookMs: number;
}

/** One configuration that was in force. */
export interface ConfigVersion {
  /** Counts configurations since the start; that of the start is 1. */
  readonly version: number;
  /** Since when, ISO 8601. */
  readonly at: string;
  /** Who has set it: `start`, `SIGHUP`, `control socket`, `token NAME`, `HTTP`, `program`. */
  readonly by: string;
  /** Every value that is not what it was before. */
  readonly changes: readonly ConfigChange[];
  /** All actors that heed what has changed, each after it had taken it. */
  readonly acks: readonly ConfigAck[];
}

/** The configuration in force. */
export interface ConfigView {
  /** Counts configurations since the start; that of the start is 1. */
  readonly version: number;
  /** Names this version over all starts: the header `If-Match` of a patch. */
  readonly etag: string;
  /** All of it, with every default. */
  readonly config: unknown;
  /** Keys that are heeded at once, with all below them; the others need a restart. */
  readonly live: readonly string[];
  /**
   * Where it differs from what was loaded last, at the start or by a reload: what was patched since,
   * and what waits for a restart (`live` is false).
   */
  readonly differs: readonly ConfigChange[];
  /** The latest versions, the newest last, at most 32. */
  readonly versions: readonly ConfigVersion[];
}
