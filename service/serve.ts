/**
 * The service: a runtime behind its two doors.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import { type AppOptions, createApp } from "./app.ts";
import { type ControlSocket, openControlSocket } from "./control_socket.ts";
import { openDoor } from "./door.ts";
import { tokensOf } from "./guard.ts";

/** Options of {@link serve}. */
export interface ServeOptions extends AppOptions {
  /** Default `127.0.0.1`. Any other than a loopback address needs a token. */
  readonly host?: string | undefined;
  /** Default 4477; 0 takes any free port. */
  readonly port?: number | undefined;
  /** Where the control socket lies. Default none: then there is no control socket. */
  readonly dataDirectory?: string | undefined;
}

/** A service that listens. */
export interface Service extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Path of the control socket, null without a data directory. */
  readonly socketPath: string | null;
  /** Resolves with the reason when the TCP door could not be kept open (exit 70); else never. */
  readonly gaveUp: Promise<string>;
  /** Closes the doors; the runtime stays as it is. */
  close(): Promise<void>;
}

/**
 * Opens the control socket, then the TCP door; closes them in reverse order.
 *
 * @throws {Refusal} where a door can't be opened; then none is left open
 */
export async function serve(runtime: Runtime, options: ServeOptions = {}): Promise<Service> {
  const { host = "127.0.0.1", port = 4477, dataDirectory: directory } = options;
  const app = createApp(runtime, {
    ...options,
    allowedHosts: [...options.allowedHosts ?? [], ...namesOf(host)],
  });
  let socket: ControlSocket | null = null;
  try {
    if (directory !== undefined) socket = await openControlSocket({ app, directory });
    const door = await openDoor({ app, host, port, hasToken: tokensOf(options) !== null });
    let closed: Promise<void> | null = null;
    const close = async () => {
      app.close();
      await door.close();
      await socket?.close();
    };
    return {
      url: door.url,
      port: door.port,
      socketPath: socket?.path ?? null,
      gaveUp: door.gaveUp,
      close: () => closed ??= close(),
      [Symbol.asyncDispose]: () => closed ??= close(),
    };
  } catch (error) {
    app.close();
    await socket?.close();
    throw error;
  }
}

/** The name under which a listening address is asked for; "all addresses" is none. */
function namesOf(host: string): string[] {
  if (host === "0.0.0.0" || host === "::") return [];
  return [host.includes(":") ? `[${host}]` : host];
}
