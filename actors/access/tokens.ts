/**
 * The tokens that callers may show, by their digests: what is compared tells nothing of a token.
 *
 * @module
 */
import { nearest } from "../nearest.ts";
import { Refusal } from "../refusal.ts";
import { sha256 } from "../sha256.ts";
import { Caller, isRole, roleExpected } from "./caller.ts";

/** Tokens of one file, and roles of one token, at most. */
const tokensMax = 1_000;
const rolesMax = 32;

/** What a token looks like: 16 to 1,024 visible ASCII characters. */
export const tokenShape = /^[\x21-\x7e]{16,1024}$/;

/** What a token may be called: it stands in logs. */
export const tokenName = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
export const nameExpected = "1 to 64 letters, digits, '.', '_', '@' and '-'";

const digestShape = /^sha256:([0-9a-f]{64})$/;

/** A token that is good. */
export interface Token {
  /** SHA-256 of it, in hex. */
  readonly digest: string;
  readonly caller: Caller;
  /** The token itself, which must not get into a log; null where only its digest is known. */
  readonly plain: string | null;
}

/** SHA-256 of a token, in hex. */
export const digestOf = (token: string): string => sha256().update(token).digest("hex");

/** The token of `server.tokenFile`. */
export const adminToken = (plain: string): Token => ({
  digest: digestOf(plain),
  caller: new Caller("admin", ["admin"]),
  plain,
});

/** All tokens that are good now. */
export class Tokens {
  #tokens: readonly Token[] = [];
  #known: ReadonlyMap<string, Caller> = new Map();

  /** Where two have the same digest the later one counts. */
  constructor(tokens: readonly Token[]) {
    this.#take(tokens);
  }

  /** One token that may do everything. */
  static admin(token: string): Tokens {
    return new Tokens([adminToken(token)]);
  }

  /** Those that are known themselves, to be kept out of logs. */
  get plain(): readonly string[] {
    return this.#tokens.flatMap(({ plain }) => plain ?? []);
  }

  /** Who shows this token; null: it is none. */
  callerOf(token: string): Caller | null {
    return this.#known.get(digestOf(token)) ?? null;
  }

  /** From now on those of `other` are good, and no others. */
  become(other: Tokens): void {
    this.#take(other.#tokens);
  }

  #take(tokens: readonly Token[]): void {
    this.#tokens = tokens;
    this.#known = new Map(tokens.map(({ digest, caller }) => [digest, caller]));
  }
}

/**
 * Reads lines `NAME ROLE[,ROLE…] TOKEN`, where the token may be `sha256:` and its digest in hex; a line
 * that begins with `#` is a remark. Throws Refusal `bad_token_file` with the line.
 */
export function parseTokens(text: string, path: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const wrong = (because: string) =>
      new Refusal("bad_token_file", `tokens file ${path}:${i + 1}: ${because}`);
    const token = parseLine(line, wrong);
    const twin = tokens.find(({ digest, caller }) =>
      digest === token.digest || caller.name === token.caller.name
    );
    if (twin?.digest === token.digest) throw wrong(`it is the token of ${twin.caller.name}`);
    if (twin) throw wrong(`there is a token called ${twin.caller.name} already`);
    tokens.push(token);
    if (tokens.length > tokensMax) throw wrong(`there are more than ${tokensMax} tokens`);
  }
  if (tokens.length > 0) return tokens;
  throw new Refusal("bad_token_file", `tokens file ${path} has no token: flyball token new`);
}

function parseLine(line: string, wrong: Wrong): Token {
  const [name = "", roles = "", token = "", ...more] = line.trim().split(/\s+/);
  if (token === "" || more.length > 0) throw wrong("expected NAME ROLE[,ROLE…] TOKEN");
  if (!tokenName.test(name)) throw wrong(`a name must be ${nameExpected}`);
  const caller = new Caller(name, rolesOf(roles, wrong));
  const digest = digestShape.exec(token)?.[1];
  if (digest !== undefined) return { digest, caller, plain: null };
  if (token.startsWith("sha256:")) throw wrong("sha256: is followed by 64 digits of hex");
  if (tokenShape.test(token)) return { digest: digestOf(token), caller, plain: token };
  throw wrong("a token must be 16 to 1,024 visible ASCII characters, or sha256:DIGEST");
}

type Wrong = (because: string) => Refusal;

/** Roles parted by commas; throws what `wrong` makes of it. */
export function rolesOf(text: string, wrong: Wrong): Caller["roles"] {
  const roles = [...new Set(text.split(","))];
  if (roles.length > rolesMax) throw wrong(`a token has at most ${rolesMax} roles`);
  return roles.map((role) => {
    if (isRole(role)) return role;
    const meant = nearest(role, ["read", "shell", "admin"], 1)[0];
    const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    throw wrong(
      `a role must be ${roleExpected}, given ${JSON.stringify(role.slice(0, 80))}${hint}`,
    );
  });
}
