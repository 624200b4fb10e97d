/**
 * The other way in which messages become bytes: a frame is a line, the JSON array and a newline. A
 * worker that says its first words so is answered so; our own speak in frames of `wire.ts`.
 *
 * @module
 */
import { frame, frameBytesMax, Unframer } from "./wire.ts";

const newline = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Bytes of a connection that tell how its peer speaks. */
export const openingBytes = 4;

/** How a peer's messages become bytes and come out of them. */
export interface Manner {
  /** Cuts what it says into batches. */
  readonly reader: Pick<Unframer, "room" | "took">;
  /** Makes bytes of messages that were joined by commas. */
  readonly write: (items: string) => Uint8Array;
}

/**
 * How one speaks whose first bytes these are, of which the manner has taken note of none. A line
 * begins with `[20,`: as a length that would be more than any frame may have.
 */
export const mannerOf = (opening: Uint8Array): Manner =>
  opening[0] === 0x5b && opening[openingBytes - 1] !== 0
    ? { reader: new Unliner(), write: line }
    : { reader: new Unframer(), write: frame };

/** Makes one line of messages that were joined by commas. Throws RangeError over {@link frameBytesMax}. */
export function line(items: string): Uint8Array {
  const bytes = encoder.encode(`[${items}]\n`);
  if (bytes.length <= frameBytesMax) return bytes;
  throw new RangeError(
    `Cannot send line as it must be <= ${frameBytesMax} bytes: it is ${bytes.length}`,
  );
}

/** Cuts a stream of bytes into lines, as `Unframer` does it into frames. */
export class Unliner {
  #held = new Uint8Array(64 * 1024);
  #length = 0;

  /** Where to read the next bytes to. */
  get room(): Uint8Array<ArrayBuffer> {
    if (this.#held.length - this.#length < 16 * 1024) {
      const larger = new Uint8Array(this.#held.length * 2);
      larger.set(this.#held.subarray(0, this.#length));
      this.#held = larger;
    }
    return this.#held.subarray(this.#length);
  }

  /**
   * Takes note that `count` bytes were read into `room` and hands each whole line on. Throws
   * RangeError for a line over {@link frameBytesMax}, SyntaxError or TypeError for bad content.
   */
  took(count: number, onBatch: (batch: unknown[]) => void): void {
    const held = this.#held;
    let at = 0;
    // What was held before has no end of a line in it.
    let from = this.#length;
    this.#length += count;
    for (;;) {
      const end = held.subarray(0, this.#length).indexOf(newline, from);
      const size = (end < 0 ? this.#length : end) - at;
      if (size > frameBytesMax) throw new RangeError(`line of more than ${frameBytesMax} bytes`);
      if (end < 0) break;
      const batch = JSON.parse(decoder.decode(held.subarray(at, end)));
      if (!Array.isArray(batch)) throw new TypeError("line is not an array");
      at = from = end + 1;
      onBatch(batch);
    }
    if (at > 0) {
      held.copyWithin(0, at, this.#length);
      this.#length -= at;
    }
  }
}
