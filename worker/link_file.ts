/**
 * Which file of this process is its connection to the parent.
 *
 * @module
 */
import type { Libc } from "./libc.ts";

/** A worker has opened it among its first files. */
const filesMax = 256;
/** The name of a socket: its family, 2 bytes, and its path. */
const nameBytes = 128;
const pathAt = 2;

/** The file whose other end is the socket at `path`; null where there is none. */
export function linkFile(libc: Libc, path: string): number | null {
  const name = new Uint8Array(nameBytes);
  const size = new Int32Array(1);
  for (let file = 0; file < filesMax; file++) {
    size[0] = nameBytes;
    if (libc.getpeername(file, name, new Uint8Array(size.buffer)) < 0) continue;
    const end = name.indexOf(0, pathAt);
    if (end > 0 && new TextDecoder().decode(name.subarray(pathAt, end)) === path) return file;
    name.fill(0);
  }
  return null;
}
