/**
 * The TCP door: `node:http` with limits that `Deno.serve` does not have, watched by a probe of its
 * own, because a server that ran out of file descriptors goes deaf without a word.
 *
 * @module
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Refusal } from "../actors/runtime.ts";
import { isTraced } from "../actors/tracing/port.ts";
import type { App } from "./app.ts";
import type { Door } from "./call.ts";
import { boundConnections, type Connections } from "./connections.ts";
import { linger } from "./linger.ts";
import { portOwner } from "./port_owner.ts";
import { correlationIdOf, problem } from "./problem.ts";
import { type Probe, probeEvery } from "./probe.ts";
import { answerUpgrades } from "./upgrade.ts";

/** Limits against slow and greedy peers, ms. */
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
};

/** Connections at once, where there are file descriptors for four times as many. */
const connectionsMax = 256;

/** How long requests under way may go on while the door closes, ms. */
const closeGraceMs = 1_000;

/** Options of {@link openDoor}. */
export interface DoorOptions {
  readonly app: Pick<App, "fetch">;
  /** Address to listen on. Default `127.0.0.1`: this machine alone. */
  readonly host?: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  /** True when callers must show a token; without one the door opens on loopback addresses only. */
  readonly hasToken?: boolean | undefined;
  /** Time between two probes of the door's own ear while it hears, ms. Default 5,000. */
  readonly probeEveryMs?: number | undefined;
  /** How long it may stay deaf while it listens anew, ms. Default 30,000. */
  readonly deafMostMs?: number | undefined;
}

/** An open TCP door. */
export interface TcpDoor {
  readonly url: string;
  readonly port: number;
  /** Resolves with the reason when the door stayed deaf although it listened anew; else never. */
  readonly gaveUp: Promise<string>;
  /** Listens no more, lets requests under way end for a second, then cuts them. */
  close(): Promise<void>;
}

/**
 * Opens the TCP door.
 *
 * @throws {Refusal} `port_in_use`, `port_not_permitted`, `invalid_port`, `invalid_host`,
 * `refuse_public_without_token`
 */
export async function openDoor(options: DoorOptions): Promise<TcpDoor> {
  const { app, host = "127.0.0.1", port: wanted } = options;
  checkAddress(host, wanted, options.hasToken ?? false);
  let ear = await listen(app, host, wanted);
  const { port } = ear;
  const name = host.includes(":") ? `[${host}]` : host;
  const gaveUp = Promise.withResolvers<string>();
  const probe: Probe = probeEvery({
    everyMs: options.probeEveryMs ?? 5_000,
    deafMostMs: options.deafMostMs,
    address: { hostname: reachable(host), port },
    isFull: () => ear.isFull(),
    async restart() {
      await ear.close(0);
      ear = await listen(app, host, port);
    },
    giveUp: (because) => gaveUp.resolve(because),
  });
  return {
    url: `http://${name}:${port}`,
    port,
    gaveUp: gaveUp.promise,
    async close() {
      await probe.stop();
      await ear.close(closeGraceMs);
    },
  };
}

/** A listening server and the connections it holds. */
interface Ear {
  readonly port: number;
  isFull(): boolean;
  close(graceMs: number): Promise<void>;
}

async function listen(app: Pick<App, "fetch">, host: string, port: number): Promise<Ear> {
  const answer = getRequestListener(
    (request, { outgoing }) => app.fetch(request, doorOf(outgoing)),
    {
      overrideGlobalObjects: false,
      autoCleanupIncoming: false,
      errorHandler: unreadable,
    },
  );
  const server = createServer(limits, (incoming, outgoing) => {
    const { socket } = incoming;
    outgoing.once("finish", () => linger(incoming, socket));
    void answer(incoming, outgoing);
  });
  const connections = boundConnections(server, connectionLimit());
  answerUpgrades(server, app.fetch);
  await listening(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    isFull: connections.isFull,
    close: (graceMs) => shut(server, connections, graceMs),
  };
}

/**
 * Deno makes a span for each request of `node:http` and keeps it to itself: what the request leads to
 * belongs below it. Where it is not found there, the app makes one of its own.
 */
function doorOf(outgoing: object): Door {
  if (!isTraced()) return noSpan;
  const key = Object.getOwnPropertySymbols(outgoing)
    .find(({ description }) => description === "kOtelSpan");
  return key === undefined ? noSpan : { span: Reflect.get(outgoing, key) };
}

const noSpan: Door = {};

function listening(server: Server, host: string, port: number): Promise<void> {
  const opened = Promise.withResolvers<void>();
  server.once(
    "error",
    (error: NodeJS.ErrnoException) => opened.reject(refusalOf(error, host, port)),
  );
  server.listen(port, host, () => opened.resolve());
  return opened.promise;
}

async function shut(server: Server, connections: Connections, graceMs: number): Promise<void> {
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  server.closeIdleConnections();
  const cut = setTimeout(connections.cut, graceMs);
  await closed.promise;
  clearTimeout(cut);
  // Upgraded sockets are no longer the server's, so it does not wait for them.
  connections.cut();
}

/** Answers what does not even make a request: a bad address, a bad Host header. */
function unreadable(): Response {
  const refusal = new Refusal("invalid_request", "The request's address or Host header is invalid");
  return problem(refusal, correlationIdOf(new Request("http://localhost/")));
}

function checkAddress(host: string, port: number, hasToken: boolean): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Refusal("invalid_port", `server.port must be 0..65535, given ${port}`);
  }
  if (hasToken || /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host)) return;
  throw new Refusal(
    "refuse_public_without_token",
    `server.host is ${host}, which others can reach, and there is no token: ` +
      "set a token, or listen on 127.0.0.1",
  );
}

function refusalOf(error: NodeJS.ErrnoException, host: string, port: number): Refusal {
  switch (error.code) {
    case "EADDRINUSE": {
      const pid = portOwner(port);
      const owner = pid === null ? "another process" : `pid ${pid}`;
      return new Refusal("port_in_use", `Port ${port} is in use by ${owner}`);
    }
    case "EACCES":
      return new Refusal("port_not_permitted", `Port ${port} needs more rights than this user has`);
    default:
      return new Refusal("invalid_host", `Cannot listen on ${host}:${port}: ${error.message}`);
  }
}

/** Where the probe finds a door that listens on all addresses. */
function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

/** At most a quarter of the file descriptors go to connections. */
function connectionLimit(): number {
  try {
    const files = /^Max open files\s+(\d+)/m.exec(Deno.readTextFileSync("/proc/self/limits"))?.[1];
    return Math.max(1, Math.min(connectionsMax, Math.floor(Number(files ?? Infinity) / 4)));
  } catch {
    return connectionsMax;
  }
}
