/**
 * Where the arguments of `map` come from: stdin, files, or the command line itself.
 *
 * @module
 */
import { fstatSync } from "node:fs";
import { Refusal } from "../actors/runtime.ts";
import { type Line, type LinesOptions, readLines } from "./lines.ts";

/** How a source is read. */
export type ReadOptions =
  & Pick<LinesOptions, "delimiter" | "signal">
  & {
    /** Told how much was read, in the unit of {@link Source.size}. */
    readonly onRead: (amount: number) => void;
  };

/** Something that has lines. */
export interface Source {
  /** How much there is to read, in a unit of its own; null when nobody knows. */
  readonly size: () => number | null;
  /** Reads it once; the first line is refused where there is no such file. */
  readonly lines: (options: ReadOptions) => AsyncIterable<Line>;
}

/** The lines of `stream`, of which `sizeBytes` are expected. */
export function streamSource(
  stream: ReadableStream<Uint8Array>,
  sizeBytes: number | null = null,
): Source {
  return {
    size: () => sizeBytes,
    lines: ({ onRead, ...options }) => readLines(stream, { ...options, onBytes: onRead }),
  };
}

/** The lines of our own stdin. */
export function stdinSource(): Source {
  const stat = fstatSync(0);
  // A pipe and a terminal have no size.
  const source = streamSource(
    Deno.stdin.readable,
    stat.isFile() && stat.size > 0 ? stat.size : null,
  );
  if (!Deno.stdin.isTerminal()) return source;
  const lines: Source["lines"] = (options) => {
    console.error("flyball: reading lines from this terminal; Ctrl-D ends them");
    return source.lines(options);
  };
  return { ...source, lines };
}

/** The lines of a file. */
export function fileSource(path: string): Source {
  let sizeBytes: number | null = null;
  return {
    size: () => sizeBytes,
    lines: async function* ({ onRead, ...options }) {
      const file = await Deno.open(path).catch((error: Error) => {
        throw new Refusal("no_input", `cannot read ${path}: ${error.message}`);
      });
      const stat = await file.stat();
      sizeBytes = stat.isFile ? stat.size : null;
      yield* readLines(file.readable, { ...options, onBytes: onRead });
    },
  };
}

/** Words of the command line, a line each. */
export function wordsSource(words: readonly string[]): Source {
  return {
    size: () => words.length,
    lines: async function* ({ onRead }) {
      for (const text of words) {
        onRead(1);
        yield await Promise.resolve({ text, fault: null });
      }
    },
  };
}

/** A command with what it is to be run for. */
export interface Split {
  /** The command; empty where each line is one. */
  readonly template: readonly string[];
  readonly sources: readonly Source[];
}

/**
 * Takes `COMMAND ::: WORDS… :::: FILES…` apart. `files` come first, as `-a FILE` does, and stdin is
 * read (it is the file `-` too) where nothing else is named. Throws Refusal `usage`.
 */
export function splitSources(words: readonly string[], files: readonly string[]): Split {
  const first = words.findIndex(isMark);
  const template = first < 0 ? words : words.slice(0, first);
  let stdins = 0;
  const open = (path: string): Source => {
    if (path !== "-") return fileSource(path);
    if (++stdins > 1) throw new Refusal("usage", "stdin (-) can be read only once");
    return stdinSource();
  };
  const sources = files.map(open);
  for (let at = first; at >= 0 && at < words.length;) {
    const mark = words[at]!;
    if (mark.endsWith("+")) {
      throw new Refusal(
        "usage",
        `${mark} is not supported: give the pairs as lines, with --colsep between their parts`,
      );
    }
    const next = words.findIndex((word, index) => index > at && isMark(word));
    const end = next < 0 ? words.length : next;
    const given = words.slice(at + 1, end);
    if (mark === ":::") sources.push(wordsSource(given));
    else sources.push(...given.map(open));
    at = end;
  }
  return { template, sources: sources.length > 0 || first >= 0 ? sources : [open("-")] };
}

const isMark = (word: string) => /^:::{1,2}\+?$/.test(word);
