/**
 * Who may speak to the service at all: the right host name, no foreign page, the right token.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { Refusal } from "../actors/runtime.ts";

/** Rules of the guard. */
export interface GuardOptions {
  /** Bearer token that callers must show. Default none: then anyone who reaches the door may ask. */
  readonly token?: string | undefined;
  /** Host names beside localhost, 127.0.0.1 and [::1] under which the service is known. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** Passes a request or throws the Refusal that answers it. */
export type Guard = (request: Request, trusted: boolean) => void;

/**
 * Paths that are answered without a token: probes have none, pages ask for it themselves, and what the
 * API looks like is no secret.
 */
const open = /^\/(livez|readyz|docs|openapi\.json|inspect(\/(stately|files\/[\w.]+)?)?)?$/;

/** Names of query parameters that look like a token. */
const tokenParameters = ["token", "access_token", "bearer"];

/** Subprotocol under which a browser's WebSocket, which can't set headers, shows its token. */
const tokenProtocol = "flyball.token.";

/** Makes the check of all requests; `trusted` callers came through the control socket and need no token. */
export function guard({ token, allowedHosts = [] }: GuardOptions): Guard {
  const hosts = new Set(
    ["localhost", "127.0.0.1", "[::1]", ...allowedHosts].map((host) => host.toLowerCase()),
  );
  const digest = token === undefined ? null : sha256(token);
  return (request, trusted) => {
    const host = (request.headers.get("host") ?? hostOf(request.url)).toLowerCase();
    if (!hosts.has(host.replace(/:\d*$/, ""))) throw unknownHost(host);
    const origin = request.headers.get("origin");
    if (origin !== null && origin.toLowerCase().replace(/^https?:\/\//, "") !== host) {
      throw foreignOrigin(origin);
    }
    if (request.url.includes("?")) refuseTokenInUrl(request.url);
    if (digest === null || trusted || open.test(new URL(request.url).pathname)) return;
    const shown = shownToken(request);
    if (shown === null) {
      throw new Refusal("missing_token", "A token is needed: send Authorization: Bearer TOKEN");
    }
    if (!timingSafeEqual(sha256(shown), digest)) {
      throw new Refusal("bad_token", "The token is not the one this service was started with");
    }
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

function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
