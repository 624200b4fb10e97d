/**
 * Ctrl-C ends the faults, not the cleaning up.
 *
 * @module
 */

/** Aborted by the first SIGINT or SIGTERM; a second one of a kind ends the process. */
export function interrupted(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    const heard = () => {
      Deno.removeSignalListener(name, heard);
      stop.abort();
    };
    Deno.addSignalListener(name, heard);
  }
  return stop.signal;
}
