/**
 * Which pool a job goes to, and whose workers it has there.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import { ByName } from "./by_name.ts";
import { inPool } from "./grant.ts";
import { operationOf } from "./job.ts";
import type { Operation } from "./operation.ts";
import { usualPool } from "./pool_of.ts";
import { Profiles } from "./profiles.ts";
import { Refusal } from "./refusal.ts";

/** What a configuration says of operations. */
type Operations = Readonly<Record<string, { readonly pool?: string | null }>>;

/** The pools there are, and which operations have one. */
export class Pools {
  /** Their names, the usual one among them. */
  readonly names: readonly string[];
  /** What jobs are given by name. */
  readonly profiles: Profiles;
  #byOperation: ByName<string> | null = null;
  /** Operations as they are in pools other than the usual one. */
  readonly #moved = new WeakMap<Operation, Map<string, Operation>>();

  /** Pools of these names. */
  constructor(
    names: readonly string[] = [usualPool],
    operations: Operations = {},
    profiles = new Profiles(),
  ) {
    this.names = names;
    this.profiles = profiles;
    this.adopt(operations);
  }

  /** Jobs of other operations have a pool from now on. */
  adopt(operations: Operations): void {
    const said = Object.entries(operations).flatMap(([name, { pool }]) =>
      pool ? [[name, pool]] : []
    );
    this.#byOperation = said.length === 0 ? null : new ByName(Object.fromEntries(said));
  }

  /** The pool of a job, its own or that of its operation; throws Refusal where there is none. */
  of(spec: JobSpec, pointer = ""): string {
    const { pool } = spec;
    if (pool === undefined) return this.#byOperation?.of(operationOf(spec)) ?? usualPool;
    if (this.names.includes(pool)) return pool;
    const known = this.names.join(", ");
    throw new Refusal(
      "unknown_pool",
      `There is no pool ${JSON.stringify(pool)}: there is ${known}`,
      [
        { pointer: `${pointer}/pool`, message: "is not a pool", expected: known, given: pool },
      ],
    );
  }

  /** An operation as the workers of `pool` have it. */
  operationIn(pool: string, operation: Operation): Operation {
    if (pool === usualPool) return operation;
    let moved = this.#moved.get(operation);
    if (!moved) this.#moved.set(operation, moved = new Map());
    let there = moved.get(pool);
    if (!there) {
      moved.set(pool, there = { ...operation, grant: inPool(operation.grant, pool) });
    }
    return there;
  }
}
