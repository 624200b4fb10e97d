/**
 * Stdin as lines, with a memory of how much of it was read.
 *
 * @module
 */
import { fstatSync } from "node:fs";
import { type Line, readLines } from "./lines.ts";

/** Lines that can be closed at any moment, even while one is awaited. */
export class LineInput {
  readonly lines: AsyncGenerator<Line, void>;
  readonly #close = new AbortController();
  readonly #sizeBytes = stdinBytes();
  #readBytes = 0;
  #ended = false;

  constructor(stream: ReadableStream<Uint8Array>, delimiter: number) {
    this.lines = this.#watch(readLines(stream, {
      delimiter,
      signal: this.#close.signal,
      onBytes: (bytes) => this.#readBytes += bytes,
    }));
  }

  /** Share of the input that was read; null when its size is unknown. */
  get share(): number | null {
    if (this.#ended) return 1;
    return this.#sizeBytes === null ? null : this.#readBytes / this.#sizeBytes;
  }

  close(): void {
    this.#close.abort();
  }

  async *#watch(lines: AsyncGenerator<Line, void>): AsyncGenerator<Line, void> {
    yield* lines;
    this.#ended = true;
  }
}

/** The size of stdin where it is a file; null for a pipe or a terminal. */
function stdinBytes(): number | null {
  const stat = fstatSync(0);
  return stat.isFile() && stat.size > 0 ? stat.size : null;
}
