/**
 * Reads one file and answers with its SHA-256 in hex.
 *
 * @module
 */
import { createHash, hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { defineTask } from "../../task.ts";

/** One for all files of this worker: it is never used over a wait, so nobody else has it. */
const buffer = new Uint8Array(64 * 1024);
/** The same for the file that is read in pieces. */
const piece = new Uint8Array(256 * 1024);
/** Ends with the last file that is read in pieces: there is one at a time, however many come. */
let last: Promise<unknown> = Promise.resolve();

/**
 * SHA-256 of the regular file at `path`, in hex. What fits into a small buffer is read at once,
 * which is the cheapest; a larger one in pieces between which others have their turn, so that a file
 * of any size takes as little memory.
 */
export function digest(path: string): string | Promise<string> {
  const file = openSync(path, "r");
  try {
    const size = readSync(file, buffer, 0, buffer.length, null);
    // Of a regular file, a read gives all there is.
    if (size < buffer.length) return hash("sha256", buffer.subarray(0, size), "hex");
  } finally {
    closeSync(file);
  }
  const whole = last.then(() => inPieces(path));
  last = whole.catch(() => {});
  return whole;
}

async function inPieces(path: string): Promise<string> {
  using file = await Deno.open(path);
  const sum = createHash("sha256");
  for (let size = await file.read(piece); size !== null; size = await file.read(piece)) {
    sum.update(piece.subarray(0, size));
  }
  return sum.digest("hex");
}

export default defineTask({ permissions: { read: true }, run: digest });
