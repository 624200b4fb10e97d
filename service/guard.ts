/**
 * Who may speak to the service at all: the right host name, no foreign page, the right token.
 *
 * @module
 */
import type { Caller } from "../actors/access/caller.ts";
import { Tokens } from "../actors/access/tokens.ts";
import { Refusal } from "../actors/runtime.ts";
import { needOf } from "./access.ts";

/** Rules of the guard. */
export interface GuardOptions {
  /** Tokens of which callers must show one. Default none: then anyone who reaches the door may ask. */
  readonly tokens?: Tokens | undefined;
  /** The only token, which may do everything, where there are no `tokens`. */
  readonly token?: string | undefined;
  /** Host names beside localhost, 127.0.0.1 and [::1] under which the service is known. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/**
 * Passes a request, with who shows a token where one is asked for, or throws the Refusal that answers
 * it.
 */
export type Guard = (request: Request, trusted: boolean) => Caller | null;

/** The tokens of which callers must show one; null: none is needed. */
export const tokensOf = ({ tokens, token }: GuardOptions): Tokens | null =>
  tokens ?? (token === undefined ? null : Tokens.admin(token));

/** Names of query parameters that look like a token. */
const tokenParameters = ["token", "access_token", "bearer"];

/** Subprotocol under which a browser's WebSocket, which can't set headers, shows its token. */
const tokenProtocol = "flyball.token.";

/** Makes the check of all requests; `trusted` callers came through the control socket and need no token. */
export function guard(options: GuardOptions): Guard {
  const { allowedHosts = [] } = options;
  const hosts = new Set(
    ["localhost", "127.0.0.1", "[::1]", ...allowedHosts].map((host) => host.toLowerCase()),
  );
  const tokens = tokensOf(options);
  return (request, trusted) => {
    const host = (request.headers.get("host") ?? hostOf(request.url)).toLowerCase();
    if (!hosts.has(host.replace(/:\d*$/, ""))) throw unknownHost(host);
    const origin = request.headers.get("origin");
    if (origin !== null && origin.toLowerCase().replace(/^https?:\/\//, "") !== host) {
      throw foreignOrigin(origin);
    }
    if (request.url.includes("?")) refuseTokenInUrl(request.url);
    if (tokens === null || trusted) return null;
    if (needOf(request.method, new URL(request.url).pathname) === "nothing") return null;
    const shown = shownToken(request);
    if (shown === null) {
      throw new Refusal("missing_token", "A token is needed: send Authorization: Bearer TOKEN");
    }
    const caller = tokens.callerOf(shown);
    if (caller === null) {
      throw new Refusal("bad_token", "The token is none that this service knows");
    }
    return caller;
  };
}

function shownToken(request: Request): string | null {
  const header = request.headers.get("authorization");
  if (header !== null) return /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? null;
  const protocols = request.headers.get("sec-websocket-protocol")?.split(/ *, */) ?? [];
  const offered = protocols.find((protocol) => protocol.startsWith(tokenProtocol));
  return offered?.slice(tokenProtocol.length) ?? null;
}

function refuseTokenInUrl(url: string): void {
  const { searchParams } = new URL(url);
  if (!tokenParameters.some((name) => searchParams.has(name))) return;
  throw new Refusal(
    "token_in_url",
    "A token does not belong in a URL, where logs keep it: send Authorization: Bearer TOKEN",
  );
}

function unknownHost(host: string): Refusal {
  const message = `This service is not known as ${JSON.stringify(host.slice(0, 80))}; ` +
    "ask for localhost, 127.0.0.1 or one of server.allowedHosts";
  return new Refusal("unknown_host", message);
}

function foreignOrigin(origin: string): Refusal {
  const message = `Pages of ${JSON.stringify(origin.slice(0, 80))} may not use this service`;
  return new Refusal("origin_not_allowed", message);
}

function hostOf(url: string): string {
  return new URL(url).host;
}
