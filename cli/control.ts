/**
 * A line to a running service: its control socket in the data directory, or its address.
 *
 * @module
 */
import { join } from "node:path";
import type { Command } from "commander";
import { Refusal } from "../actors/runtime.ts";
import { eventsOf, type ServerEvent } from "./event_stream.ts";
import { readToken } from "../actors/host/token_file.ts";

/** Longest wait for an answer, beyond what the request itself asks the service to wait. */
const answerWithinMs = 10_000;

/** Flags that say where the service is. */
export interface Reach {
  readonly data?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

/** Declares the flags of {@link Reach}. */
export function declareReach(command: Command): Command {
  return command
    .option("--data <dir>", "data directory of the service (default: .flyball)")
    .option("--url <url>", "address of the service instead of its data directory")
    .option("--token-file <file>", "file with the token for --url");
}

/** One question to the service. */
export interface Question {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the service itself may take, ms. Default 0. */
  readonly waitMs?: number;
  /** Gives the question up when aborted: then the service is as good as unreachable. */
  readonly signal?: AbortSignal;
}

/** The service, as it can be asked. */
export interface Control extends Disposable {
  /** Where it is: its address, or `unix:` and its socket. */
  readonly where: string;
  /** Resolves with the answer; throws the service's own Refusal or `service_unreachable`. */
  ask(question: Question): Promise<unknown>;
  /** What comes from a path that streams, until it ends. */
  events(path: string): AsyncIterable<ServerEvent>;
}

/** Opens the line; nothing is sent yet. */
export async function openControl(reach: Reach): Promise<Control> {
  const url = reach.url ?? (Deno.env.get("FLYBALL_URL") || undefined);
  if (url !== undefined) {
    const token = reach.tokenFile === undefined ? null : await readToken(reach.tokenFile);
    const line = { base: baseOf(url), token };
    return {
      where: line.base,
      ask: (question) => ask(question, line),
      events: (path) => events(path, line),
      [Symbol.dispose]() {},
    };
  }
  const socket = join(reach.data ?? (Deno.env.get("FLYBALL_DATA") || ".flyball"), "control.sock");
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
  const line = { base: "http://localhost", token: null, client, socket };
  return {
    where: `unix:${socket}`,
    ask: (question) => ask(question, line),
    events: (path) => events(path, line),
    [Symbol.dispose]: () => client.close(),
  };
}

function baseOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    const given = JSON.stringify(url.slice(0, 80));
    throw new Refusal(
      "usage",
      `--url expected an address such as http://127.0.0.1:4477, given ${given}`,
    );
  }
  return parsed.origin;
}

interface Line {
  readonly base: string;
  readonly token: string | null;
  readonly client?: Deno.HttpClient;
  readonly socket?: string;
}

async function ask(
  { method, path, body, headers, waitMs = 0, signal }: Question,
  line: Line,
): Promise<unknown> {
  const where = line.socket === undefined ? line.base : `unix:${line.socket}`;
  const init: RequestInit & { readonly client?: Deno.HttpClient } = {
    method,
    redirect: "error",
    signal: AbortSignal.any([
      AbortSignal.timeout(waitMs + answerWithinMs),
      ...(signal === undefined ? [] : [signal]),
    ]),
    headers: {
      ...headers,
      ...(line.token === null ? {} : { authorization: `Bearer ${line.token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(line.client === undefined ? {} : { client: line.client }),
  };
  const [status, text] = await send(`${line.base}${path}`, init, where);
  return read(status, text, where);
}

async function* events(path: string, line: Line): AsyncGenerator<ServerEvent> {
  const where = line.socket === undefined ? line.base : `unix:${line.socket}`;
  const response = await reach(`${line.base}${path}`, {
    redirect: "error",
    headers: line.token === null ? {} : { authorization: `Bearer ${line.token}` },
    ...(line.client === undefined ? {} : { client: line.client }),
  }, where);
  if (response.status >= 400) read(response.status, await response.text(), where);
  if (response.body !== null) yield* eventsOf(response.body);
}

async function send(
  address: string,
  init: RequestInit,
  where: string,
): Promise<readonly [number, string]> {
  const response = await reach(address, init, where);
  return [response.status, await response.text()];
}

async function reach(address: string, init: RequestInit, where: string): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    const because = error instanceof DOMException && error.name === "TimeoutError"
      ? "no answer in time"
      : causeOf(error);
    const hint = where.startsWith("unix:") && because === "No such file or directory"
      ? " (is it started there? --data and --url name another place)"
      : "";
    throw new Refusal("service_unreachable", `service unreachable at ${where}: ${because}${hint}`);
  }
}

/** The innermost reason of a failed fetch: `No such file or directory`, `Connection refused`. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return /: ([^:]+) \(os error \d+\)$/.exec(message)?.[1] ?? message;
}

function read(status: number, text: string, where: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal(
      "service_failed",
      `${where} answered ${status} with something that is not JSON`,
    );
  }
  if (status < 400) return body;
  const { code, detail } = body as { readonly code?: unknown; readonly detail?: unknown };
  throw new Refusal(
    typeof code === "string" ? code : "service_failed",
    typeof detail === "string" ? detail : `${where} answered ${status}`,
  );
}
