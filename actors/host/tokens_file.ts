/**
 * All tokens that callers may show, from the files in which they stand.
 *
 * @module
 */
import { adminToken, parseTokens, Tokens } from "../access/tokens.ts";
import { readPrivate } from "./read_private.ts";
import { readToken } from "./token_file.ts";

/** Largest file of tokens, bytes. */
const bytesMax = 1_048_576;

/** Where tokens stand. */
export interface TokenFiles {
  /** File of one token, which may do everything. */
  readonly tokenFile: string | null;
  /** File of tokens with roles. */
  readonly tokensFile: string | null;
}

/** Reads them; null where there is no file of any. */
export async function readTokens({ tokenFile, tokensFile }: TokenFiles): Promise<Tokens | null> {
  if (tokenFile === null && tokensFile === null) return null;
  const own = tokenFile === null ? [] : [adminToken(await readToken(tokenFile))];
  const listed = tokensFile === null ? [] : parseTokens(
    await readPrivate({ path: tokensFile, what: "tokens", most: bytesMax }),
    tokensFile,
  );
  return new Tokens([...own, ...listed]);
}
