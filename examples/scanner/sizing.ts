/**
 * How many workers a run may have, in the words of the configuration.
 *
 * @module
 */

/** Size of a pool for one run. */
export interface Sizing {
  /** Fewest and most workers; equal ones fix the size. */
  readonly min: number;
  readonly max: number;
  /** Jobs at once in one worker; 0: decided by the runtime. */
  readonly slots: number;
}

/** Configuration of a pool of that size; without a `sizing` the runtime decides everything. */
export function poolConfig(sizing: Sizing | null) {
  if (!sizing) return {};
  const { min, max, slots } = sizing;
  return {
    workers: { min, max },
    ...(slots > 0 ? { slots: { max: slots } } : {}),
    ...(min === max ? { policy: { name: "fixed", workers: min } } : {}),
  };
}
