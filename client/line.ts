/**
 * The line to a service: requests with a token, answers or Refusals, and a second try where that can do
 * no harm.
 *
 * @module
 */
import { Refusal } from "../actors/refusal.ts";
import { causeOf, neverSent } from "./cause.ts";
import { eventsOf, type ServerEvent } from "./event_stream.ts";

/** Where a service is: the address of its TCP door, or its control socket (`.flyball/control.sock`). */
export type Address = string | URL | { readonly socket: string };

/** Options of {@link connect}. */
export interface ConnectOptions {
  /** Bearer token; the control socket asks for none. Default: none. */
  readonly token?: string | undefined;
  /** Times that one request is sent at most, where sending it again can do no harm. Default 3. */
  readonly tries?: number | undefined;
  /** Longest wait for an answer, beyond what the service was asked to wait, ms. Default 10,000. */
  readonly answerMs?: number | undefined;
  /** Longest pause between two tries; what asks for a longer one is refused, ms. Default 10,000. */
  readonly pauseMs?: number | undefined;
}

/** One request. */
export interface Question {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the address, with its query. */
  readonly path: string;
  readonly body?: unknown;
  /** Besides those that the body and the token ask for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Asking twice is asking once. Default: of `GET`. */
  readonly again?: boolean;
  /** How long the service itself may take, ms. Default 0. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** One stream. */
export interface Listening {
  readonly path: string;
  /** Where it goes on: the id of the last event that is known. */
  readonly last: string | null;
  readonly signal?: AbortSignal;
}

/** First pause between two tries, ms; doubled each time, and taken at random below that. */
const firstPauseMs = 200;

/** A line to one service. */
export class Line implements Disposable {
  /** Where the service is: its address, or `unix:` and its socket. */
  readonly where: string;
  readonly #base: string;
  readonly #client: Deno.HttpClient | null;
  readonly #options: ConnectOptions;

  /** Nothing is sent yet. Throws Refusal `invalid_address`. */
  constructor(address: Address, options: ConnectOptions = {}) {
    this.#options = options;
    const isSocket = typeof address === "object" && "socket" in address;
    this.#base = isSocket ? "http://localhost" : baseOf(String(address));
    this.where = isSocket ? `unix:${address.socket}` : this.#base;
    this.#client = isSocket
      ? Deno.createHttpClient({ proxy: { transport: "unix", path: address.socket } })
      : null;
  }

  /** What is answered; rejects with the service's own Refusal, or `service_unreachable`. */
  async ask<T>(question: Question): Promise<T> {
    const { signal, again = (question.method ?? "GET") === "GET" } = question;
    const { tries = 3, pauseMs: most = 10_000 } = this.#options;
    for (let nth = 1;; nth++) {
      try {
        return await this.#once<T>(question);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof Refusal) || nth >= tries) throw error;
        const pauseMs = pauseOf(error, nth, again);
        if (pauseMs === null || pauseMs > most) throw error;
        await pause(pauseMs, signal);
      }
    }
  }

  /** Events of a stream, until it ends; rejects like {@link ask}. */
  async *listen({ path, last, signal }: Listening): AsyncGenerator<ServerEvent> {
    const headers = last === null ? {} : { "last-event-id": last };
    const response = await this.#reach(path, {
      headers: this.#headers(headers),
      signal: signal ?? null,
    });
    if (!response.ok) throw refusalOf(response, await response.text(), this.where);
    if (response.body !== null && response.status !== 204) yield* eventsOf(response.body);
    await response.body?.cancel().catch(() => {}); // It has been read already.
  }

  [Symbol.dispose](): void {
    this.#client?.close();
  }

  async #once<T>(
    { method = "GET", path, body, waitMs = 0, signal, ...more }: Question,
  ): Promise<T> {
    const late = AbortSignal.timeout(waitMs + (this.#options.answerMs ?? 10_000));
    const response = await this.#reach(path, {
      method,
      signal: signal ? AbortSignal.any([signal, late]) : late,
      headers: this.#headers({
        ...more.headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text().catch((error) => {
      throw this.#unreachable(error);
    });
    if (!response.ok) throw refusalOf(response, text, this.where);
    return parsed(text, response, this.where) as T;
  }

  async #reach(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#base + path, {
        redirect: "error",
        ...init,
        ...(this.#client === null ? {} : { client: this.#client }),
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #headers(more: Record<string, string>): Record<string, string> {
    const { token } = this.#options;
    return token === undefined ? more : { ...more, authorization: `Bearer ${token}` };
  }

  #unreachable(error: unknown): Refusal {
    const message = `service unreachable at ${this.where}: ${causeOf(error)}`;
    return Object.assign(new Refusal("service_unreachable", message), { cause: error });
  }
}

/** How long to wait before the next try, ms; null: there must be none. */
function pauseOf({ code, cause, retryAfterMs }: Refusal, nth: number, again: boolean) {
  // With these the service has done nothing, so that any request may be sent again.
  if (retryAfterMs !== null) return retryAfterMs * (1 + Math.random() / 5);
  if (code !== "service_unreachable" || !(again || neverSent(cause))) return null;
  return Math.random() * firstPauseMs * 2 ** nth;
}

function pause(pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, pauseMs);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

function baseOf(address: string): string {
  const url = URL.parse(address);
  if (url !== null && /^https?:$/.test(url.protocol)) {
    return (url.origin + url.pathname).replace(/\/+$/, "");
  }
  const expected = "an address such as http://127.0.0.1:4477, or { socket: PATH }";
  const given = JSON.stringify(address.slice(0, 80));
  const message = `Cannot connect as the address must be ${expected}: given ${given}`;
  throw new Refusal("invalid_address", message, [{ pointer: "", message, expected, given }]);
}

function parsed(text: string, { status }: Response, where: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    const message = `${where} answered ${status} with something that is not JSON`;
    throw new Refusal("service_failed", message);
  }
}

/** The problem that a service tells of. */
function refusalOf(response: Response, text: string, where: string): Refusal {
  const { code, detail, errors } = parsed(text, response, where) as {
    readonly code?: string;
    readonly detail?: string;
    readonly errors?: Refusal["issues"];
  };
  const retryAfterS = Number(response.headers.get("retry-after") ?? NaN);
  return new Refusal(
    code ?? "service_failed",
    detail ?? `${where} answered ${response.status}`,
    errors ?? [],
    Number.isFinite(retryAfterS) ? retryAfterS * 1_000 : null,
  );
}
