/**
 * Exit codes after sysexits.h, and which refusal ends with which.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";

/** Exit codes by meaning. */
export const exit = {
  ok: 0,
  failed: 1,
  usage: 64,
  noInput: 66,
  unavailable: 69,
  internal: 70,
  cannotCreate: 73,
  alreadyRunning: 75,
  permission: 77,
  configuration: 78,
  interrupted: 130,
  /** The reader of the output went away, as `yes | head` ends for `yes`: 128 + SIGPIPE. */
  pipeClosed: 141,
} as const;

/** Exit code by {@link Refusal} code. What is not listed is the caller's mistake: 64. */
const byCode: Readonly<Record<string, number>> = {
  wait_over: exit.failed,
  already_finished: exit.failed,
  not_retriable: exit.failed,
  no_input: exit.noInput,
  not_found: exit.noInput,
  service_unreachable: exit.unavailable,
  service_failed: exit.unavailable,
  port_in_use: exit.unavailable,
  draining: exit.unavailable,
  not_ready: exit.unavailable,
  no_workers: exit.unavailable,
  breaker_open: exit.unavailable,
  queue_full: exit.unavailable,
  rate_limited: exit.unavailable,
  overloaded: exit.unavailable,
  storage_full: exit.unavailable,
  internal: exit.internal,
  gave_up: exit.internal,
  cannot_create: exit.cannotCreate,
  not_a_socket: exit.cannotCreate,
  socket_path_too_long: exit.cannotCreate,
  already_running: exit.alreadyRunning,
  permission: exit.permission,
  port_not_permitted: exit.permission,
  missing_token: exit.permission,
  bad_token: exit.permission,
  forbidden: exit.permission,
  shell_not_allowed: exit.permission,
  commands_not_allowed: exit.permission,
  cwd_not_allowed: exit.permission,
  invalid_config: exit.configuration,
  invalid_host: exit.configuration,
  refuse_public_without_token: exit.configuration,
  overcommit: exit.configuration,
  bad_token_file: exit.configuration,
  bad_secret_file: exit.configuration,
  bad_store: exit.configuration,
  bad_program: exit.configuration,
  unsafe_data_directory: exit.configuration,
  schema_newer: exit.configuration,
};

/** The exit code for anything thrown. */
export function exitOf(error: unknown): number {
  if (error instanceof Refusal) return byCode[error.code] ?? exit.usage;
  if (error instanceof Deno.errors.PermissionDenied) return exit.permission;
  if (error instanceof Deno.errors.NotCapable) return exit.permission;
  if (error instanceof Deno.errors.AddrInUse) return exit.unavailable;
  if (error instanceof Deno.errors.BrokenPipe) return exit.pipeClosed;
  return exit.internal;
}
