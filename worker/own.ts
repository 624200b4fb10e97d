/**
 * Timers of our own, whatever tasks put in their place.
 *
 * @module
 */

/** Deno makes its timers when they are first touched, which takes 5 ms; so do we. */
function own<K extends "setImmediate" | "setTimeout">(name: K): () => typeof globalThis[K] {
  const { get, value } = Object.getOwnPropertyDescriptor(globalThis, name)!;
  return () => get ? get.call(globalThis) : value;
}

const immediate = own("setImmediate");
const timeout = own("setTimeout");

/** Calls `fn` in the next turn of the loop. */
export const soon = (fn: () => void): void => void immediate()(fn);

/** Calls `fn` after at least `ms`. */
export const later = (fn: () => void, ms: number): void => void timeout()(fn, ms);
