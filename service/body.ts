/**
 * A request's body as JSON, or the reason why it is none.
 *
 * @module
 */
import { depthMax } from "../actors/json_value.ts";
import { Refusal } from "../actors/runtime.ts";
import { jsonErrorAt } from "./json_error.ts";

/** Largest body, bytes. */
export const bodyMaxBytes = 1_048_576;

/** `ignoreBOM` keeps the mark, which JSON does not allow; `fatal` refuses what is not UTF-8. */
const utf8 = () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const decoder = utf8();

/** Reads the body of a request as JSON. */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type");
  const length = request.headers.get("content-length");
  if (type === null && length === "0") throw emptyBody();
  if (!/^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i.test(type ?? "")) throw unsupported(type);
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") throw unsupported(`${type} in ${encoding}`);
  if (Number(length) > bodyMaxBytes) throw tooLarge();
  return parse(await read(request, length !== null));
}

async function read(request: Request, isMeasured: boolean): Promise<Uint8Array> {
  try {
    return isMeasured ? new Uint8Array(await request.arrayBuffer()) : await readBounded(request);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal("incomplete_body", "The body ended before its announced end");
  }
}

/** Reads a body of unknown length and stops at the limit. */
async function readBounded(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > bodyMaxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length > bodyMaxBytes) throw tooLarge();
  if (isTooDeep(bytes)) {
    throw new Refusal("too_deep", `The body is nested too deeply: limit ${depthMax} levels`);
  }
  const text = decode(bytes);
  if (text.trim() === "") throw emptyBody();
  try {
    return JSON.parse(text);
  } catch {
    const { line, column } = jsonErrorAt(text);
    throw new Refusal(
      "invalid_json",
      `The body is not JSON: error at line ${line} column ${column}`,
    );
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const offset = invalidUtf8At(bytes);
    throw new Refusal("invalid_utf8", `The body must be UTF-8: error at byte offset ${offset}`);
  }
}

/** Counts brackets outside strings, before anything is built from them. */
function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x22 /* " */) inString = !inString;
    else if (inString) { if (byte === 0x5c /* \ */) i++; }
    else if (byte === 0x7b /* { */ || byte === 0x5b /* [ */) {
      if (++depth > depthMax) return true;
    } else if (byte === 0x7d /* } */ || byte === 0x5d /* ] */) depth--;
  }
  return false;
}

/** Finds by halving the shortest prefix that is refused; its last byte is the wrong one. */
function invalidUtf8At(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      utf8().decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return Math.min(bad, bytes.length) - (bad > bytes.length ? 0 : 1);
}

function emptyBody(): Refusal {
  return new Refusal("empty_body", "A body is needed: send JSON");
}

function tooLarge(): Refusal {
  return new Refusal("body_too_large", `The body is too large: limit=${bodyMaxBytes} bytes`);
}

function unsupported(type: string | null): Refusal {
  const given = type === null ? "none" : JSON.stringify(type.slice(0, 80));
  return new Refusal(
    "unsupported_media_type",
    `The content type must be application/json, given ${given}`,
  );
}
