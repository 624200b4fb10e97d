/**
 * A stream that goes on where it was after a broken connection.
 *
 * @module
 */
import { Refusal } from "../actors/refusal.ts";
import type { ServerEvent } from "./event_stream.ts";
import type { Line, Listening } from "./line.ts";

/** First and longest pause before coming back, ms; doubled each time, taken at random below that. */
const [firstPauseMs, pauseMsMax] = [250, 10_000];

/** Times in a row that nothing comes back before it gives up: two minutes and more. */
const failuresMax = 16;

/**
 * Events of a stream for as long as the signal wants them. What the service refuses is thrown; what
 * breaks is listened to anew behind the last event, and thrown after many tries without one.
 */
export async function* resumed(
  line: Line,
  { signal, ...from }: Omit<Listening, "signal"> & { readonly signal?: AbortSignal | undefined },
): AsyncGenerator<ServerEvent> {
  const left = new AbortController();
  const ends = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  let { last } = from;
  let failures = 0;
  try {
    for (;;) {
      try {
        for await (const event of line.listen({ ...from, last, signal: ends })) {
          failures = 0;
          last = event.id ?? last;
          yield event;
        }
      } catch (error) {
        if (signal?.aborted) return;
        const isOver = error instanceof Refusal && error.code !== "service_unreachable" &&
          error.retryAfterMs === null;
        if (isOver || ++failures >= failuresMax) throw error;
      }
      if (signal?.aborted) return;
      const mostMs = Math.min(pauseMsMax, firstPauseMs * 2 ** failures);
      await pause(mostMs * (1 + Math.random()) / 2, signal);
    }
  } finally {
    left.abort();
  }
}

function pause(pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(go, pauseMs);
    function go() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", go);
      resolve();
    }
    signal?.addEventListener("abort", go);
  });
}
