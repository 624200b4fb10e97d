/**
 * Errors as RFC 9457 problem documents: one shape for all of them, one table from code to status.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import { reply } from "./reply.ts";

/** Issues one problem lists at most. */
const issuesMax = 20;

/** Wait that is suggested where the runtime names none, ms. */
const retryAfterMs = 1_000;

/** Status of each code. Codes that are not here are a mistake of the caller: 400. */
const statuses: Readonly<Record<string, number>> = {
  missing_token: 401,
  bad_token: 401,
  forbidden: 403,
  origin_not_allowed: 403,
  shell_not_allowed: 403,
  commands_not_allowed: 403,
  cwd_not_allowed: 403,
  not_found: 404,
  unknown_task: 404,
  unknown_pool: 404,
  unknown_decision: 404,
  method_not_allowed: 405,
  already_finished: 409,
  schedule_exists: 409,
  in_configuration: 409,
  needs_restart: 409,
  no_config_file: 409,
  config_changed: 412,
  not_retriable: 409,
  idempotency_conflict: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  unknown_host: 421,
  deadline_passed: 422,
  simulation_too_long: 422,
  upgrade_required: 426,
  if_match_required: 428,
  queue_full: 429,
  rate_limited: 429,
  overloaded: 429,
  simulation_running: 429,
  internal: 500,
  draining: 503,
  not_ready: 503,
  no_workers: 503,
  breaker_open: 503,
  too_many_viewers: 503,
  too_many_readers: 503,
  storage_full: 507,
};

/** The status a code is answered with. */
export function statusOf(code: string): number {
  return Object.hasOwn(statuses, code) ? statuses[code]! : 400;
}

/** Writes a refusal as `application/problem+json` with the headers its status calls for. */
export function problem(
  refusal: Refusal,
  correlationId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { code, message, issues } = refusal;
  // What names a pool in a path asks for something that is not there; in a body it is a mistake.
  const status = code === "unknown_pool" && issues.length > 0 ? 400 : statusOf(code);
  const body = {
    type: `urn:flyball:problem:${code}`,
    title: titleOf(code),
    status,
    code,
    detail: message,
    errors: issues.slice(0, issuesMax),
    correlationId,
  };
  return reply(body, status, {
    "content-type": "application/problem+json",
    ...headersOf(refusal, status),
    ...headers,
  });
}

/** Anything thrown as a refusal. What is not one says nothing about its cause. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal("internal", "Something went wrong inside; the log knows it by correlationId");
}

/** The trace id of the caller, or a fresh id. */
export function correlationIdOf(request: Request): string {
  const traceparent = request.headers.get("traceparent");
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? "")?.[1] ??
    crypto.randomUUID().replaceAll("-", "");
}

function headersOf({ code, retryAfterMs: waitMs }: Refusal, status: number) {
  const headers: Record<string, string> = {};
  if (status === 401) {
    headers["www-authenticate"] = code === "bad_token"
      ? 'Bearer realm="flyball", error="invalid_token"'
      : 'Bearer realm="flyball"';
  }
  if (status === 429 || status === 503) {
    headers["retry-after"] = String(Math.max(1, Math.ceil((waitMs ?? retryAfterMs) / 1_000)));
  }
  if (status === 426) headers["upgrade"] = "websocket";
  return headers;
}

function titleOf(code: string): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
