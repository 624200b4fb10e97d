/**
 * Which jobs have breakers, and when these open.
 *
 * @module
 */
import { z } from "zod/mini";
import { breakerOptions } from "../../machines/breaker.ts";
import type { Outcome } from "../../messages/outcome.ts";

/** Names of breakers in a configuration: of an operation, of a host, or what many begin with. */
export const breakerName = z.string().check(
  z.maxLength(300),
  z.regex(/^(operation|host):./s, {
    error: "operation:NAME or host:NAME, where NAME may end with a star",
  }),
);

/** The breakers of one name. */
export const breakerRules = z.strictObject({
  ...breakerOptions.shape,
  /** Jobs that are counted and held: none, those that may be tried again, or all. */
  jobs: z._default(z.enum(["none", "retried", "all"]), "all"),
});

/** Parsed {@link breakerRules}. */
export type BreakerRules = z.infer<typeof breakerRules>;

/**
 * What holds where nobody says otherwise. A job that nobody wants to be tried again may fail by what
 * it was asked (`grep` that finds nothing), and that is no word against its operation. Who names a
 * host means something that can be down.
 */
export const usualRules: Readonly<Record<"operation" | "host", BreakerRules>> = {
  operation: breakerRules.parse({ jobs: "retried" }),
  host: breakerRules.parse({}),
};

/** What an attempt says of what it needs. Null: nothing. */
export type Answer = "good" | "bad" | null;

/** Bad are ends that something else can have caused; what the job itself or we did wrong is neither. */
export function answerOf({ type, category }: Pick<Outcome, "type" | "category">): Answer {
  if (type === "done") return "good";
  if (type === "timedOut") return "bad";
  const isBad = category === undefined || category === "exit" || category === "signal" ||
    category === "timeout";
  return type === "failed" && isBad ? "bad" : null;
}
