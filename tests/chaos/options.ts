/**
 * What `deno task chaos` and `deno task soak` are told.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Refusal } from "../../actors/runtime.ts";
import { parseDuration } from "../../service/duration.ts";

/** Longest run, ms. */
const forMaxMs = 7 * 86_400_000;

/** How long, and by which chance. */
export interface Options {
  /** Time in which faults happen; what was accepted is then given time to end. */
  readonly forMs: number;
  /** The same seed strikes in the same order. */
  readonly seed: number;
  /** Only faults of these names; empty: all. */
  readonly only: readonly string[];
}

/**
 * Reads `--for=60s --seed=7 --only=killWorker,fullDisk`.
 *
 * @throws {Refusal | TypeError} what is wrong with them
 */
export function optionsOf(
  args: readonly string[],
  { names, forText }: { readonly names: readonly string[]; readonly forText: string },
): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { for: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
  });
  const seed = values.seed ?? String(crypto.getRandomValues(new Uint32Array(1))[0]);
  if (!/^\d{1,15}$/.test(seed)) {
    throw new Refusal("invalid_seed", `--seed must be a whole number, given ${seed}`);
  }
  const only = values.only?.split(",") ?? [];
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const message = `--only must name some of ${names.join(", ")}, given ${unknown}`;
    throw new Refusal("invalid_only", message);
  }
  const forMs = parseDuration(values.for ?? forText, "--for", forMaxMs);
  return { forMs, seed: Number(seed), only };
}
