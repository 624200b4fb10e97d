/**
 * A secret, which stands in a file: configurations, arguments and environments can be read by others.
 *
 * @module
 */
import { Refusal } from "../refusal.ts";

/** Longest secret, bytes. */
const bytesMax = 4_096;

/** Reads one line; throws Refusal `bad_secret_file` for a file that others can read, or none. */
export async function readSecret(path: string): Promise<string> {
  const { mode, size, isFile } = await Deno.stat(path).catch(() => {
    throw new Refusal("bad_secret_file", `${path} can't be read`);
  });
  if (mode !== null && (mode & 0o077) !== 0) {
    throw new Refusal("bad_secret_file", `${path} can be read by others: chmod 600 it`);
  }
  const text = isFile && size <= bytesMax ? (await Deno.readTextFile(path)).trim() : "";
  if (!/^[\x20-\x7e\u00a0-\uffff]+$/.test(text)) {
    throw new Refusal("bad_secret_file", `${path} must have one line of at most ${bytesMax} bytes`);
  }
  return text;
}
