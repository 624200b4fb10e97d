/**
 * Lines on their way to where they are written: they wait in memory, never for the writer, and
 * those that find no room are counted and told of.
 *
 * @module
 */

/** Characters that may wait. */
const waitingMax = 1_048_576;

/** Characters that are written at once; more only when one line is longer. */
const pieceMax = 65_536;

/** Where lines go; rejects what it could not write. */
export type Write = (text: string) => Promise<void>;

/** Writes lines one piece after another. */
export class Sink {
  #write: Write;
  #waiting: string[] = [];
  #chars = 0;
  #dropped = 0;
  #writing: Promise<void> | null = null;
  readonly #droppedLine: (lines: number) => string;

  /** `droppedLine` says that so many lines are missing. */
  constructor(write: Write, droppedLine: (lines: number) => string) {
    this.#write = write;
    this.#droppedLine = droppedLine;
  }

  /** From the next piece on, lines go there. */
  redirect(write: Write): void {
    this.#write = write;
  }

  /** Takes a line without its end. */
  push(line: string): void {
    if (this.#chars + line.length > waitingMax) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#chars += line.length + 1;
    this.#writing ??= this.#drain();
  }

  /** Resolves when all was written, or when `withinMs` are over. */
  async close(withinMs: number): Promise<void> {
    if (this.#writing === null) return;
    let timer: ReturnType<typeof setTimeout>;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, withinMs));
    await Promise.race([this.#writing, late]);
    clearTimeout(timer!);
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // What is said in one turn goes as one piece.
    while (this.#waiting.length > 0) {
      const lines = this.#piece();
      const missing = this.#dropped;
      if (missing > 0) lines.push(this.#droppedLine(missing));
      try {
        await this.#write(lines.join("\n") + "\n");
        this.#dropped -= missing;
      } catch {
        this.#dropped += lines.length - (missing > 0 ? 1 : 0);
      }
    }
    this.#writing = null; // In the same turn as the last look: no line is left behind.
  }

  /** The next lines; together no longer than a piece. */
  #piece(): string[] {
    let chars = 0;
    let count = 0;
    while (count < this.#waiting.length && (count === 0 || chars < pieceMax)) {
      chars += this.#waiting[count++]!.length + 1;
      if (chars + (this.#waiting[count]?.length ?? 0) > pieceMax) break;
    }
    this.#chars -= chars;
    return this.#waiting.splice(0, count);
  }
}
