/**
 * Keeps a stream within bounds: all of it up to a cap, beyond that in a file or as head and tail.
 *
 * @module
 */

/** What was kept. Exactly one of text, base64 and file is set. */
export interface Captured {
  readonly text?: string;
  readonly base64?: string;
  readonly file?: string;
  readonly droppedBytes: number;
}

/** A capture under way. */
export interface Capture {
  /** Stops waiting for the stream's end. */
  stop(): void;
  /** What was kept; resolves at the end of the stream or after `stop`. */
  readonly done: Promise<Captured>;
}

/** How a stream is kept. */
export interface CaptureOptions {
  /** Bytes kept in memory; where not whole, of the head and of the tail. */
  readonly keepBytes: number;
  /** Folder for a file with all of it where it is more, null for head and tail. */
  readonly spill: string | null;
  /** Hears each chunk. */
  readonly heard: (bytes: Uint8Array) => void;
}

/** Reads `stream` to its end. */
export function capture(stream: ReadableStream<Uint8Array>, options: CaptureOptions): Capture {
  const reader = stream.getReader();
  return { stop: () => void reader.cancel().catch(() => {}), done: read(reader, options) };
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { keepBytes, spill, heard }: CaptureOptions,
): Promise<Captured> {
  const head: Uint8Array[] = [];
  let size = 0;
  const tail = new Tail(keepBytes);
  let file: { path: string; open: Deno.FsFile } | undefined;
  for (;;) {
    const { value, done } = await reader.read().catch(() => ({ value: undefined, done: true }));
    if (done || !value) break;
    heard(value);
    const room = Math.max(0, keepBytes - size);
    size += value.length;
    if (file) await writeAll(file.open, value);
    else if (value.length <= room) head.push(value);
    else if (spill !== null) {
      const path = await Deno.makeTempFile({ dir: spill, prefix: "output-" });
      file = { path, open: await Deno.open(path, { write: true }) };
      for (const chunk of head) await writeAll(file.open, chunk);
      await writeAll(file.open, value);
      head.length = 0;
    } else {
      if (room > 0) head.push(value.subarray(0, room));
      tail.push(value.subarray(room));
    }
  }
  if (file) {
    file.open.close();
    return { file: file.path, droppedBytes: 0 };
  }
  if (tail.size > 0) head.push(...tail.parts());
  return { ...asText(join(head)), droppedBytes: tail.droppedBytes };
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** The last `keepBytes` of what is pushed. */
class Tail {
  #chunks: Uint8Array[] = [];
  #held = 0;
  droppedBytes = 0;
  readonly #keepBytes: number;

  constructor(keepBytes: number) {
    this.#keepBytes = keepBytes;
  }

  get size(): number {
    return this.#held;
  }

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    while (this.#held > this.#keepBytes) {
      const first = this.#chunks[0]!;
      const excess = Math.min(first.length, this.#held - this.#keepBytes);
      if (excess === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(excess);
      this.#held -= excess;
      this.droppedBytes += excess;
    }
  }

  parts(): Uint8Array[] {
    return this.#chunks;
  }
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function asText(bytes: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    return { base64: bytes.toBase64() };
  }
}
