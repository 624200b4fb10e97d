/**
 * What a configuration, and a task, says of results that are kept.
 *
 * @module
 */
import { z } from "zod/mini";
import { english } from "../../messages/schemas/english.ts";
import { cachingChoice } from "../../policies/caching/mod.ts";
import type { Keeping } from "../../task.ts";
import { Refusal } from "../refusal.ts";
import { durationMsMax } from "../units.ts";

/** Fields of an input that name files, at most. */
const fieldsMost = 16;

const durationMs = z.int().check(z.minimum(1), z.maximum(durationMsMax));
const fields = z.array(z.string().check(z.maxLength(255))).check(z.maxLength(fieldsMost));

/** The section `cache` of a configuration. */
export const cacheSchema = z.strictObject({
  /** Who goes where there is no room for all: the name of a policy among its own options. */
  policy: z.prefault(cachingChoice, { name: "s3fifo" }),
  /** Memory for results; 0: none is kept. */
  bytesMax: z._default(z.int().check(z.minimum(0), z.maximum(2 ** 40)), 64 * 2 ** 20),
  /** How long a result is good where nobody says. */
  ttlMs: z._default(durationMs, 3_600_000),
});

/** What a configuration says of the results of one operation. */
export const keepingSchema = z.strictObject({
  /** Whether results are kept and given to those who ask for the same; null: as the task says. */
  keep: z._default(z.nullable(z.boolean()), null),
  /** How long a result is good; null: as the task says, else `cache.ttlMs`. */
  ttlMs: z._default(z.nullable(durationMs), null),
  /**
   * Fields of the input that name files, which have to be as they were: the empty text for the input
   * itself, `command` for the words of a command. Null: as the task says, else none.
   */
  files: z._default(z.nullable(fields), null),
  /** Whether the contents of these files count, besides their size and times; null: as the task says. */
  contents: z._default(z.nullable(z.boolean()), null),
});

const told = z.strictObject({
  ttlMs: z.exactOptional(durationMs),
  files: z.exactOptional(fields),
  contents: z.exactOptional(z.boolean()),
});

/** Parsed {@link cacheSchema}. */
export type CacheConfig = z.output<typeof cacheSchema>;

/** Parsed {@link keepingSchema}. */
export type KeepingConfig = z.output<typeof keepingSchema>;

/** What a task says of its results, which may be anything; throws Refusal where it can't be meant. */
export function readKeeping(name: string, given: unknown): Keeping | null {
  if (given === undefined || given === null) return null;
  const parsed = z.safeParse(told, given, english);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Refusal(
    "invalid_cache",
    `Cannot register ${name} as its ${["cache", ...path].join(".")} can't be meant: ${message}`,
  );
}
