/**
 * HTTP over a plain socket: for requests that `fetch` would never send.
 *
 * @module
 */

/** Longest wait for an answer, ms. */
const ceilingMs = 30_000;

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends bytes, reads until the peer closes, and takes the answer apart. */
export async function sendRaw(port: number, request: string | Uint8Array): Promise<RawAnswer> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const ceiling = setTimeout(() => connection.close(), ceilingMs);
  try {
    const bytes = typeof request === "string" ? new TextEncoder().encode(request) : request;
    await writeAll(connection, bytes);
    return answerOf(await readAll(connection));
  } finally {
    clearTimeout(ceiling);
    connection.close();
  }
}

/** Writes a request with `Connection: close`; headers come as lines. */
export function requestText(method: string, path: string, headers: string[], body = ""): string {
  const length = body === "" ? [] : [`Content-Length: ${new TextEncoder().encode(body).length}`];
  return [
    `${method} ${path} HTTP/1.1`,
    ...(headers.some((header) => /^host:/i.test(header)) ? [] : ["Host: localhost"]),
    "Connection: close",
    ...headers,
    ...length,
    "",
    body,
  ].join("\r\n");
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    try {
      at += await connection.write(bytes.subarray(at));
    } catch {
      return; // The peer has answered and closed before it read all.
    }
  }
}

async function readAll(connection: Deno.TcpConn): Promise<string> {
  const chunk = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const bytes = await connection.read(chunk).catch(() => null);
    if (bytes === null) return text;
    text += decoder.decode(chunk.subarray(0, bytes), { stream: true });
  }
}

function answerOf(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers(
    lines.map((line) => [line.split(":")[0]!, line.slice(line.indexOf(":") + 1).trim()]),
  );
  return { status: Number(first.split(" ")[1]), headers, body: text.slice(end + 4) };
}
