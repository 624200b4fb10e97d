/**
 * Bytes that a file takes in several goes.
 *
 * @module
 */

/** Writes all of `bytes`, which may take several goes. */
export async function writeAll(
  to: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}
