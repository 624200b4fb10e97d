/**
 * What a configuration says of the budget that all pools share.
 *
 * @module
 */
import { z } from "zod/mini";
import { durationMsMax } from "./units.ts";

/** What all pools may have together. */
export const budgetSchema = z.strictObject({
  /** Workers at most; null: as many as one pool might have, min(100, 12 x cores) in free memory. */
  workers: z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(10_000))), null),
  /** Memory of all workers, by what each pool's are seen to take; null: no limit of its own. */
  memoryBytes: z._default(z.nullable(z.int().check(z.minimum(64 * 2 ** 20))), null),
  /** Cores that busy workers want, by what each pool's are seen to want; null: those of the machine. */
  cpuCores: z._default(z.nullable(z.number().check(z.minimum(0.1), z.maximum(4_096))), null),
  /** Quiet time after workers were taken from where they were busy. */
  cooldownMs: z._default(z.int().check(z.minimum(0), z.maximum(durationMsMax)), 2_000),
});

/** What a pool has of the budget. */
export const shareSchema = z.strictObject({
  /** Its part where pools want more than there is: twice the weight, twice the workers. */
  weight: z._default(z.number().check(z.minimum(0.01), z.maximum(100)), 1),
  /** Workers that it has before all others, as far as it needs them; others have them meanwhile. */
  workers: z._default(z.int().check(z.minimum(0), z.maximum(10_000)), 1),
});

/** What is wrong with a budget: it does not suffice for what pools keep in any case. */
export function overdrawn(
  { pools, budget }: {
    readonly pools: Readonly<Record<string, { readonly workers: { readonly min: number | null } }>>;
    readonly budget: { readonly workers: number | null };
  },
) {
  const kept = Object.values(pools).reduce((all, { workers }) => all + (workers.min ?? 1), 0);
  if (budget.workers === null || budget.workers >= kept) return [];
  return [{
    code: "custom" as const,
    path: ["budget", "workers"],
    message: `>= ${kept}, what all pools keep by their workers.min`,
    input: budget.workers,
  }];
}
