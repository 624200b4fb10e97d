/**
 * Turns of the loop and timers of our own, whatever tasks put in their place.
 *
 * @module
 */

const { subtle } = crypto;
const { digest } = SubtleCrypto.prototype;
const { then } = Promise.prototype;

/** Long enough that the loop has to wait for it. */
const some = new Uint8Array(16_384);

/**
 * Calls `fn` in a later turn of the loop, one that has looked at the socket more often than not: it
 * waits for another thread. An immediate takes a tenth of these 40 µs, but 7 ms of CPU for the first
 * one, and looks at the socket in each 61st turn.
 */
export const soon = (fn: () => void): void =>
  void then.call(digest.call(subtle, "SHA-256", some), fn);

/** Deno makes its timers when they are first touched, which takes 9 ms; so do we. */
const timeout = (() => {
  const { get, value } = Object.getOwnPropertyDescriptor(globalThis, "setTimeout")!;
  return (): typeof setTimeout => get ? get.call(globalThis) : value;
})();

/** Calls `fn` after at least `ms`. */
export const later = (fn: () => void, ms: number): void => void timeout()(fn, ms);
