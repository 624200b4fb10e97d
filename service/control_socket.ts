/**
 * The control socket: the same API for this machine's command line. The file system is its lock:
 * whoever may open the socket owns the data directory, so no token is asked for.
 *
 * @module
 */
import { join } from "node:path";
import { Refusal } from "../actors/runtime.ts";
import type { App } from "./app.ts";
import type { Door } from "./call.ts";
import { type FrameSocket, inbound } from "./frame_socket.ts";

/** Name of the socket in the data directory. */
export const socketName = "control.sock";

/** Longest path the kernel takes for a Unix socket, bytes. */
const pathMaxBytes = 107;

/** Pause before listening anew after the listener broke, ms. */
const restartAfterMs = 250;

/** How long requests under way may go on while the socket closes, ms. */
const closeGraceMs = 1_000;

/** An open control socket. */
export interface ControlSocket {
  readonly path: string;
  /** Listens no more, lets requests under way end for a second, removes the file. */
  close(): Promise<void>;
}

/**
 * Opens the control socket in `directory`.
 *
 * @throws {Refusal} `socket_path_too_long`, `already_running`, `not_a_socket`
 */
export async function openControlSocket(
  { app, directory }: { readonly app: Pick<App, "fetch">; readonly directory: string },
): Promise<ControlSocket> {
  const path = join(directory, socketName);
  checkPath(path);
  await removeStale(path);
  let closing = false;
  let restart: ReturnType<typeof setTimeout> | undefined;
  let server = listen(path, app);
  // Deno.serve ends for good on an accept error (out of file descriptors): then listen anew.
  const watch = () => {
    server.finished.catch(() => {}).then(() => {
      if (!closing) restart = setTimeout(again, restartAfterMs);
    });
  };
  const again = () => {
    try {
      removeFile(path);
      server = listen(path, app);
      watch();
    } catch {
      restart = setTimeout(again, restartAfterMs);
    }
  };
  watch();
  return {
    path,
    async close() {
      closing = true;
      clearTimeout(restart);
      await server.close();
      removeFile(path);
    },
  };
}

interface Listener {
  readonly finished: Promise<void>;
  close(): Promise<void>;
}

function listen(path: string, app: Pick<App, "fetch">): Listener {
  const cut = new AbortController();
  const umask = Deno.umask(0o177); // The socket is born with mode 0600; listening is synchronous.
  try {
    const server = Deno.serve(
      { path, signal: cut.signal, onListen() {} },
      (request) => app.fetch(request, doorFor(request)),
    );
    return {
      finished: server.finished,
      async close() {
        const late = setTimeout(() => cut.abort(), closeGraceMs);
        await server.shutdown().catch(() => {});
        clearTimeout(late);
      },
    };
  } finally {
    Deno.umask(umask);
  }
}

function doorFor(request: Request): Door {
  return {
    trusted: true,
    upgrade(open) {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => open(frameSocketOf(socket));
      return response;
    },
  };
}

function frameSocketOf(socket: WebSocket): FrameSocket {
  const watch = inbound((code, reason) => socket.close(code, reason));
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") watch(true, data.length);
    else watch(false, (data as ArrayBuffer).byteLength);
  };
  return {
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    onClosed: (listener) => socket.addEventListener("close", listener, { once: true }),
  };
}

function checkPath(path: string): void {
  const bytes = new TextEncoder().encode(path).length;
  if (bytes <= pathMaxBytes) return;
  throw new Refusal(
    "socket_path_too_long",
    `The path of the control socket must be at most ${pathMaxBytes} bytes, given ${bytes}: ` +
      `choose a shorter data directory than ${path}`,
  );
}

/** Removes the socket of a service that is gone; one that answers is left alone. */
async function removeStale(path: string): Promise<void> {
  const found = await Deno.lstat(path).catch(() => null);
  if (found === null) return;
  if (!found.isSocket) {
    throw new Refusal("not_a_socket", `${path} is in the way: it is not a socket`);
  }
  const connection = await Deno.connect({ transport: "unix", path }).catch(() => null);
  if (connection !== null) {
    connection.close();
    throw new Refusal("already_running", `A service answers at ${path} already`);
  }
  removeFile(path);
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
