/**
 * No more workers than an hour may cost.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { known } from "../scaling/blind.ts";
import { constraint } from "./constraint.ts";

const price = z._default(z.number().check(z.nonnegative()), 0);

const options = z.strictObject({
  budgetPerHour: z._default(z.nullable(z.number().check(z.positive())), null).check(
    z.describe("Most that the workers may cost in an hour. Null: anything."),
  ),
  workerPerHour: price.check(z.describe("Price of a worker for an hour.")),
  cpuPerHour: price.check(z.describe("Price of a core for an hour.")),
  gbPerHour: price.check(z.describe("Price of a gigabyte for an hour.")),
});

type BudgetOptions = z.infer<typeof options>;

/** Memory assumed for a worker before one was measured. */
const workerBytesAssumed = 40e6;

/**
 * What an hour of one worker costs that is always busy: of the core it wants, where that is known, else
 * of a whole one.
 */
function hourOf({ workerDemandRatio, workerBytes }: Reading, prices: BudgetOptions): number {
  const cores = known(workerDemandRatio) ? Math.min(1, workerDemandRatio) : 1;
  const bytes = known(workerBytes) && workerBytes > 0 ? workerBytes : workerBytesAssumed;
  return prices.workerPerHour + prices.cpuPerHour * cores + prices.gbPerHour * bytes / 1e9;
}

/** Caps a pool by what its workers cost; it yields to nothing. */
export const cost = constraint({
  name: "cost",
  help: "Has no more workers than an hour may cost.",
  options,
  constrain: (reading, options) => {
    const { budgetPerHour } = options;
    const each = hourOf(reading, options);
    if (budgetPerHour === null || each === 0) return null;
    // What is a whole number but for the last digit is whole.
    const cap = Math.floor(budgetPerHour / each + 1e-9);
    if (cap >= Number.MAX_SAFE_INTEGER) return null;
    const says = `a busy worker costs ${
      Number(each.toPrecision(3))
    } an hour, at most ${budgetPerHour} may`;
    return { floor: 0, cap, because: says };
  },
  idle: (_reading, { budgetPerHour }) => budgetPerHour === null ? "no budget is set" : null,
});
