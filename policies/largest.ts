/**
 * The size of a pool that nobody limits.
 *
 * @module
 */

/** 12 workers a core, at most 100: what AdaptiveWorkerPool allows work that mostly waits. */
export function largest(cores: number): number {
  return Math.min(100, 12 * Math.ceil(cores));
}
