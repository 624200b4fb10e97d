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

/** SHA-256 of the file at `path`, in hex. */
export function digest(path: string): string {
  const file = openSync(path, "r");
  try {
    let size = 0;
    for (let count = -1; count !== 0; size += count) {
      if (size === buffer.length) grow();
      count = readSync(file, buffer, size, buffer.length - size, null);
    }
    return hash("sha256", buffer.subarray(0, size), "hex");
  } finally {
    closeSync(file);
  }
}

function grow(): void {
  const larger = new Uint8Array(buffer.length * 2);
  larger.set(buffer);
  buffer = larger;
}

export default defineTask({ permissions: { read: true }, run: digest });
