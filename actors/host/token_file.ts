/**
 * The bearer token, which stands in a file: arguments and environments can be read by others.
 *
 * @module
 */
import { Refusal } from "../refusal.ts";

/** Reads a token; refuses a file that others can read and a token that could be guessed. */
export async function readToken(path: string): Promise<string> {
  const { mode, size } = await Deno.stat(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Refusal("no_input", `token file ${path} does not exist`);
  });
  if (mode !== null && (mode & 0o077) !== 0) {
    throw new Refusal("bad_token_file", `token file ${path} can be read by others: chmod 600 it`);
  }
  const token = size > 4_096 ? "" : (await Deno.readTextFile(path)).trim();
  if (!/^[\x21-\x7e]{16,1024}$/.test(token)) {
    const expected = "one token of 16 to 1,024 visible ASCII characters";
    throw new Refusal("bad_token_file", `token file ${path} must have ${expected}`);
  }
  return token;
}
