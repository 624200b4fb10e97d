/**
 * Posts JSON to the address in a file.
 *
 * @module
 */
import { readSecret } from "../../host/secret_file.ts";
import { Refusal } from "../../refusal.ts";
import { delivered, type Delivery, failed, withinMs } from "./sink.ts";

/** Answers after which another attempt may do. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

/** What is posted. */
export interface Post {
  readonly urlFile: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Reads the address in a file; throws Refusal `bad_secret_file` where it is none. */
export async function readUrl(file: string): Promise<URL> {
  const text = await readSecret(file);
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new Refusal("bad_secret_file", `${file} must have an address http://… or https://…`);
}

/**
 * One attempt. A redirect is not followed: the address that the operator wrote is the only one that
 * is ever called.
 */
export async function post({ urlFile, body, headers, signal }: Post): Promise<Delivery> {
  try {
    const response = await fetch(await readUrl(urlFile), {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
    });
    await response.body?.cancel();
    const { status, ok } = response;
    if (ok) return delivered;
    return failed(`answered ${status}`, status < 500 && !passing.has(status));
  } catch (error) {
    return failed(reasonOf(error));
  }
}

/** Why a call failed. The words of `fetch` contain the address, which may be a secret. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `no answer within ${withinMs / 1_000} s`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const words = /([A-Z][a-z ]+) \(os error \d+\)/.exec(String(cause))?.[1];
  return words ?? "can't be reached";
}
