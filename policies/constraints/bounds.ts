/**
 * The smallest and the largest size of a pool, and the jobs that it may have at once.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { largest } from "../largest.ts";
import { known } from "../scaling/blind.ts";
import { constraint } from "./constraint.ts";

const options = z.strictObject({
  min: z._default(z.int().check(z.nonnegative()), 1).check(z.describe("Workers at least.")),
  max: z._default(z.nullable(z.int().check(z.nonnegative())), null).check(
    z.describe("Workers at most. Null: 12 a core, at most 100."),
  ),
  reserveWorkers: z._default(z.nullable(z.int().check(z.nonnegative())), null).check(
    z.describe("Workers at most while an objective burns above 14. Null: no more than ever."),
  ),
  reserveForMs: z._default(z.int().check(z.positive()), 900_000).check(
    z.describe("How long there may be so many; then not before it has burnt below 7."),
  ),
  runningMax: z._default(z.nullable(z.int().check(z.minimum(1))), null).check(
    z.describe("Jobs in its workers at most. Null: as many as these have room for."),
  ),
}).check(({ value, issues }) => {
  if (value.max === null || value.min <= value.max) return;
  const message = `min (${value.min}) must be <= max (${value.max})`;
  issues.push({ code: "custom", path: ["min"], message, input: value.min });
});

/** The error budget burns so many times as fast as it may: what is kept for emergencies is for that. */
const burnHighRatio = 14;
/** Then it is over. */
const burnCalmRatio = 7;

/** Where what is kept for emergencies stands. */
interface Reserve {
  /** Since when it may be used, monotonic ms; null: it may not. */
  readonly sinceMs: number | null;
  /** It was used for as long as it may be, and what it was used for is not over. */
  readonly isSpent: boolean;
}

const untouched: Reserve = { sinceMs: null, isSpent: false };

/** Keeps a pool between `min` and `max` workers, with at most `runningMax` jobs in them. */
export const bounds = constraint({
  name: "bounds",
  help: "Keeps a pool between its smallest and its largest size.",
  options,
  start: (): Reserve => untouched,
  remember(reserve: Reserve, reading, { reserveWorkers, reserveForMs }): Reserve {
    if (reserveWorkers === null) return untouched;
    const { sinceMs } = reserve;
    const { nowMs, burnRatio } = reading;
    const isOver = sinceMs !== null && nowMs - sinceMs >= reserveForMs;
    if (!known(burnRatio)) {
      // Who can't tell how it burns may not have more for it.
      return sinceMs === null ? reserve : { sinceMs: null, isSpent: isOver };
    }
    if (burnRatio < burnCalmRatio) return untouched;
    if (isOver) return { sinceMs: null, isSpent: true };
    if (sinceMs !== null || reserve.isSpent || burnRatio <= burnHighRatio) return reserve;
    return { sinceMs: nowMs, isSpent: false };
  },
  constrain: (reading, { min, max, runningMax, reserveWorkers }, { sinceMs }: Reserve) => {
    const usual = max ?? Math.max(min, largest(reading.cores));
    const isUrgent = sinceMs !== null && reserveWorkers !== null && reserveWorkers > usual;
    const most = isUrgent ? reserveWorkers : usual;
    const why = isUrgent ? `, ${usual} but for an objective that ${burns(reading)}` : "";
    const because = `bounds ${min} to ${most}${why}`;
    if (runningMax === null) return { floor: min, cap: most, because };
    return { floor: min, cap: most, runningMax, because: `${because}, ${runningMax} jobs` };
  },
});

/** `burns 20 times as fast as it may` */
const burns = ({ burnRatio }: Reading): string =>
  `burns ${Math.round(burnRatio ?? 0)} times as fast as it may`;
