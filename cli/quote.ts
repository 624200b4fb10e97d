/**
 * Commands as text: written so that a shell would read them back, and read without a shell.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";

/** One line that a POSIX shell would split into exactly `argv`. */
export function quote(argv: readonly string[]): string {
  return argv.map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  // deno-lint-ignore no-control-regex -- a line of a log must stay one line
  return /[\x00-\x1f\x7f]/.test(word) ? `$'${escape(word)}'` : shellWord(word);
}

/** One word for any POSIX shell, which takes control characters as they are. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function escape(word: string): string {
  return word.replaceAll(/[\\']/g, (character) => `\\${character}`)
    // deno-lint-ignore no-control-regex -- as above
    .replaceAll(/[\x00-\x1f\x7f]/g, (character) => {
      return named[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
    });
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };

/**
 * Splits a line into words as a shell would, with quotes and backslashes. What only a shell could
 * do (pipes, redirections, variables, patterns) is refused, because doing less would be wrong.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let rest = line.trimStart();
  while (rest !== "") {
    const { word, length } = readWord(rest);
    words.push(word);
    rest = rest.slice(length).trimStart();
  }
  return words;
}

function readWord(text: string): { readonly word: string; readonly length: number } {
  let word = "";
  let at = 0;
  while (at < text.length && !/\s/.test(text[at]!)) {
    const part = readPart(text, at);
    word += part.word;
    at += part.length;
  }
  return { word, length: at };
}

/** Reads one quoted stretch or one plain character from `at`. */
function readPart(text: string, at: number): { readonly word: string; readonly length: number } {
  const character = text[at]!;
  if (character === "'") {
    const end = text.indexOf("'", at + 1);
    if (end < 0) throw refused("a quote is not closed");
    return { word: text.slice(at + 1, end), length: end + 1 - at };
  }
  if (character === '"') return readDoubleQuoted(text, at);
  if (character === "\\") {
    if (at + 1 >= text.length) throw refused("it ends with a backslash");
    return { word: text[at + 1]!, length: 2 };
  }
  if (/[|&;<>()$`*?[\]!#~]/.test(character)) {
    throw refused(`${character} means something only to a shell; use: map --shell`);
  }
  return { word: character, length: 1 };
}

function readDoubleQuoted(text: string, at: number) {
  const match = /^"((?:[^"\\]|\\.)*)"/s.exec(text.slice(at));
  if (match === null) throw refused("a quote is not closed");
  const inner = match[1]!;
  if (/(?<!\\)[$`]/.test(inner)) {
    throw refused("$ and ` mean something only to a shell; use: map --shell");
  }
  return { word: inner.replaceAll(/\\(["\\$`])/g, "$1"), length: match[0].length };
}

function refused(because: string): Refusal {
  return new Refusal("invalid_line", `cannot start it without a shell: ${because}`);
}
