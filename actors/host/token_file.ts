/**
 * The bearer token, which stands in a file: arguments and environments can be read by others.
 *
 * @module
 */
import { Refusal } from "../refusal.ts";
import { readPrivate } from "./read_private.ts";

/** Largest file, bytes. */
const bytesMax = 4_096;

/** Reads a token; refuses a file that others can read and a token that could be guessed. */
export async function readToken(path: string): Promise<string> {
  const token = (await readPrivate({ path, what: "token", most: bytesMax })).trim();
  if (!/^[\x21-\x7e]{16,1024}$/.test(token)) {
    const expected = "one token of 16 to 1,024 visible ASCII characters";
    throw new Refusal("bad_token_file", `token file ${path} must have ${expected}`);
  }
  return token;
}
