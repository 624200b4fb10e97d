/**
 * Lines of a byte stream, read no faster than they are asked for.
 *
 * @module
 */

/** One line, without its end. */
export interface Line {
  readonly text: string;
  /** Why the line cannot be used; null when it can. */
  readonly fault: string | null;
}

/** How lines are read. */
export interface LinesOptions {
  /** Byte that ends a line. Default newline. */
  readonly delimiter?: number;
  /** Longest line. Default 131,071 bytes: the longest argument Linux hands to a program. */
  readonly lineBytesMax?: number;
  /** Ends the lines when aborted, even in the middle of waiting for one. */
  readonly signal?: AbortSignal;
  /** Told how many bytes came in. */
  readonly onBytes?: (bytes: number) => void;
}

/** Reads `stream` line by line; at most one chunk and one line are held. */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  { delimiter = 10, lineBytesMax = 131_071, signal, onBytes }: LinesOptions = {},
): AsyncGenerator<Line, void> {
  let held = new Uint8Array(0);
  let tooLong = false;
  const finish = (bytes: Uint8Array): Line => {
    const fits = !tooLong && held.length + bytes.length <= lineBytesMax;
    const whole = fits ? join(held, bytes) : null;
    held = new Uint8Array(0);
    tooLong = false;
    return whole === null ? { text: "", fault: `is longer than ${lineBytesMax} B` } : toLine(whole);
  };
  for await (const chunk of chunks(stream, signal)) {
    onBytes?.(chunk.length);
    let from = 0;
    for (let end = chunk.indexOf(delimiter); end >= 0; end = chunk.indexOf(delimiter, from)) {
      yield finish(chunk.subarray(from, end));
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    tooLong ||= held.length + rest.length > lineBytesMax;
    held = tooLong ? new Uint8Array(0) : join(held, rest);
  }
  // What follows the last line's end is no line unless there is something.
  if (tooLong || held.length > 0) yield finish(new Uint8Array(0));
}

async function* chunks(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    signal?.removeEventListener("abort", cancel);
    await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

function toLine(bytes: Uint8Array): Line {
  try {
    return { text: utf8.decode(bytes), fault: null };
  } catch {
    return { text: "", fault: "is not UTF-8" };
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
