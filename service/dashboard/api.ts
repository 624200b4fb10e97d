/**
 * Asks the service, with the token where there is one.
 *
 * @module
 */
import { asksToken, token } from "./session.ts";
import { eventReader, type ServerEvent } from "./event_text.ts";

/** What the service says is wrong. */
export class Problem extends Error {
  /** Stable word for programs. */
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The address of a part of the API, wherever this page is mounted. */
export const urlOf = (path: string): URL => new URL(`api/v1/${path}`, document.baseURI);

/** Reads something. */
export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  ask(path, { signal: signal ?? null }).then(({ body }) => body as T);

/** Changes something. */
export const send = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  ask(path, withBody(method, body)).then(({ body }) => body as T);

/** The same with headers, and those of the answer. */
export function exchange(method: string, path: string, body: unknown, headers: HeadersInit) {
  const init = withBody(method, body);
  return ask(path, { ...init, headers: { ...init.headers as object, ...headers as object } });
}

/** Reads events as they come, until the service ends them or the signal does. */
export async function* events(path: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const response = await fetch(urlOf(path), { headers: own(), signal });
  if (!response.ok) throw await problemOf(response);
  if (response.body === null) return;
  const text = response.body.pipeThrough(new TextDecoderStream() as never) as ReadableStream<
    string
  >;
  const reader = text.getReader();
  const read = eventReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield* read(value);
  }
}

function withBody(method: string, body: unknown): RequestInit {
  if (body === undefined) return { method };
  return {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

async function ask(path: string, init: RequestInit) {
  const response = await fetch(urlOf(path), {
    ...init,
    headers: { ...own(), ...init.headers as object },
  });
  if (!response.ok) throw await problemOf(response);
  const body: unknown = response.status === 204 ? null : await response.json();
  return { body, headers: response.headers };
}

const own = (): Record<string, string> =>
  token.value === null ? {} : { authorization: `Bearer ${token.value}` };

async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  const told = await response.json().catch(() => null) as { code?: string; detail?: string } | null;
  const problem = new Problem(status, told?.code ?? "http", told?.detail ?? `HTTP ${status}`);
  if (status === 401) asksToken.value = problem.code === "bad_token" ? problem.message : "";
  return problem;
}
