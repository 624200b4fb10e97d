/**
 * How many workers the jobs that come keep busy, and how unevenly they come.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { type Ewma, smooth, unmeasured } from "../estimators/ewma.ts";
import type { Waiting } from "../estimators/erlang.ts";
import { type Arrivals, arrive, dispersion, noArrivals, rateNow } from "../estimators/rate.ts";

/** Time between two looks at what has arrived, ms. */
const binMs = 500;
/** Squared coefficient of variation of run times that is believed at most. */
const unevenMost = 16;

/** What is known of the jobs that come. */
export interface Work {
  readonly arrivals: Arrivals;
  readonly durationMs: Ewma;
  readonly deviationMs: Ewma;
}

/** A load in workers, times in ms. */
export interface Load extends Required<Waiting> {
  /** Arrivals a second. */
  readonly perS: number;
  /** How uneven arrivals are: 1 for independent ones. */
  readonly peakedness: number;
}

/** Nothing is known yet. */
export const unknownWork: Work = {
  arrivals: noArrivals(binMs),
  durationMs: unmeasured,
  deviationMs: unmeasured,
};

/** Takes in what came and what ended. */
export function heed({ arrivals, durationMs, deviationMs }: Work, reading: Reading): Work {
  const ended = reading.finished > 0;
  return {
    arrivals: arrive(arrivals, reading.arrivals, reading.nowMs),
    durationMs: ended ? smooth(durationMs, reading.durationMs, .1) : durationMs,
    deviationMs: ended ? smooth(deviationMs, reading.durationDeviationMs, .1) : deviationMs,
  };
}

/** The load now; null while nothing has arrived or ended. */
export function loadOf({ arrivals, durationMs, deviationMs }: Work): Load | null {
  const service = durationMs.value;
  if (service === null || !(service > 0)) return null;
  const peakedness = dispersion(arrivals, 2 * service);
  const rate = rateNow(arrivals, peakedness);
  if (rate === null) return null;
  const uneven = Math.min(unevenMost, ((deviationMs.value ?? service) / service) ** 2);
  return {
    load: rate.perS * service / 1_000,
    service,
    variability: (1 + uneven) / 2,
    perS: rate.perS,
    peakedness,
  };
}

/** Jobs of the same kind, more or fewer of them. */
export function withLoad({ service, variability }: Load, load: number): Waiting {
  return { load, service, variability };
}
