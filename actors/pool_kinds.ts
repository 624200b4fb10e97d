/**
 * Kinds of pools: what is usual where it is known what its jobs do, as plain data.
 *
 * @module
 */
import { merge, plain } from "./config_tree.ts";

/** All kinds by name; each says only where it differs from the defaults. */
const kinds: Readonly<Record<string, object>> = {
  /** Jobs that wait for others: as many in a worker as come, and from the start on room for some. */
  io: { workers: { min: null } },
  /** Jobs that hold their thread: one in a worker, and a worker stays for the next. */
  cpu: {
    slots: { max: 1 },
    policy: { name: "governor", waitTargetMs: 1_000, keepAliveMs: 10_000 },
  },
  /** Jobs of both sorts: a few share a worker, and wait a little for each other. */
  mixed: { slots: { max: 16 }, policy: { name: "governor", waitTargetMs: 300 } },
  /** Somebody waits for each job: one worker is always free, and the pool has its part before others. */
  interactive: {
    spares: 1,
    policy: { name: "governor", waitTargetMs: 50, keepAliveMs: 30_000 },
    share: { weight: 4, workers: 2 },
  },
};

/** Their names. */
export const poolKindNames = Object.keys(kinds) as [string, ...string[]];

/** A tree of the configuration, with pools that have a kind, or are called as one, laid over it. */
export function withKinds(tree: unknown): unknown {
  if (!plain(tree) || !plain(tree.pools)) return tree;
  const pools = Object.entries(tree.pools).map(([name, pool]) => {
    if (!plain(pool)) return [name, pool];
    const kind = String(pool.kind ?? name);
    const isKnown = Object.hasOwn(kinds, kind);
    return [name, isKnown ? merge({ kind, ...kinds[kind] }, pool) : pool];
  });
  return { ...tree, pools: Object.fromEntries(pools) };
}
