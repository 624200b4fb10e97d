/**
 * The end of a request whose body was refused unread.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";

/** How much is thrown away for a peer that still sends, bytes and ms; then it is cut off. */
const lingerMaxBytes = 16_777_216;
const lingerMaxMs = 1_000;

/**
 * Throws away what is left of a body, within limits. Cutting the connection at once would often
 * destroy the answer before the peer has read it.
 */
export function linger(incoming: IncomingMessage): void {
  const { method, socket } = incoming;
  if (incoming.readableEnded || method === "GET" || method === "HEAD") return;
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
