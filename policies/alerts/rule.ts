/**
 * The contract of an alert rule: a pure step from what is seen to what is measured, each against its
 * marks. How long it has to last is the machine's business, who is told of it the actor's.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Marks } from "../limits/threshold.ts";
import type { Sight } from "./sight.ts";

/** One measured thing. */
export interface Finding {
  /** Which of many; null where there is only one. */
  readonly subject: string | null;
  /** In the rule's own unit; null: unknown, and everything stays as it is. */
  readonly value: number | null;
  /** Where it is bad, and where it is good again. */
  readonly marks: Marks;
  /** One sentence for people, said where it is bad, by the last value that is known. */
  readonly because: () => string;
}

/** What every rule can be told. */
export interface RuleOptions {
  /** Whether anybody looks. */
  readonly enabled: boolean;
  /** What is wrong for less is not told. */
  readonly sustainMs: number;
  /** What is over for less is not over. */
  readonly clearMs: number;
}

/**
 * A rule. Time arrives in what is seen, what it must remember is returned and handed back.
 *
 * @typeParam O options, parsed by `options`
 * @typeParam M memory carried from one step to the next
 */
export interface AlertRule<O extends RuleOptions = RuleOptions, M = unknown> {
  /** Unique; the word for it in a configuration. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /**
   * Makes the schema of the options, every one with a default. They are read at the start and at a
   * reload: schemas of all rules that are kept would take more than all else of alerts.
   */
  options(): z.core.$ZodType<O>;
  /** The memory before the first step, at `nowMs`. */
  start(options: O, nowMs: number): M;
  /** What is measured now, and what to remember. What is not in it is calm. */
  step(memory: M, sight: Sight, options: O): readonly [readonly Finding[], M];
}

/** Declares a rule; exists so that `O` and `M` are inferred. */
export function alertRule<O extends RuleOptions, M>(rule: AlertRule<O, M>): AlertRule<O, M> {
  return rule;
}

/** Longest duration of an option: 24.8 days. */
const longestMs = 2_147_483_647;

/** A duration among the options. */
export const durationMs = z.number().check(z.minimum(0), z.maximum(longestMs));

/** A window in which is counted. */
export const windowMs = z.number().check(z.minimum(1_000), z.maximum(longestMs));

/** Jobs that must have ended before a share means anything. */
export const volume = z.int().check(z.minimum(1), z.maximum(1_000_000_000));

/** A share among the options. */
export const ratio = z.number().check(z.minimum(0), z.maximum(1));

/** The options that every rule has. */
export const usualOptions = (
  { enabled = true, sustainMs = 30_000, clearMs = 30_000 }: Partial<RuleOptions> = {},
) => ({
  /** Whether anybody looks. */
  enabled: z._default(z.boolean(), enabled),
  /** What is wrong for less is not told. */
  sustainMs: z._default(durationMs, sustainMs),
  /** What is over for less is not over. */
  clearMs: z._default(durationMs, clearMs),
});

/** A rule with its options. */
export interface BoundRule {
  readonly name: string;
  readonly options: RuleOptions;
  /** What is measured now. */
  look(sight: Sight): readonly Finding[];
}

/** Binds a rule to options and lets it remember. */
export function bindRule(rule: AlertRule, options: RuleOptions, nowMs: number): BoundRule {
  let memory = rule.start(options, nowMs);
  return {
    name: rule.name,
    options,
    look(sight) {
      const [findings, after] = rule.step(memory, sight, options);
      memory = after;
      return findings;
    },
  };
}

/** `83 %`; what was not measured is unknown, never 0. */
export const percent = (share: number | null): string =>
  share === null ? "unknown" : `${Math.round(share * 1_000) / 10} %`;

/** Marks that are told as one level, or as two. */
export const marksAt = (
  warning: number | null,
  critical: number | null,
  clear: number,
): Marks => ({ warning: warning ?? critical ?? Infinity, critical, clear });
