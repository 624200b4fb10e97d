/**
 * The least that each scenario can cost: a linear programme over fluid jobs and fractional workers,
 * without ticks and without a late job. No policy that serves all in time is below it.
 *
 * @module
 */

/** Cost by scenario for starts of 20 ms, 2 s and 30 s. */
export const lowerBounds: Readonly<Record<string, readonly [number, number, number]>> = {
  steady: [1, 1.09, 1.35],
  step: [1.01, 1.14, 1.49],
  ramp: [1, 1.09, 1.32],
  mmpp: [1.08, 1.27, 2.68],
  flash: [1.01, 1.18, 1.62],
  cron: [1, 1.1, 2.43],
  sparse: [9.34, 9.35, 9.49],
  prio: [1, 1, 1.03],
  cpu8: [1, 1.06, 1.29],
  cpuover: [1, 1.07, 1.31],
  mixed: [1, 1.07, 1.28],
  memtight: [1, 1.08, 1.34],
  az_code: [1.39, 1.59, 3.35],
  az_conv: [1, 1.01, 1.15],
  nasa: [1.02, 1.12, 1.67],
  elb: [1.12, 1.13, 1.28],
  taxi: [1, 1, 1.04],
};

/** Scenarios by which policies are judged. */
export const judged: readonly string[] = (
  "steady step ramp mmpp flash cron sparse az_code az_conv nasa elb taxi"
).split(" ");

/** Scenarios in which something is scarce: what is asked there is not to be worse than a fixed size. */
export const scarce: readonly string[] = "prio cpu8 cpuover mixed memtight".split(" ");
