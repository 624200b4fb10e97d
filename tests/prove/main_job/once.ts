/**
 * One measurement that several rows read.
 *
 * @module
 */

/** Calls `measure` at the first call and gives its result, or its failure, to all. */
export function once<T>(measure: () => Promise<T>): () => Promise<T> {
  let measured: Promise<T> | undefined;
  return () => measured ??= measure();
}
