/**
 * The stream of facts over a WebSocket, one fact a message.
 *
 * @module
 */
import { Refusal, type Runtime } from "../actors/runtime.ts";
import type { FactsOptions } from "../messages/facts.ts";
import type { Handler } from "./call.ts";
import { factText, restMs, restPerS } from "./fact_text.ts";
import type { FrameSocket } from "./frame_socket.ts";
import { type Readers, wantedBy } from "./readers.ts";
import { pace, rest } from "./rest.ts";

/** Bytes that may wait for one reader before nothing more is sent to it. */
const bufferMaxBytes = 262_144;

/** A look this often whether a slow reader has read, ms. */
const lookEveryMs = 25;

/** Who reads nothing for so long is sent away with code 1013, ms. */
const usualPatienceMs = 30_000;

/** A message this often shows either side a dead peer where nothing happens, ms. */
const aliveEveryMs = 15_000;

/**
 * Turns a request into a reader of facts from now on or after `?from=SEQ`, those of `?type=` and
 * `?job=` alone. One that reads too slowly is told by a gap what it has missed.
 */
export function followLive(runtime: Runtime, readers: Readers, closing: AbortSignal): Handler {
  return (call) => {
    if (call.req.header("upgrade")?.toLowerCase() !== "websocket" || !call.env.upgrade) {
      throw new Refusal("upgrade_required", "Facts come over a WebSocket: ask for an upgrade");
    }
    const wanted = wantedBy(call);
    readers.refuseIfFull();
    return call.env.upgrade((socket) => {
      const out = readers.enter();
      const left = new AbortController();
      socket.onClosed(() => left.abort());
      const signal = AbortSignal.any([left.signal, closing]);
      follow(runtime, socket, { ...wanted, signal })
        .catch(() => {}) // The socket broke: nobody is left to be told.
        .finally(() => {
          out();
          socket.close(1001, "going away");
        });
    });
  };
}

/** Sends facts for as long as they come and the reader takes them. */
export async function follow(
  runtime: Pick<Runtime, "factBatches">,
  socket: FrameSocket,
  options: FactsOptions & { readonly signal: AbortSignal },
  patienceMs = usualPatienceMs,
): Promise<void> {
  let isQuiet = true;
  const paced = pace(restMs, restPerS, options.signal);
  const beat = setInterval(() => {
    if (isQuiet && socket.bufferedBytes === 0) greet(socket);
    isQuiet = true;
  }, aliveEveryMs);
  try {
    for await (const batch of runtime.factBatches(options)) {
      isQuiet = false;
      for (const item of batch) {
        if (options.signal.aborted) return;
        socket.send(factText(item));
        if (socket.bufferedBytes <= bufferMaxBytes) continue;
        if (!await hasRead(socket, options.signal, patienceMs)) {
          return socket.close(1013, "too slow");
        }
      }
      await paced(batch.length);
    }
  } finally {
    clearInterval(beat);
  }
}

/** A socket that has just closed may throw. */
function greet(socket: FrameSocket): void {
  try {
    socket.send('{"type":"alive"}');
  } catch { /* Its reader is told by the close. */ }
}

/** Waits until a slow reader has read half of what it was sent; false when it reads nothing. */
async function hasRead(
  socket: FrameSocket,
  signal: AbortSignal,
  patienceMs: number,
): Promise<boolean> {
  let least = socket.bufferedBytes;
  let sinceMs = performance.now();
  while (socket.bufferedBytes > bufferMaxBytes / 2 && !signal.aborted) {
    if (performance.now() - sinceMs > patienceMs) return false;
    await rest(lookEveryMs, signal);
    if (socket.bufferedBytes >= least) continue;
    least = socket.bufferedBytes;
    sinceMs = performance.now();
  }
  return true;
}
