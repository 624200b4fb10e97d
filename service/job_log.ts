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
 * Lists the pieces of a job's log, after `?after=PLACE` where that is given; with `?follow` streams
 * them as events `piece` until the job has ended, then one event `end`. Ends also when `closing` is
 * aborted, without that one. Who comes back with `Last-Event-ID` gets what comes after it.
 */
export function showLog(runtime: Runtime, closing: AbortSignal): Handler {
  return async (call) => {
    const id = jobId(call);
    const given = call.req.query("follow");
    const follow = given !== undefined && given !== "false";
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, closing]);
    const last = call.req.header("last-event-id");
    const after = last || call.req.query("after");
    const options = { follow, signal, ...(after === undefined ? {} : { after }) };
    const pieces = await runtime.log(id, options) ?? missing(id);
    if (!follow) return reply({ items: await Array.fromAsync(pieces) });
    if (last && (await runtime.job(id))?.outcome) return await showRest(call.req.raw, pieces);
    const leave = () => left.abort();
    return sse(call.req.raw, { items: withEnd(pieces, signal), format, leave });
  };
}

/** Browsers come back after every end, even where nothing is left: 204 tells them to stop. */
async function showRest(request: Request, pieces: AsyncIterable<LogPiece>): Promise<Response> {
  const rest = await Array.fromAsync(pieces);
  if (rest.length === 0) return new Response(null, { status: 204 });
  return sse(request, { items: each([...rest, null]), format, leave: () => {} });
}

const format = (piece: LogPiece | null) =>
  piece === null
    ? "event: end\ndata: {}\n\n"
    : `id: ${piece.place}\nevent: piece\ndata: ${JSON.stringify(piece)}\n\n`;

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function* withEnd(
  pieces: AsyncIterableIterator<LogPiece>,
  signal: AbortSignal,
): AsyncGenerator<LogPiece | null> {
  yield* pieces;
  if (!signal.aborted) yield null;
}
