/**
 * Which failures are tried again, and how far that may go.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Category, Outcome } from "../../messages/outcome.ts";

/** Every category, and whether another attempt may mend what it stands for. */
const mendable: Readonly<Record<Category, boolean>> = {
  exit: true,
  signal: true,
  timeout: true,
  oom: true,
  spawn: true,
  lost: true,
  internal: true,
  validation: false,
  permission: false,
  cancelled: false,
  dependency: false,
  protocol: false,
};

const categories = Object.keys(mendable) as Category[];

/** 31 days, as of any duration. */
const waitMost = 2_147_483_647;

/** How jobs of one operation are tried again. */
export const retryRules = z.strictObject({
  /** Attempts after the first of jobs that do not say; null: `jobs.retries`. */
  retries: z._default(z.nullable(z.int().check(z.minimum(0), z.maximum(100))), null),
  /** Categories of failures that are tried again. */
  on: z._default(
    z.array(z.enum(categories)).check(z.maxLength(categories.length)),
    categories.filter((category) => mendable[category]),
  ),
  /** Longest wait before the second attempt of jobs that do not say; each further one doubles it. */
  baseMs: z._default(z.number().check(z.minimum(0), z.maximum(waitMost)), 1_000),
  /** Longest wait of all. */
  maxMs: z._default(z.number().check(z.minimum(0), z.maximum(waitMost)), 300_000),
  /**
   * Retries that are granted for each first attempt of the window. 0.1 is what Google's SRE book has
   * as the budget of a client. Null: any number.
   */
  budgetRatio: z._default(z.nullable(z.number().check(z.minimum(0), z.maximum(1))), 0.1),
  /** Retries that are granted in a window whatever the load, so that rare operations have some. */
  budgetRetries: z._default(z.int().check(z.minimum(0), z.maximum(1_000_000)), 10),
  /** The window of the budget. */
  windowMs: z._default(z.int().check(z.minimum(1_000), z.maximum(86_400_000)), 60_000),
});

/** Parsed {@link retryRules}. */
export type RetryRules = z.infer<typeof retryRules>;

/** What holds where nobody says otherwise. */
export const usualRetryRules: RetryRules = retryRules.parse({});

/** True when another attempt may help. */
export function isRetriable(
  { type, category }: Pick<Outcome, "type" | "category">,
  { on }: Pick<RetryRules, "on"> = usualRetryRules,
): boolean {
  if (type === "timedOut") return on.includes("timeout");
  return type === "failed" && (category === undefined || on.includes(category));
}
