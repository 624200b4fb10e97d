/**
 * The end of a request whose body was refused unread.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** How much is thrown away for a peer that still sends, bytes and ms; then it is cut off. */
const lingerMaxBytes = 16_777_216;
const lingerMaxMs = 1_000;

/**
 * Throws away what is left of a body, within limits. Cutting the connection at once would often
 * destroy the answer before the peer has read it.
 *
 * @param socket as it was when the request came; the request lets go of it with the answer
 */
export function linger(incoming: IncomingMessage, socket: Socket): void {
  const { method, readableEnded } = incoming;
  if (readableEnded || socket.destroyed || method === "GET" || method === "HEAD") return;
  let bytes = 0;
  const cut = () => socket.destroy();
  const limit = setTimeout(cut, lingerMaxMs);
  incoming.on("data", (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > lingerMaxBytes) cut();
  });
  const done = () => {
    clearTimeout(limit);
    socket.off("close", done);
  };
  incoming.once("end", done);
  socket.once("close", done);
  incoming.resume();
}
