/**
 * How a file looks, to tell whether it has changed.
 *
 * @module
 */
import type { Stamp } from "../ports.ts";
import { sha256 } from "../sha256.ts";

/** Larger files are not read only to tell them apart. */
const contentsBytesMax = 256 * 2 ** 20;
const pieceBytes = 64 * 1024;

/** Times of files go on in steps of at most a hundredth of a second, and we see whole ms of them. */
const stepMs = 12;

/**
 * The real files. The time of the last change, of which we see whole seconds, stands beside that of
 * the content: nobody can set it. A file whose content has just changed is looked at when its time
 * has gone on: what is written then is told from what was written before.
 */
export const stamp: Stamp = async (path, withContents) => {
  try {
    let found = await Deno.stat(path);
    if (!withContents && isFresh(found)) {
      await new Promise((resolve) => setTimeout(resolve, stepMs));
      found = await Deno.stat(path);
    }
    const { isFile, dev, ino, size, mtime, ctime } = found;
    if (!isFile || (withContents && size > contentsBytesMax)) return null;
    const look = [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
    return withContents ? `${look} ${await digest(path)}` : look;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "none" : null;
  }
};

function isFresh({ mtime }: Deno.FileInfo): boolean {
  const ageMs = Date.now() - (mtime?.getTime() ?? 0);
  return ageMs >= 0 && ageMs < stepMs;
}

async function digest(path: string): Promise<string> {
  using file = await Deno.open(path);
  const sum = sha256();
  const piece = new Uint8Array(pieceBytes);
  let left = contentsBytesMax;
  for (let size = await file.read(piece); size !== null; size = await file.read(piece)) {
    if ((left -= size) < 0) throw new RangeError(`${path} grows while it is read`);
    sum.update(piece.subarray(0, size));
  }
  return sum.digest("base64url");
}
