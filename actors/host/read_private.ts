/**
 * Reads a file that is nobody else's business.
 *
 * @module
 */
import { Refusal } from "../refusal.ts";

/** What is read. */
export interface PrivateFile {
  readonly path: string;
  /** As messages call it: `token`. */
  readonly what: string;
  /** Largest size, bytes. */
  readonly most: number;
}

/** Its text; throws Refusal `no_input`, or `bad_token_file` where others can read it or it is too large. */
export async function readPrivate({ path, what, most }: PrivateFile): Promise<string> {
  const { mode, size } = await Deno.stat(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Refusal("no_input", `${what} file ${path} does not exist`);
  });
  if (mode !== null && (mode & 0o077) !== 0) {
    throw new Refusal("bad_token_file", `${what} file ${path} can be read by others: chmod 600 it`);
  }
  if (size <= most) return await Deno.readTextFile(path);
  throw new Refusal("bad_token_file", `${what} file ${path} must have at most ${most} bytes`);
}
