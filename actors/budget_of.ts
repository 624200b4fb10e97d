/**
 * The budget of a system.
 *
 * @module
 */
import type { Budget } from "./budget.ts";
import { budgetOptions, isShared } from "./budget_terms.ts";
import type { Config } from "./config.ts";
import type { Ports } from "./ports.ts";
import type { System } from "./system.ts";

/** What the pools of the system that is `made` share; null where each is by itself. */
export async function budgetOf(
  config: Config,
  { clock, host }: Pick<Ports, "clock" | "host">,
  made: () => System,
): Promise<Budget | null> {
  if (!isShared(config)) return null;
  const { Budget } = await import("./budget.ts");
  return new Budget(budgetOptions(config, host.read()), () => made().estates, clock);
}

/** Lets another budget hold; one that there was not until now begins. */
export async function rebudget(config: Config, system: System): Promise<void> {
  const { latest } = system.sampler;
  system.budget?.adopt(budgetOptions(config, latest));
  system.budget ??= await budgetOf(config, system.ports, () => system);
}
