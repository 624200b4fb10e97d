/**
 * How many workers there are while the host can't be seen, where the configuration says it: policies
 * know too little then, and what they want is not heeded.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Candidate, Envelope, Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";
import { blind } from "./blind.ts";

/** Longest time that may be waited, ms. */
const afterMsMax = 86_400_000;
/** Most workers of a pool. */
const workersMost = 10_000;

/** What is done while the host can't be seen. */
export const fallbackOptions = z.strictObject({
  mode: z._default(z.enum(["hold", "static", "currentIfHigher"]), "hold").check(z.describe(
    "`hold`: the size stays, and grows for the queue alone. `static`: it is `workers`, and shrinks to " +
      "that too. `currentIfHigher`: it is `workers` at least, and never shrinks.",
  )),
  workers: z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(workersMost))), null).check(
    z.describe("Workers then, within the bounds of the pool; `hold` needs none."),
  ),
  afterMs: z._default(z.int().check(z.nonnegative(), z.maximum(afterMsMax)), 30_000).check(
    z.describe("For how long the host must not have been seen; until then the size is held."),
  ),
}).check(({ value: { mode, workers }, issues }) => {
  if (mode === "hold" || workers !== null) return;
  const message = `a number of workers, as mode is ${mode}`;
  issues.push({ code: "custom", path: ["workers"], message, input: workers });
});

/** Parsed `fallbackOptions`. */
export interface FallbackOptions {
  /** `hold` the size, `static`: exactly `workers`, `currentIfHigher`: `workers` at least. */
  readonly mode: "hold" | "static" | "currentIfHigher";
  /** Workers then; null: the size is held. */
  readonly workers: number | null;
  /** For how long the host must not have been seen, ms. */
  readonly afterMs: number;
}

/** What takes the place of all proposals; null where the policies are heeded, or nothing may change. */
export function fallback(
  before: Envelope,
  reading: Reading,
  options: FallbackOptions | undefined,
): Candidate | null {
  if (options === undefined || options.workers === null || options.mode === "hold") return null;
  const { mode, workers, afterMs } = options;
  const { hostAgeMs, hostStaleMs } = reading;
  // An age that is no number is held too: it is no word of how long nothing was seen.
  if (!(hostAgeMs > hostStaleMs && hostAgeMs >= afterMs)) return null;
  const isStatic = mode === "static";
  const floor = isStatic ? workers : Math.max(before.floor, workers);
  const cap = isStatic ? workers : Math.max(before.cap, workers);
  const size = isStatic ? `${workers} workers` : `${workers} workers at least`;
  const because = `${size} by the fallback ${mode}, as ${blind(reading)}`;
  return { policy: "fallback", proposal: { ...restOf(before), floor, cap, because } };
}

/** What a fallback leaves as it is. */
function restOf({ runningMax, commandsMax, spawn, spares, keepAliveMs }: Envelope) {
  return {
    ...(runningMax !== null && { runningMax }),
    ...(commandsMax !== null && { commandsMax }),
    ...(spawn !== null && { spawn }),
    ...(spares !== undefined && { spares }),
    keepAliveMs,
  } satisfies Partial<Proposal>;
}

/** What will be done, as the end of a sentence about who can't see; empty where the size is held. */
export function fallbackWords(options: FallbackOptions | undefined): string {
  if (options === undefined || options.mode === "hold") return "";
  const { mode, workers, afterMs } = options;
  const least = mode === "static" ? "" : " at least";
  return `; when it is ${afterMs} ms old there are ${workers} workers${least} (fallback ${mode})`;
}
