/**
 * How far somebody has read a job's log, so that they can go on from there.
 *
 * @module
 */
import type { LogPiece } from "../messages/log.ts";
import { Refusal } from "./refusal.ts";

/** A place: the last piece that was read, and how much of its attempt's streams. */
interface Place {
  /** When the piece was heard, epoch ms. */
  readonly at: number;
  /** Which of those heard then, from 1. */
  readonly nth: number;
  /** The attempt and the characters of its streams that were read. */
  readonly attempt: number;
  readonly stdout: number;
  readonly stderr: number;
}

const beginning: Place = { at: 0, nth: 0, attempt: 0, stdout: 0, stderr: 0 };

/**
 * A reader of a log. It goes by the time of pieces, as a job that runs again after its service was
 * killed begins a new log in the same attempt; and by characters, as the log of a command that has
 * ended can be the whole output of each stream instead of what was told, streams mixed.
 */
export class LogReader {
  readonly #after: Place;
  #read: Place;
  #nth = 0;
  #at = 0;
  #begun = false;

  /** Goes on after `place`, which a piece had. Throws Refusal `invalid_after`. */
  constructor(place?: string) {
    this.#after = place === undefined ? beginning : parse(place);
    this.#read = this.#after;
  }

  /** What of a piece is new, with its place; null when nothing is. */
  read(piece: LogPiece): LogPiece | null {
    const { at, attempt, since } = piece;
    this.#nth = at === this.#at ? this.#nth + 1 : 1;
    this.#at = at;
    // The reader was in another life of this job.
    const elsewhere = !this.#begun && this.#after.at < (since ?? at);
    this.#begun = true;
    if (elsewhere || attempt > this.#read.attempt) this.#read = { ...beginning, attempt };
    const text = since === undefined ? this.#told(piece) : this.#whole(piece);
    if (text === null) return null;
    this.#read = { ...this.#read, at, nth: this.#nth };
    const { nth, stdout, stderr } = this.#read;
    return { ...piece, text, place: [at, nth, attempt, stdout, stderr].join(".") };
  }

  #told({ at, stream, text, droppedChars = 0 }: LogPiece): string | null {
    const { at: untilAt, nth } = this.#after;
    if (at < untilAt || (at === untilAt && this.#nth <= nth)) return null;
    if (stream !== "log") {
      this.#read = { ...this.#read, [stream]: this.#read[stream] + droppedChars + text.length };
    }
    return text;
  }

  #whole({ stream, text }: LogPiece): string | null {
    if (stream === "log") return text;
    const known = this.#read[stream];
    this.#read = { ...this.#read, [stream]: Math.max(known, text.length) };
    return known < text.length ? text.slice(known) : null;
  }
}

function parse(place: string): Place {
  if (!/^\d{1,15}(\.\d{1,15}){4}$/.test(place)) {
    const expected = "the place of a piece of this log";
    const given = JSON.stringify(place.slice(0, 80));
    const message = `after must be ${expected}, given ${given}`;
    throw new Refusal("invalid_after", message, [{ pointer: "/after", message, expected, given }]);
  }
  const [at, nth, attempt, stdout, stderr] = place.split(".").map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { at, nth, attempt, stdout, stderr };
}

/** What of `pieces` is new to a reader, each with its place. */
export async function* readOn(
  pieces: Iterable<LogPiece> | AsyncIterable<LogPiece>,
  reader: LogReader,
): AsyncGenerator<LogPiece> {
  for await (const piece of pieces) {
    const fresh = reader.read(piece);
    if (fresh !== null) yield fresh;
  }
}
