/**
 * WebSockets of the TCP door: the app decides like for any request, then the socket changes hands.
 *
 * @module
 */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocketLike } from "@hono/node-server";
import { Refusal } from "../actors/runtime.ts";
import type { App } from "./app.ts";
import { type FrameSocket, inbound, messageMaxBytes } from "./frame_socket.ts";
import { correlationIdOf, problem } from "./problem.ts";

/** How long a peer may take to answer a close, ms; then its connection is cut. */
const closeTimeoutMs = 2_000;

/** The subprotocol that is spoken; a token may be offered beside it as another. */
const protocol = "flyball";

interface NodeSocket extends WebSocketLike {
  readonly bufferedAmount: number;
}

interface NodeSockets {
  handleUpgrade(
    incoming: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    opened: (socket: NodeSocket) => void,
  ): void;
}

/** Answers the upgrade requests of `server` through `fetch`. */
export function answerUpgrades(server: Server, fetch: App["fetch"]): void {
  let opening: Promise<NodeSockets> | null = null;
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Uint8Array) => {
    socket.on("error", () => {}); // A peer that is gone has nothing to be told.
    const changeHands = async () => {
      const { response, open } = await answer(incoming, fetch);
      if (open === null) return await refuse(socket, response);
      const sockets = await (opening ??= openSockets());
      sockets.handleUpgrade(incoming, socket, head, (opened) => open(frameSocketOf(opened)));
    };
    changeHands().catch(() => socket.destroy());
  });
}

/** Loaded for the first viewer: most services never have one, and it takes 2 MB. */
async function openSockets(): Promise<NodeSockets> {
  const { WebSocketServer } = await import("ws");
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: messageMaxBytes,
    perMessageDeflate: false,
    closeTimeout: closeTimeoutMs,
    handleProtocols: (offered: Set<string>) => offered.has(protocol) ? protocol : false,
  });
}

async function answer(incoming: IncomingMessage, fetch: App["fetch"]): Promise<{
  readonly response: Response;
  readonly open: ((socket: FrameSocket) => void) | null;
}> {
  let open: ((socket: FrameSocket) => void) | null = null;
  const request = requestOf(incoming);
  const response = await fetch(request, {
    upgrade: (opened) => {
      open = opened;
      return new Response(null, { status: 204 });
    },
  });
  if (open !== null || !response.ok) return { response, open };
  await response.body?.cancel();
  const refusal = new Refusal("invalid_upgrade", "There is no WebSocket at this address");
  return { response: problem(refusal, correlationIdOf(request)), open };
}

function requestOf(incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i]!, incoming.rawHeaders[i + 1]!);
  }
  // The path alone counts; the name in the Host header is judged by the guard.
  const path = /^\/[^\\]*$/.test(incoming.url ?? "") ? incoming.url : "/";
  return new Request(new URL(`http://localhost${path}`), { headers });
}

async function refuse(socket: Duplex, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  const lines = [`HTTP/1.1 ${response.status} ${response.statusText || "Refused"}`];
  response.headers.forEach((value, name) => lines.push(`${name}: ${value}`));
  lines.push(`content-length: ${body.length}`, "connection: close", "", "");
  socket.write(lines.join("\r\n"));
  socket.end(body);
}

function frameSocketOf(socket: NodeSocket): FrameSocket {
  const watch = inbound((code, reason) => socket.close(code, reason));
  socket.on("error", () => {}); // The library closes the socket itself, with 1007 or 1009.
  socket.on("message", (data, isBinary) => watch(!isBinary, (data as Uint8Array).byteLength));
  return {
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    onClosed: (listener) => void socket.on("close", listener),
  };
}
