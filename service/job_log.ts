/**
 * What a job has said, as a list or as it comes.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import type { LogPiece } from "../messages/log.ts";
import type { Handler } from "./call.ts";
import { jobId, missing } from "./jobs.ts";
import { reply } from "./reply.ts";
import { sse } from "./sse.ts";

/**
 * Lists the pieces of a job's log; with `?follow` streams them as events `piece` until the job has
 * ended, then one event `end`. Ends also when `closing` is aborted, without that one.
 */
export function showLog(runtime: Runtime, closing: AbortSignal): Handler {
  return async (call) => {
    const id = jobId(call);
    const given = call.req.query("follow");
    const follow = given !== undefined && given !== "false";
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, closing]);
    const pieces = await runtime.log(id, { follow, signal }) ?? missing(id);
    if (!follow) return reply({ items: await Array.fromAsync(pieces) });
    return sse({
      items: withEnd(pieces, signal),
      format: (piece) =>
        piece === null
          ? "event: end\ndata: {}\n\n"
          : `event: piece\ndata: ${JSON.stringify(piece)}\n\n`,
      leave: () => left.abort(),
    });
  };
}

async function* withEnd(
  pieces: AsyncIterableIterator<LogPiece>,
  signal: AbortSignal,
): AsyncGenerator<LogPiece | null> {
  yield* pieces;
  if (!signal.aborted) yield null;
}
