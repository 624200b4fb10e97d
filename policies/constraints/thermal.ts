/**
 * Fewer workers for a processor that gets too hot.
 *
 * @module
 */
import { z } from "zod/mini";
import { known } from "../scaling/blind.ts";
import { constraint } from "./constraint.ts";

const celsius = z.number().check(z.minimum(20), z.maximum(200));

/** When it is too hot. */
export const thermalOptions = z.strictObject({
  warnCelsius: z._default(z.nullable(celsius), 95).check(
    z.describe("Temperature from which workers are given back. Null: never."),
  ),
  critCelsius: z._default(celsius, 105).check(
    z.describe("Temperature at which a quarter of them is left."),
  ),
}).check(({ value, issues }) => {
  if (value.warnCelsius === null || value.warnCelsius < value.critCelsius) return;
  const message = `warnCelsius (${value.warnCelsius}) must be < critCelsius (${value.critCelsius})`;
  issues.push({ code: "custom", path: ["warnCelsius"], message, input: value.warnCelsius });
});

/** What is remembered of the sensor. */
interface Heat {
  /** Mean of the last seconds; null: nothing was seen. */
  readonly meanCelsius: number | null;
  readonly atMs: number;
  /** Workers there were when it got too hot; null: it is not. */
  readonly workers: number | null;
}

/** Time over which the temperature is averaged, ms. */
const meanMs = 10_000;
/** A sensor that says nothing for so long is not believed any more, ms. */
const silentMs = 60_000;
/** It is cool again so much below where it was hot. */
const coolCelsius = 5;
/** Share of the workers that is left however hot it gets. */
const leastRatio = .25;

/** Caps a pool in proportion to how near the processor is to its limit. */
export const thermal = constraint({
  name: "thermal",
  help: "Gives workers back while the processor is too hot.",
  options: thermalOptions,
  start: (): Heat => ({ meanCelsius: null, atMs: 0, workers: null }),
  remember: (
    heat: Heat,
    { nowMs, temperatureCelsius: seen, workers, starting },
    { warnCelsius },
  ) => {
    if (!known(seen)) {
      return heat.meanCelsius !== null && nowMs - heat.atMs > silentMs
        ? { meanCelsius: null, atMs: nowMs, workers: null }
        : heat;
    }
    const mean = heat.meanCelsius === null
      ? seen
      : seen + (heat.meanCelsius - seen) * Math.exp(-Math.max(0, nowMs - heat.atMs) / meanMs);
    const isHot = warnCelsius !== null &&
      mean >= (heat.workers === null ? warnCelsius : warnCelsius - coolCelsius);
    const were = heat.workers ?? Math.max(1, workers + starting);
    return { meanCelsius: mean, atMs: nowMs, workers: isHot ? were : null };
  },
  constrain: (_reading, { warnCelsius, critCelsius }, { meanCelsius, workers }: Heat) => {
    if (workers === null || warnCelsius === null || meanCelsius === null) return null;
    const room = (critCelsius - meanCelsius) / (critCelsius - warnCelsius);
    const cap = Math.ceil(workers * Math.min(1, Math.max(leastRatio, room)));
    return {
      floor: 0,
      cap,
      because: `the processor has ${meanCelsius.toFixed(0)} degrees Celsius`,
    };
  },
  idle: (reading, { warnCelsius }) => {
    if (warnCelsius === null) return "it is switched off";
    return known(reading.temperatureCelsius) ? null : "no sensor tells the temperature";
  },
});
