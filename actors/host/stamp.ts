/**
 * How a file looks, to tell whether it has changed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Stamp } from "../ports.ts";

/** Larger files are not read only to tell them apart. */
const contentsBytesMax = 256 * 2 ** 20;
const pieceBytes = 64 * 1024;

/**
 * The real files. The time of the change stands beside that of the content: nobody can set it, and it
 * tells of a file that was put in the place of another, too.
 */
export const stamp: Stamp = async (path, withContents) => {
  try {
    const { isFile, dev, ino, size, mtime, ctime } = await Deno.stat(path);
    if (!isFile || (withContents && size > contentsBytesMax)) return null;
    const look = [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
    return withContents ? `${look} ${await digest(path)}` : look;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "none" : null;
  }
};

async function digest(path: string): Promise<string> {
  using file = await Deno.open(path);
  const sum = createHash("sha256");
  const piece = new Uint8Array(pieceBytes);
  let left = contentsBytesMax;
  for (let size = await file.read(piece); size !== null; size = await file.read(piece)) {
    if ((left -= size) < 0) throw new RangeError(`${path} grows while it is read`);
    sum.update(piece.subarray(0, size));
  }
  return sum.digest("base64url");
}
