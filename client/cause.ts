/**
 * Why a request failed.
 *
 * @module
 */

/** The innermost reason: `No such file or directory`, `Connection refused`. */
export function causeOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer in time";
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = inner instanceof Error ? inner.message : String(inner);
  return /: ([^:]+) \(os error \d+\)$/.exec(message)?.[1] ?? message;
}

/** Whether there was never a connection, so that nothing can have come of the request. */
export const neverSent = (error: unknown): boolean =>
  /^(Connection refused|No such file or directory)$/.test(causeOf(error));
