/**
 * Reads one file and answers with its SHA-256 in hex.
 *
 * @module
 */
import { hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { defineTask } from "../../task.ts";

/** One buffer for all files of this worker: jobs begin one after another, so nobody else uses it. */
let buffer = new Uint8Array(64 * 1024);

/** SHA-256 of the regular file at `path`, in hex. */
export function digest(path: string): string {
  const file = openSync(path, "r");
  try {
    return hash("sha256", buffer.subarray(0, read(file)), "hex");
  } finally {
    closeSync(file);
  }
}

/** Reads a file into the buffer; returns its size. */
function read(file: number): number {
  for (let size = 0;; grow()) {
    const room = buffer.length - size;
    const count = readSync(file, buffer, size, room, null);
    size += count;
    if (count < room) return size; // Of a regular file, a read gives all there is.
  }
}

function grow(): void {
  const larger = new Uint8Array(buffer.length * 2);
  larger.set(buffer);
  buffer = larger;
}

export default defineTask({ permissions: { read: true }, run: digest });
