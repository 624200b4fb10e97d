/**
 * What becomes of an attempt that failed: another one, if the rules and the budget of its operation
 * have one for it.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { waitMs } from "../policies/retry/backoff.ts";
import {
  type Budget,
  createBudget,
  isInVain,
  isQuiet,
  noteFirst,
  noteRetry,
  spentOf,
  takeRetry,
} from "../policies/retry/budget.ts";
import { isRetriable, type RetryRules, usualRetryRules } from "../policies/retry/rules.ts";
import { ByName } from "./by_name.ts";
import { mayTryAgain } from "./doom.ts";
import { type Job, operationOf } from "./job.ts";
import { oomAgain } from "./loss.ts";
import type { Clock } from "./ports.ts";

/** Operations with a budget of their own; while there are more, the others share one. */
const budgetsMax = 1_024;

/** Rules and budgets of all operations. */
export class Retries {
  #rules = new ByName<RetryRules>();
  readonly #budgets = new Map<string, Budget>();
  readonly #shared = createBudget();
  readonly #clock: Pick<Clock, "nowMs">;

  /** The usual rules hold for all. */
  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** Other rules hold from now on; what was granted counts. */
  adopt(operations: Readonly<Record<string, { readonly retry: RetryRules }>>): void {
    const rules = Object.entries(operations).map(([name, { retry }]) => [name, retry]);
    this.#rules = new ByName(Object.fromEntries(rules));
  }

  /** The rules of an operation. */
  rulesOf(operation: string): RetryRules {
    return this.#rules.of(operation) ?? usualRetryRules;
  }

  /** The ending of a job by its latest attempt; null: there will be another one. */
  judge(job: Job, outcome: Outcome): Outcome | null {
    const operation = operationOf(job.spec);
    const rules = this.rulesOf(operation);
    const nowMs = this.#clock.nowMs();
    if (job.tries === 1) noteFirst(this.#budgetOf(operation, nowMs), nowMs, rules);
    else if (mayTryAgain(job.doomed)) {
      noteRetry(this.#budgetOf(operation, nowMs), nowMs, outcome.type !== "done");
    }
    if (!isRetriable(outcome, rules) || !mayTryAgain(job.doomed)) return outcome;
    if (job.tries > job.retries || !oomAgain(job, outcome)) {
      return outcome.type === "failed" ? { ...outcome, type: "dead" } : outcome;
    }
    const budget = this.#budgetOf(operation, nowMs);
    if (takeRetry(budget, nowMs, rules)) return null;
    return { ...outcome, type: "dead", ...spentBy(operation, outcome, budget, rules) };
  }

  /** Time until the next attempt of a job whose latest one ended so. */
  waitMs({ spec, tries }: Job, { retryAfterMs }: Outcome, unit: number): number {
    const { baseMs, maxMs } = this.rulesOf(operationOf(spec));
    return waitMs(tries, { baseMs, maxMs, ...spec.backoff }, unit, retryAfterMs);
  }

  #budgetOf(operation: string, nowMs: number): Budget {
    let budget = this.#budgets.get(operation);
    if (budget) return budget;
    if (this.#budgets.size >= budgetsMax) {
      for (const [name, other] of this.#budgets) {
        if (isQuiet(other, nowMs)) this.#budgets.delete(name);
      }
      if (this.#budgets.size >= budgetsMax) return this.#shared;
    }
    this.#budgets.set(operation, budget = createBudget());
    return budget;
  }
}

/** What is told of a job that the budget has no retry for. */
function spentBy(
  operation: string,
  { message = "It failed" }: Outcome,
  budget: Budget,
  rules: RetryRules,
): Pick<Outcome, "code" | "message"> {
  const { retries, most } = spentOf(budget, rules);
  const granted = `${retries} of ${most} retries of ${operation}`;
  const why = isInVain(budget)
    ? `the last ${budget.vain} retries of ${operation} have failed, so few are granted`
    : `${granted} are used in ${rules.windowMs / 1_000} s`;
  return { code: "retry_budget", message: `${message} (not tried again: ${why})` };
}
