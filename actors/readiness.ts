/**
 * Whether a runtime can do what it is there for.
 *
 * @module
 */
import type { PoolStatus } from "../messages/status.ts";

/** What keeps a runtime from working. */
export interface Unready {
  readonly code: "not_ready" | "no_workers" | "breaker_open";
  /** In words, for people. */
  readonly because: string;
}

/** What keeps the runtime of `pool` from working; null when nothing does. `accepting`: takes jobs. */
export function unready(
  accepting: boolean,
  { workers, scaling, restarts }: Pick<PoolStatus, "workers" | "scaling" | "restarts">,
): Unready | null {
  if (!accepting) return { code: "not_ready", because: "draining: no new jobs are taken" };
  const { breaker = "closed" } = (scaling ?? {}) as { readonly breaker?: string };
  const code = workers.ready === 0 ? "no_workers" : "breaker_open";
  if (breaker === "open") {
    return { code, because: "down: workers can't be started, the breaker is open" };
  }
  // A pool that has shrunk to nothing can start a worker; one that can't start any is not ready.
  if (workers.ready > 0) return null;
  if (restarts.quarantined.length > 0) {
    const because = "down: workers die before they are of use, their seats are in quarantine";
    return { code, because };
  }
  if (breaker === "closed") return null;
  return { code, because: "down: workers could not be started, one more is tried" };
}
