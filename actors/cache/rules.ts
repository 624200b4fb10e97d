/**
 * Whose results are kept, for how long, and on what they depend besides the input.
 *
 * @module
 */
import { ByName } from "../by_name.ts";
import { type Job, operationOf } from "../job.ts";
import type { KeepingConfig } from "./config.ts";

/** What holds for the result of one job. */
export interface KeepRule {
  readonly ttlMs: number;
  readonly files: readonly string[];
  readonly contents: boolean;
}

/** Finds what holds for a job. */
export class KeepRules {
  #ttlMs: number;
  #said: ByName<KeepingConfig> | null;

  /** `operations` by name or by what the names of several begin with. */
  constructor(
    ttlMs = 3_600_000,
    operations: Readonly<Record<string, { cache: KeepingConfig }>> = {},
  ) {
    this.#ttlMs = ttlMs;
    const said = Object.entries(operations).map(([name, { cache }]) => [name, cache] as const);
    const isKeepingConfig = said.some(([, { keep, ...rest }]) =>
      keep !== null || Object.values(rest).some((value) => value !== null)
    );
    this.#said = isKeepingConfig ? new ByName(Object.fromEntries(said)) : null;
  }

  /** Null: its result is nobody else's business. */
  of({ operation, spec }: Pick<Job, "operation" | "spec">): KeepRule | null {
    const own = operation.keeping ?? null;
    // So it is for most jobs, and all of them are asked.
    if (own === null && this.#said === null && spec.cache !== true) return null;
    if (spec.cache === false || operation.grant.kind === "run") return null;
    const said = this.#said?.of(operationOf(spec));
    if (!(said?.keep ?? (own !== null || spec.cache === true))) return null;
    return {
      ttlMs: said?.ttlMs ?? own?.ttlMs ?? this.#ttlMs,
      files: said?.files ?? own?.files ?? [],
      contents: said?.contents ?? own?.contents ?? false,
    };
  }
}
