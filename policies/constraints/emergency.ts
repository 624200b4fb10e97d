/**
 * What is done while the host runs out of memory.
 *
 * @module
 */
import { z } from "zod/mini";
import { isEmergency, memoryWords } from "../detectors/memory_emergency.ts";
import { known } from "../scaling/blind.ts";
import { constraint } from "./constraint.ts";

/** When jobs are stopped for memory. */
export const emergencyOptions = z.strictObject({
  giveBack: z._default(z.boolean(), true).check(
    z.describe("Whether a pool gives workers back while the host runs out of memory."),
  ),
  drainMs: z._default(z.int().check(z.minimum(0), z.maximum(3_600_000)), 5_000).check(
    z.describe("Time that jobs of a worker have which has to go for it; then they are put back."),
  ),
});

const options = z.extend(emergencyOptions, {
  min: z._default(z.int().check(z.nonnegative()), 1).check(z.describe("Workers that stay.")),
});

/** What is remembered of an emergency. */
interface Emergency {
  /** The latest look at the host that counted, monotonic ms. */
  readonly lookedMs: number;
  /** Workers and jobs that may be left. */
  readonly cap: number;
  readonly runningMax: number;
}

/** Looks at the host closer together than this are one, ms. */
const sameLookMs = 100;
/** What stays with each further look. */
const keptRatio = 7 / 8;

/**
 * At once nobody idles and no more jobs run than do; with each further look an eighth less does. Those
 * that have run for the shortest time have to go first.
 */
export const emergency = constraint({
  name: "emergency",
  help: "Gives workers back, idle ones at once, while the host runs out of memory.",
  options,
  start: (): Emergency | null => null,
  remember(before: Emergency | null, reading, { giveBack, min }): Emergency | null {
    const { nowMs, hostAgeMs, hostStaleMs, workers, starting, idle, running } = reading;
    if (!giveBack) return null;
    // Who is blind knows nothing new.
    const lookedMs = nowMs - hostAgeMs;
    const isNew = known(nowMs) && hostAgeMs <= hostStaleMs &&
      !(before && lookedMs - before.lookedMs < sameLookMs);
    if (!isNew) return before;
    if (!isEmergency(before !== null, reading)) return null;
    const busy = workers + starting - idle;
    const left = (count: number, least: number) => Math.max(least, Math.floor(keptRatio * count));
    const least = Math.max(1, min);
    return before === null
      ? { lookedMs, cap: Math.max(least, busy), runningMax: Math.max(1, running) }
      : { lookedMs, cap: left(before.cap, least), runningMax: left(before.runningMax, 1) };
  },
  constrain: (reading, { drainMs }, left: Emergency | null) =>
    left === null ? null : {
      ...{ floor: 0, cap: left.cap, runningMax: left.runningMax, drainMs },
      because: `the host runs out of memory: ${memoryWords(reading)}`,
    },
  idle: (reading, { giveBack }) => {
    if (!giveBack) return "it is switched off";
    const isSeen = known(reading.memoryRatio) || known(reading.memoryPressureRatio);
    return isSeen ? null : "the memory of the host is unknown";
  },
});
