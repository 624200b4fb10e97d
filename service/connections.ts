/**
 * The connections of a server, at most so many.
 *
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** All connections of one server. */
export interface Connections {
  /** True when every place is taken by a request under way, so that newcomers are turned away. */
  isFull(): boolean;
  /** Cuts them all. */
  cut(): void;
}

/**
 * Keeps at most `max` connections. A newcomer beyond that takes the place of the oldest connection
 * without a request under way (idle, or slow to say what it wants), so hundreds of dribbling peers
 * can't lock others out; when all are busy, the newcomer is cut.
 */
export function boundConnections(server: Server, max: number): Connections {
  const waiting = new Set<Socket>();
  const busy = new Set<Socket>();
  const rest = (socket: Socket) => {
    if (busy.delete(socket) && !socket.destroyed) waiting.add(socket);
  };
  const work = (socket: Socket) => {
    if (waiting.delete(socket)) busy.add(socket);
  };
  server.on("connection", (socket: Socket) => {
    waiting.add(socket);
    socket.once("close", () => {
      waiting.delete(socket);
      busy.delete(socket);
    });
    if (waiting.size + busy.size <= max) return;
    const [oldest] = waiting;
    oldest?.destroy();
  });
  server.on("request", ({ socket }: IncomingMessage, outgoing: ServerResponse) => {
    work(socket);
    outgoing.once("close", () => rest(socket));
  });
  server.on("upgrade", ({ socket }: IncomingMessage) => work(socket));
  return {
    isFull: () => busy.size >= max,
    cut() {
      for (const socket of [...waiting, ...busy]) socket.destroy();
    },
  };
}
