/**
 * Refuses jobs that need more than there ever is.
 *
 * @module
 */
import type { JobSpec } from "../../messages/job.ts";
import { Refusal } from "../refusal.ts";
import { amountOf } from "./draw.ts";
import { rateText } from "./rate_text.ts";
import type { Rules } from "./rule.ts";

/** Throws Refusal for a job that would take more of a unit than the rate of one of its keys. */
export function checkUnits(spec: JobSpec, keys: readonly string[], rules: Rules): void {
  if (!rules.areMetered) return;
  for (const key of keys) {
    const { pattern, rates } = rules.of(key);
    for (const [unit, rate] of rates ?? []) {
      const given = amountOf({ spec }, unit);
      if (given <= rate.amount) continue;
      const expected = `at most ${rate.amount}: the key ${key} has ${rateText(rate)} ` +
        `(limit ${pattern})`;
      throw new Refusal("invalid_units", `/units/${unit} must be ${expected}, given ${given}`, [
        { pointer: `/units/${unit}`, message: "is too much", expected, given: String(given) },
      ]);
    }
  }
}
