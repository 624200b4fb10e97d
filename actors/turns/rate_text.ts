/**
 * A rate as people write it.
 *
 * @module
 */
import type { Rate } from "../../policies/limits/bucket.ts";

const periods = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "min"], [1_000, "s"]] as const;

/** `3500/min`; `5/10s` where the period is more than one of its unit. */
export function rateText({ amount, periodMs }: Rate): string {
  const [ms, name] = periods.find(([ms]) => periodMs % ms === 0) ?? [1_000, "s"];
  const count = periodMs / ms;
  return `${amount}/${count === 1 ? "" : count}${name}`;
}
