/**
 * What jobs say while they run, passed on at bounded rates.
 *
 * @module
 */
import { encode, messages } from "../messages/wire.ts";
import type { Link } from "./link.ts";
import { Rates } from "./rates.ts";

/** Longest log line passed on, characters. */
const logCharsMax = 8_192;
/** A progress report of so many characters or more is left out. */
const reportCharsMax = 65_536;

/** All that the jobs of this worker say. */
export class Chatter {
  readonly #rates = new Rates();
  readonly #link: Pick<Link, "clogged">;
  readonly #say: (item: string) => void;

  /** `say` says a message; while `link` is clogged there are none. */
  constructor(link: Pick<Link, "clogged">, say: (item: string) => void) {
    this.#link = link;
    this.#say = say;
  }

  /** A line of a job's log. */
  line(id: number, value: unknown): void {
    if (this.#link.clogged) return;
    const fits = this.#rates.line();
    if (fits === "yes") this.#write(id, 0, String(value).slice(0, logCharsMax));
    else if (fits === "last") this.#write(id, 0, "… more lines are left out this second");
  }

  /** How far a job is. */
  report(id: number, value: unknown): void {
    if (this.#link.clogged || !this.#rates.report(id)) return;
    const item = encode(messages.progress.kind, id, value);
    if (item.length < reportCharsMax) this.#say(item);
  }

  /** What a command has written; beyond the bound only that it has, and false. */
  output(id: number, stream: 1 | 2, text: string): boolean {
    if (this.#link.clogged) return false;
    const fits = this.#rates.output(text.length);
    this.#write(id, stream, fits ? text : "");
    return fits;
  }

  #write(id: number, stream: 0 | 1 | 2, text: string): void {
    this.#say(encode(messages.output.kind, id, stream, text));
  }
}
