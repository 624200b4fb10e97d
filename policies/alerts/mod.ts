/**
 * All alert rules. The list is the registry: what watches something else is one more file and one
 * more line.
 *
 * @module
 */
import { z } from "zod/mini";
import { anomaly } from "./anomaly.ts";
import { api } from "./api.ts";
import { backlog } from "./backlog.ts";
import { breakers } from "./breakers.ts";
import { brownout } from "./brownout.ts";
import { costs } from "./costs.ts";
import { errors } from "./errors.ts";
import { cpu, files, memory, senses } from "./host.ts";
import { latency } from "./latency.ts";
import { overrun } from "./overrun.ts";
import { type AlertRule, bindRule, type BoundRule, type RuleOptions } from "./rule.ts";
import { regret } from "./regret.ts";
import { slower } from "./slower.ts";
import { waste } from "./waste.ts";

/** The list. */
export const alertRules = [
  cpu,
  memory,
  senses,
  files,
  errors,
  backlog,
  latency,
  api,
  overrun,
  waste,
  costs,
  slower,
  regret,
  breakers,
  brownout,
  anomaly,
] as unknown as readonly AlertRule[];

/** The schema of what a configuration may say of rules, by their names. */
export const rulesSchema = () =>
  z.strictObject(
    Object.fromEntries(
      alertRules.map((rule) => [
        rule.name,
        z.prefault(rule.options() as unknown as z.ZodMiniObject, {}),
      ]),
    ),
  ) as unknown as z.ZodMiniType<
    Readonly<Record<string, RuleOptions>>,
    Readonly<Record<string, object>>
  >;

/** Those that are enabled, which begin to look at `nowMs`. */
export function bindRules(
  configured: Readonly<Record<string, RuleOptions>>,
  nowMs: number,
): readonly BoundRule[] {
  return alertRules.filter(({ name }) => configured[name]?.enabled)
    .map((rule) => bindRule(rule, configured[rule.name]!, nowMs));
}
