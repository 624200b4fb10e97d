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

/** How a stream is kept. */
export interface CaptureOptions {
  /** Bytes kept in memory; where not whole, of the head and of the tail. */
  readonly keepBytes: number;
  /** Folder for a file with all of it where it is more, null for head and tail. */
  readonly spill: string | null;
}

/** What is kept of one stream. */
export class Capture {
  readonly #keepBytes: number;
  readonly #spill: string | null;
  readonly #head: Uint8Array[] = [];
  #size = 0;
  #tail: Tail | null = null;
  #file: { readonly path: string; readonly open: Deno.FsFile } | null = null;

  /** Nothing yet. */
  constructor({ keepBytes, spill }: CaptureOptions) {
    this.#keepBytes = keepBytes;
    this.#spill = spill;
  }

  /** Takes the next piece of the stream. */
  take(bytes: Uint8Array): void {
    const room = Math.max(0, this.#keepBytes - this.#size);
    this.#size += bytes.length;
    if (this.#file) writeAll(this.#file.open, bytes);
    else if (bytes.length <= room) this.#head.push(bytes);
    else if (this.#spill !== null) this.#spillOver(this.#spill, bytes);
    else {
      if (room > 0) this.#head.push(bytes.subarray(0, room));
      this.#tail ??= new Tail(this.#keepBytes);
      this.#tail.push(bytes.subarray(room));
    }
  }

  /** The stream has ended. */
  end(): Captured {
    if (this.#file) {
      this.#file.open.close();
      return { file: this.#file.path, droppedBytes: 0 };
    }
    const tail = this.#tail;
    const parts = tail ? [...this.#head, ...tail.parts()] : this.#head;
    return { ...asText(join(parts)), droppedBytes: tail?.droppedBytes ?? 0 };
  }

  #spillOver(folder: string, bytes: Uint8Array): void {
    const path = Deno.makeTempFileSync({ dir: folder, prefix: "output-" });
    this.#file = { path, open: Deno.openSync(path, { write: true }) };
    for (const chunk of this.#head) writeAll(this.#file.open, chunk);
    writeAll(this.#file.open, bytes);
    this.#head.length = 0;
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
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
  if (bytes.length === 0) return { text: "" };
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    return { base64: bytes.toBase64() };
  }
}
