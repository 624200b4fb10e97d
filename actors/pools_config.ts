/**
 * What a configuration says of pools: the usual one and those with other names.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Prices } from "../policies/business/costs.ts";
import { usualPool } from "./pool_of.ts";

/** Pools there can be. */
const poolsMax = 16;
/** Names of pools: they stand in labels, in paths and behind the ids of actors. */
const nameShape = /^[a-z][a-z0-9_-]{0,31}$/;

/** What holds for the workers and commands of all pools together is said of the usual one. */
const sharedKeys = ["memoryBytes", "workerBytes"] as const;
type Shared = Readonly<Partial<Record<(typeof sharedKeys)[number], number | null>>>;

/** The pools, each as `pool` has it; `default` is there whether it is named or not. */
export const poolsSchema = <T extends z.core.$ZodType>(pool: T) =>
  z.catchall(z.object({ [usualPool]: z.prefault(pool, {} as z.core.input<T>) }), pool).check(
    z.superRefine((pools, context) => {
      const names = Object.keys(pools as object);
      for (const name of names.filter((name) => !nameShape.test(name))) {
        const message = "a name of 1..32 small letters, digits, '_' and '-', a letter first";
        context.addIssue({ code: "custom", path: [name], message });
      }
      for (const [name, pool] of Object.entries(pools as Record<string, Shared>)) {
        for (const key of name === usualPool ? [] : sharedKeys) {
          if (pool[key] === null || pool[key] === undefined) continue;
          const message = `nothing: pools.${usualPool}.${key} is for all pools`;
          context.addIssue({ code: "custom", path: [name, key], message });
        }
      }
      if (names.length > poolsMax) {
        context.addIssue({ code: "custom", path: [], message: `at most ${poolsMax} pools` });
      }
    }),
  );

/** Names of profiles. */
export const profileName = z.string().check(
  z.regex(nameShape, { error: "a name of 1..32 small letters, digits, '_' and '-'" }),
);

interface Named {
  readonly pool: string | null;
  readonly profile?: string | null;
}

/** Operations and profiles that are to go to a pool, or to have a profile, that there is not. */
export function strays({ pools, profiles, operations }: {
  readonly pools: object;
  readonly profiles: Readonly<Record<string, Named>>;
  readonly operations: Readonly<Record<string, Named>>;
}): z.core.$ZodIssueCustom[] {
  const known = { pool: Object.keys(pools), profile: Object.keys(profiles) };
  return Object.entries({ operations, profiles }).flatMap(([section, all]) =>
    Object.entries(all).flatMap(([name, said]) =>
      (["pool", "profile"] as const).flatMap((key) => {
        const input = said[key] ?? null;
        if (input === null || known[key].includes(input)) return [];
        const message = `one of the ${key}s ${known[key].join(", ")}`;
        return [{ code: "custom" as const, path: [section, name, key], message, input }];
      })
    )
  );
}

/** What is promised of a pool. */
export const poolSloSchema = z.strictObject({
  /** Most that its workers may cost in an hour, at the prices of `costs`; null: anything. */
  budgetPerHour: z._default(z.nullable(z.number().check(z.gt(0), z.maximum(1e12))), null),
});

/** Budgets that can't be kept, as nothing has a price. */
export function unpriced(
  { pools, costs }: {
    readonly pools: Readonly<Record<string, { readonly slo: { budgetPerHour: number | null } }>>;
    readonly costs: Prices;
  },
): z.core.$ZodIssueCustom[] {
  const { workerPerHour, cpuPerHour, gbPerHour } = costs;
  if (workerPerHour + cpuPerHour + gbPerHour > 0) return [];
  return Object.entries(pools).filter(([, { slo }]) => slo.budgetPerHour !== null)
    .map(([name, { slo }]) => ({
      code: "custom",
      path: ["pools", name, "slo", "budgetPerHour"],
      message: "a price in costs (workerPerHour, cpuPerHour or gbPerHour) to count by",
      input: slo.budgetPerHour,
    }));
}
