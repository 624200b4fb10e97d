/**
 * No further jobs while the host swaps in and out at once: it takes away what is needed again. One
 * way alone is no harm: what nobody uses leaves, or comes back once.
 *
 * @module
 */
import { z } from "zod/mini";
import { known } from "../scaling/blind.ts";
import { constraint } from "./constraint.ts";

/** When no job is begun for swap. */
export const swapOptions = z.strictObject({
  fromBytesPerS: z._default(z.nullable(z.number().check(z.minimum(1))), 1e6).check(
    z.describe(
      "What is swapped in a second, in and out each, from which on no job is begun beside one that runs. Null: never.",
    ),
  ),
});

/** What is remembered of the host. */
interface Swapping {
  /** Since when both ways are used, monotonic ms; null: they are not. */
  readonly sinceMs: number | null;
  /** When they were last; null: jobs are begun. */
  readonly heldMs: number | null;
}

const calm: Swapping = Object.freeze({ sinceMs: null, heldMs: null });

/** A few pages that cross are no shortage: it has to last for so long, ms. */
const lastsMs = 3_000;
/** Who begins jobs at the first look without it would have it back at the next one, ms. */
const calmMs = 10_000;

/** What runs goes on, and one job may always run: it ends by itself, as jobs that end give memory back. */
export const swap = constraint({
  name: "swap",
  help: "Begins no job beside one that runs while the host swaps in and out at once.",
  options: swapOptions,
  start: (): Swapping => calm,
  remember({ sinceMs, heldMs }: Swapping, reading, { fromBytesPerS }): Swapping {
    const { nowMs, hostAgeMs, hostStaleMs, swapBothBytesPerS } = reading;
    const isBoth = fromBytesPerS !== null && hostAgeMs <= hostStaleMs &&
      known(swapBothBytesPerS) && swapBothBytesPerS >= fromBytesPerS;
    if (!isBoth) {
      return heldMs !== null && nowMs - heldMs < calmMs ? { sinceMs: null, heldMs } : calm;
    }
    const isHeld = heldMs !== null || (sinceMs !== null && nowMs - sinceMs >= lastsMs);
    return { sinceMs: sinceMs ?? nowMs, heldMs: isHeld ? nowMs : null };
  },
  constrain({ nowMs, swapBothBytesPerS }, _options, { sinceMs, heldMs }: Swapping) {
    if (heldMs === null) return null;
    const how = sinceMs === null
      ? `did until ${((nowMs - heldMs) / 1_000).toFixed(0)} s ago`
      : `${((swapBothBytesPerS ?? 0) / 1e6).toFixed(1)} MB/s each way`;
    return { floor: 0, runningMax: 1, because: `the host swaps in and out at once: ${how}` };
  },
  idle({ swapBothBytesPerS }, { fromBytesPerS }) {
    if (fromBytesPerS === null) return "it is switched off";
    return known(swapBothBytesPerS) ? null : "what is swapped is unknown";
  },
});
