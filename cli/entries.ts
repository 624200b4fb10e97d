/**
 * From lines to what single commands are made of: one line, several, or one of each source.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import type { Line } from "./lines.ts";
import type { Source } from "./sources.ts";

/** What one command is made of. */
export interface Entry {
  /** 1, 2, 3, … */
  readonly seq: number;
  readonly args: readonly string[];
  /** Why no command can be made of it; null when one can. */
  readonly fault: string | null;
}

/** How entries are made of lines. */
export interface EntryOptions {
  /** Byte that ends a line. Default newline. */
  readonly delimiter?: number;
  /** Most lines in one entry. Default 1. */
  readonly argsMax?: number;
  /** Cuts a line into several arguments. */
  readonly separator?: RegExp;
  /** Leaves lines of white space alone out, which then have no number. Default false. */
  readonly skipBlank?: boolean;
}

/** Longest command line that is made of several lines, characters: as in GNU parallel. */
const entryChars = 131_071;
/** Characters that are held where lines have to be held. */
const heldChars = 64 * 1024 * 1024;
/** A line that is held costs this much besides its text. */
const lineChars = 64;

/** Entries that can be closed at any moment, even while one is awaited. */
export class Entries {
  readonly #sources: readonly Source[];
  readonly #options: EntryOptions;
  readonly #close = new AbortController();
  #read = 0;
  #ended = false;

  constructor(sources: readonly Source[], options: EntryOptions = {}) {
    if (sources.length > 1 && (options.argsMax ?? 1) > 1) {
      throw new Refusal("usage", "-n takes lines of one input, given several inputs");
    }
    this.#sources = sources;
    this.#options = options;
  }

  /** Share of the input that was read, or of its first source; null when its size is unknown. */
  get share(): number | null {
    const size = this.#sources[0]?.size();
    return this.#ended || size === 0 ? 1 : size == null ? null : this.#read / size;
  }

  /** Aborted when they are closed. */
  get closed(): AbortSignal {
    return this.#close.signal;
  }

  close(): void {
    this.#close.abort();
  }

  /** Reads them one after another; no line is read before it is asked for. */
  async *read(): AsyncGenerator<Entry, void> {
    let seq = 0;
    const { separator } = this.#options;
    for await (const lines of this.#rows()) {
      const texts = lines.map(({ text }) => text);
      yield {
        seq: ++seq,
        args: separator ? texts.flatMap((text) => text.split(separator)) : texts,
        fault: lines.find(({ fault }) => fault !== null)?.fault ?? null,
      };
    }
    this.#ended = true;
  }

  #rows(): AsyncIterable<readonly Line[]> {
    const [first, ...others] = this.#sources.map((source, index) => this.#lines(source, index));
    if (first === undefined) return none();
    return others.length > 0 ? crossed(first, others) : grouped(first, this.#options.argsMax ?? 1);
  }

  async *#lines(source: Source, index: number): AsyncGenerator<Line, void> {
    const { delimiter, skipBlank } = this.#options;
    const lines = source.lines({
      ...(delimiter === undefined ? {} : { delimiter }),
      signal: this.#close.signal,
      onRead: (amount) => this.#read += index === 0 ? amount : 0,
    });
    for await (const line of lines) {
      if (!skipBlank || line.fault !== null || line.text.trim() !== "") yield line;
    }
  }
}

async function* none() {}

async function* grouped(lines: AsyncIterable<Line>, most: number): AsyncGenerator<readonly Line[]> {
  let group: Line[] = [];
  let chars = 0;
  for await (const line of lines) {
    if (group.length > 0 && (group.length >= most || chars + line.text.length > entryChars)) {
      yield group;
      group = [];
      chars = 0;
    }
    group.push(line);
    chars += line.text.length + 1;
    if (most === 1) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/** Each line of `first` with each of the others; the last one changes fastest. */
async function* crossed(
  first: AsyncIterable<Line>,
  others: readonly AsyncIterable<Line>[],
): AsyncGenerator<readonly Line[]> {
  const held: (readonly Line[])[] = [];
  for (const lines of others) held.push(await hold(lines, ({ text }) => text.length));
  for await (const line of first) yield* combined([line], held);
}

function* combined(
  lines: readonly Line[],
  [next, ...others]: readonly (readonly Line[])[],
): Generator<readonly Line[], void> {
  if (next === undefined) return void (yield lines);
  for (const line of next) yield* combined([...lines, line], others);
}

/** All of them in memory; throws Refusal `usage` where that is too much. */
export async function hold<T>(
  items: AsyncIterable<T>,
  sizeOf: (item: T) => number,
): Promise<readonly T[]> {
  const held: T[] = [];
  let chars = 0;
  for await (const item of items) {
    held.push(item);
    chars += sizeOf(item) + lineChars;
    if (chars > heldChars) {
      throw new Refusal(
        "usage",
        `expected at most ${heldChars} characters of lines that have to be held: all for --halt ` +
          "with %, and those of every input but the first; given more",
      );
    }
  }
  return held;
}
