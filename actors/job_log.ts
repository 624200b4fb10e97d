/**
 * What one job has said: its first words and its last ones, and how much is missing between them.
 *
 * @module
 */
import type { LogPiece } from "../messages/log.ts";
import { Ring } from "./ring.ts";

/** Characters kept of the beginning, and as many of the end. */
const endChars = 32 * 1024;
/** A piece costs this much besides its text. */
const pieceChars = 64;

const sizeOf = ({ text }: LogPiece) => text.length + pieceChars;

/** A bounded log. */
export class JobLog {
  /** Characters held. */
  chars = 0;
  readonly #head: LogPiece[] = [];
  readonly #tail = new Ring<LogPiece>();
  #tailChars = 0;
  #droppedChars = 0;
  readonly #listeners = new Set<(piece: LogPiece | null) => void>();

  /** Adds a piece; where there is no `room` for it, it is only heard. */
  add(piece: LogPiece, room = true): void {
    for (const listener of this.#listeners) listener(piece);
    const size = sizeOf(piece);
    if (!room) this.#droppedChars += piece.text.length;
    else if (this.#tail.size === 0 && this.#droppedChars === 0 && this.chars + size <= endChars) {
      this.#head.push(piece);
      this.chars += size;
    } else {
      this.#tail.push(piece);
      this.#tailChars += size;
      this.chars += size;
      while (this.#tailChars > endChars) this.#shift();
    }
  }

  /** All that is kept, in order. */
  pieces(): LogPiece[] {
    const [first, ...rest] = this.#tail;
    if (first === undefined) return [...this.#head];
    const { droppedChars = 0 } = first;
    const missing = droppedChars + this.#droppedChars;
    return [...this.#head, missing > 0 ? { ...first, droppedChars: missing } : first, ...rest];
  }

  /** The job has ended: nothing is added any more. */
  end(): void {
    for (const listener of this.#listeners) listener(null);
  }

  /** Calls `listener` with each new piece, and null at the end, until the result is called. */
  listen(listener: (piece: LogPiece | null) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #shift(): void {
    const piece = this.#tail.shift()!;
    this.#tailChars -= sizeOf(piece);
    this.chars -= sizeOf(piece);
    this.#droppedChars += piece.text.length;
  }
}
