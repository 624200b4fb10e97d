/**
 * Colours, on terminals and where nobody has asked for none.
 *
 * @module
 */
import { styleText } from "node:util";
import { cut, widthOf } from "./columns.ts";

/** How a piece of text looks. */
export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** A piece of text, and how it looks where that is not as usual. */
export type Piece = string | readonly [text: string, style: Style | undefined];

/** Gives a text its look. */
export type Paint = (text: string, style?: Style) => string;

/** No colours at all. */
export const unpainted: Paint = (text) => text;

const painted: Paint = (text, style) =>
  style === undefined || text === "" ? text : styleText(style, text, { validateStream: false });

/** Colours for a stream: where it is a terminal and `NO_COLOR` is not set, as no-color.org asks. */
export function paintFor(
  stream: { isTerminal(): boolean },
  noColor: boolean = Deno.noColor,
): Paint {
  return !noColor && stream.isTerminal() ? painted : unpainted;
}

/** How lines look that go to stdout: cut to the terminal and painted, or whole and plain in a pipe. */
export function lookOfStdout(): { readonly width: number; readonly paint: Paint } {
  const { stdout } = Deno;
  if (!stdout.isTerminal()) return { width: Infinity, paint: unpainted };
  // Some terminals do not know their width and say 0.
  return { width: Deno.consoleSize().columns || 80, paint: paintFor(stdout) };
}

/** Pieces as one line of at most `columns`. */
export function paintLine(pieces: readonly Piece[], columns: number, paint: Paint): string {
  let left = columns;
  let line = "";
  for (const piece of pieces) {
    const [text, style] = typeof piece === "string" ? [piece, undefined] : piece;
    const kept = cut(text, left);
    line += paint(kept, style);
    left -= widthOf(kept);
    if (left <= 0) break;
  }
  return line;
}

const bad = new Set(["failed", "dead", "timedOut", "expired", "lost", "critical", "open", "hurt"]);
const doubtful = new Set(["retrying", "blocked", "warning", "paused", "cancelled", "halfOpen"]);
const good = new Set(["done", "helped", "ready", "yes"]);

/** The look of a state, an ending or a level: what went wrong is red, what went well is green. */
export function styleOf(word: string): Style | undefined {
  if (bad.has(word)) return "red";
  if (doubtful.has(word)) return "yellow";
  if (good.has(word)) return "green";
  return word === "running" ? "cyan" : undefined;
}
