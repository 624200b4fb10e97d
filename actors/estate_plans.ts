/**
 * The estates that a configuration asks for.
 *
 * @module
 */
import type { HostReading } from "../messages/mailboxes.ts";
import type { Budget } from "./budget.ts";
import type { Config } from "./config.ts";
import type { Council } from "./council.ts";
import type { EstateOptions } from "./estate.ts";
import { commandGrant, inPool } from "./grant.ts";
import type { Operation } from "./operation.ts";
import type { Pools } from "./pools.ts";
import { guardsOf } from "./reload.ts";
import type { Routings } from "./routings.ts";
import { type Seats, seats } from "./seats.ts";

/** Tasks that a worker loads before its first job; more are loaded when they are asked for. */
const loadedAheadMax = 32;

/** One for each pool; `council` says who decides about it. */
export function estatePlans(
  config: Config,
  operations: readonly Operation[],
  pools: Pools,
  council: (pool: string) => Council,
  routed: Routings = new Map(),
): EstateOptions[] {
  return Object.entries(config.pools).map(([name, { slots, recycle }]) => {
    const own = operations.find((operation) => pools.of({ task: operation.name }) === name);
    const { grant } = own ?? operations[0] ?? { grant: commandGrant };
    return {
      name,
      slots: { tasks: slots.max, commands: slots.commands },
      recycle,
      homeGrant: () => inPool(grant, name),
      tasksOf: ({ key }) =>
        operations.filter(({ grant }) => inPool(grant, name).key === key).slice(0, loadedAheadMax),
      council: council(name),
      routing: routed.get(name)?.routing ?? null,
    };
  });
}

/** Who decides about each pool; of `seated`, those whose choice is as it was go on. */
export async function seatsOf(
  { pools }: Pick<Config, "pools">,
  seated: ReadonlyMap<string, Seats> = new Map(),
): Promise<ReadonlyMap<string, Seats>> {
  const all = new Map<string, Seats>();
  for (const [name, pool] of Object.entries(pools)) {
    all.set(name, await seats(name, pool, seated.get(name)));
  }
  return all;
}

/**
 * Who decides about a pool, and who objects: its bounds on this machine, and the budget of all. Of
 * `before` go on whose options are as they were.
 */
export function councilOf(
  pool: string,
  { pools, costs, tuning }: Pick<Config, "pools" | "costs" | "tuning">,
  seated: ReadonlyMap<string, Seats>,
  host: HostReading,
  budget: Budget | null,
  before: Pick<Council, "guards"> = { guards: [] },
): Council {
  const guards = guardsOf(pools[pool]!, host, costs, before.guards);
  return {
    policies: [...seated.get(pool)!.values()],
    guards: budget ? [...guards, budget.guard(pool)] : guards,
    fallback: pools[pool]!.fallback,
    frozen: tuning.frozen,
  };
}
