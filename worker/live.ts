/**
 * Tells what a command writes while it still runs, at a bounded rate. A command that ends at once
 * costs nothing: what it wrote comes with its end.
 *
 * @module
 */

import type { Stream } from "./child.ts";

/** What is written is gathered for so long, ms. */
const everyMs = 100;
/** Bytes of one stream that are told of each such moment; the rest is counted. */
const windowBytes = 8 * 1024;

/** Takes a piece of a stream (1 stdout, 2 stderr); false when there was no room for its text. */
export type Tell = (stream: Stream, text: string) => boolean;

/** What one stream has written in this moment. */
class Moment {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #skippedBytes = 0;
  #decoder = new TextDecoder();

  take(bytes: Uint8Array): void {
    const room = windowBytes - this.#size;
    if (room > 0) this.#chunks.push(bytes.length <= room ? bytes : bytes.subarray(0, room));
    this.#size += Math.min(room, bytes.length);
    this.#skippedBytes += Math.max(0, bytes.length - room);
  }

  tell(stream: Stream, tell: Tell): void {
    if (this.#size === 0) return;
    let text = "";
    for (const chunk of this.#chunks) text += this.#decoder.decode(chunk, { stream: true });
    if (this.#skippedBytes > 0) {
      text += `${this.#decoder.decode()}\n… ${this.#skippedBytes} bytes are left out\n`;
    }
    const bytes = this.#size + this.#skippedBytes;
    this.#chunks = [];
    this.#size = 0;
    this.#skippedBytes = tell(stream, text) ? 0 : bytes;
  }
}

/** Both streams of one command. */
export class Live {
  readonly #tell: Tell;
  readonly #moments: (Moment | undefined)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = false;

  /** `tell` passes pieces on. */
  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** The command has written something. The bytes are not changed any more. */
  take(stream: Stream, bytes: Uint8Array): void {
    (this.#moments[stream] ??= new Moment()).take(bytes);
    this.#timer ??= setTimeout(() => this.#flush(), everyMs);
  }

  /** The command has ended; what is left is told where something was told before. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#told) this.#flush();
  }

  #flush(): void {
    this.#timer = undefined;
    this.#told = true;
    this.#moments[1]?.tell(1, this.#tell);
    this.#moments[2]?.tell(2, this.#tell);
  }
}
