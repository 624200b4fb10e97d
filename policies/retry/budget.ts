/**
 * The retry budget: when much fails, retries add load where there is too much already, so they may
 * only be so many for the first attempts of a window that slides.
 *
 * @module
 */
import type { RetryRules } from "./rules.ts";

/** Parts of a window. Those that lie in it in part count for retries and not for first attempts. */
const parts = 12;
const kept = parts + 1;
/**
 * So many retries in a row that failed: what they were granted for has not gone away. Then one is
 * granted in each part of a window, to find out when it has.
 */
const vainMax = 30;
/** What retries came to is forgotten when none has ended for so many windows. */
const vainWindows = 10;

/** What was counted, by part of the window. */
export interface Budget {
  readonly firsts: Uint32Array;
  readonly retries: Uint32Array;
  /** Retries that failed since one ended well, and when the latest of them did, monotonic ms. */
  vain: number;
  vainAtMs: number;
  /** Number of the latest part, and how long a part was when it was counted. */
  at: number;
  partMs: number;
}

/** The rules that it heeds. */
export type BudgetRules = Pick<RetryRules, "budgetRatio" | "budgetRetries" | "windowMs">;

/** Nothing was counted yet. */
export const createBudget = (): Budget => ({
  firsts: new Uint32Array(kept),
  retries: new Uint32Array(kept),
  vain: 0,
  vainAtMs: -Infinity,
  at: 0,
  partMs: 0,
});

/** Counts a first attempt. */
export function noteFirst(budget: Budget, nowMs: number, rules: BudgetRules): void {
  turn(budget, nowMs, rules);
  budget.firsts[budget.at % kept]!++;
}

/** Counts the end of a retry: it was in vain, or ended well. */
export function noteRetry(budget: Budget, nowMs: number, isVain: boolean): void {
  budget.vain = isVain ? budget.vain + 1 : 0;
  budget.vainAtMs = nowMs;
}

/** Whether so many retries were in vain that few are granted. */
export const isInVain = ({ vain }: Budget): boolean => vain >= vainMax;

/** Takes a retry out of the budget; false: there is none left. */
export function takeRetry(budget: Budget, nowMs: number, rules: BudgetRules): boolean {
  turn(budget, nowMs, rules);
  if (nowMs - budget.vainAtMs > vainWindows * rules.windowMs) budget.vain = 0;
  const { retries, most } = spentOf(budget, rules);
  if (retries >= most) return false;
  if (most < Infinity && isInVain(budget) && budget.retries[budget.at % kept]! > 0) return false;
  budget.retries[budget.at % kept]!++;
  return true;
}

/** Retries that were granted in the window, and how many may be. */
export function spentOf(
  { firsts, retries, at }: Budget,
  { budgetRatio, budgetRetries }: BudgetRules,
): { readonly retries: number; readonly most: number } {
  const oldest = (at + 1) % kept;
  const first = firsts.reduce((sum, count) => sum + count, 0) - firsts[oldest]!;
  return {
    retries: retries.reduce((sum, count) => sum + count, 0),
    most: budgetRatio === null ? Infinity : budgetRetries + Math.floor(budgetRatio * first),
  };
}

/** True when nothing is in the window any more. */
export function isQuiet(budget: Budget, nowMs: number): boolean {
  return budget.partMs === 0 || Math.floor(nowMs / budget.partMs) - budget.at > parts;
}

/** Forgets what has left the window. */
function turn(budget: Budget, nowMs: number, { windowMs }: BudgetRules): void {
  const partMs = windowMs / parts;
  if (budget.partMs !== partMs) regroup(budget, nowMs, partMs);
  const at = Math.floor(nowMs / partMs);
  for (let part = budget.at + 1; part <= Math.min(at, budget.at + kept); part++) {
    budget.firsts[part % kept] = 0;
    budget.retries[part % kept] = 0;
  }
  budget.at = Math.max(budget.at, at);
}

/** The window has another length now: what was granted counts as granted just now. */
function regroup(budget: Budget, nowMs: number, partMs: number): void {
  const granted = budget.retries.reduce((sum, count) => sum + count, 0);
  budget.firsts.fill(0);
  budget.retries.fill(0);
  budget.partMs = partMs;
  budget.at = Math.floor(nowMs / partMs);
  budget.retries[budget.at % kept] = granted;
}
