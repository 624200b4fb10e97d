/** How many retries a budget has. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type BudgetRules,
  createBudget,
  isQuiet,
  noteFirst,
  noteRetry,
  takeRetry,
} from "../policies/retry/budget.ts";

const budgets: readonly BudgetRules[] = [
  { budgetRatio: 0.1, budgetRetries: 10, windowMs: 60_000 },
  { budgetRatio: 0.25, budgetRetries: 0, windowMs: 7_000 },
  { budgetRatio: 0, budgetRetries: 3, windowMs: 1_000 },
];

for (const rules of budgets) {
  const { budgetRatio, budgetRetries, windowMs } = rules;
  Deno.test(`retry: of a window of ${windowMs} ms never more than its budget is granted`, () => {
    const step = fc.record({
      waitMs: fc.oneof(fc.nat(20), fc.nat(windowMs)),
      firsts: fc.nat(30),
      asks: fc.nat(30),
    });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const budget = createBudget();
      const firstsMs: number[] = [];
      const grantsMs: number[] = [];
      let nowMs = 0;
      const within = (instants: readonly number[]) =>
        instants.filter((ms) => ms > nowMs - windowMs).length;
      for (const { waitMs, firsts, asks } of steps) {
        nowMs += waitMs;
        for (let i = 0; i < firsts; i++) {
          noteFirst(budget, nowMs, rules);
          firstsMs.push(nowMs);
        }
        for (let i = 0; i < asks && takeRetry(budget, nowMs, rules); i++) {
          grantsMs.push(nowMs);
          const most = budgetRetries + budgetRatio! * within(firstsMs);
          assert(within(grantsMs) <= most, `${within(grantsMs)} of ${most} at ${nowMs}`);
        }
      }
      nowMs += 2 * windowMs;
      assert(isQuiet(budget, nowMs));
      for (let i = 0; i < budgetRetries; i++) {
        assert(takeRetry(budget, nowMs, rules), "as at first");
      }
    }));
  });
}

Deno.test("retry: a window of another length forgets no retry that was granted", () => {
  const rules = budgets[0]!;
  const budget = createBudget();
  for (let i = 0; i < 10; i++) assert(takeRetry(budget, 0, rules));
  const wider = { ...rules, windowMs: 600_000 };
  assertEquals(takeRetry(budget, 50_000, wider), false);
  assertEquals(takeRetry(budget, 700_000, wider), true);
});

Deno.test("retry: that they were in vain is forgotten after ten windows without any", () => {
  const rules = budgets[0]!;
  const budget = createBudget();
  for (let i = 0; i < 30; i++) noteRetry(budget, 0, true);
  assert(takeRetry(budget, 0, rules));
  assertEquals(takeRetry(budget, 4_999, rules), false);
  assert(takeRetry(budget, 5_000, rules));
  for (let i = 0; i < 10; i++) assert(takeRetry(budget, 600_001, rules));
  const none = { ...rules, budgetRatio: 0, budgetRetries: 0 };
  const free = { ...rules, budgetRatio: null };
  for (let i = 0; i < 30; i++) noteRetry(budget, 700_000, true);
  assertEquals([none, free].map((each) => takeRetry(budget, 700_000, each)), [false, true]);
});
