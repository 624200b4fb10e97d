/**
 * Where a text stops being JSON. The engine's own message names no place for half of the errors.
 *
 * @module
 */

/** A place in a text, counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

type Expectation = "value" | "valueOrEnd" | "key" | "keyOrEnd" | "colon" | "commaOrEnd" | "nothing";

/** Finds the first place at which `text`, known not to be JSON, is wrong. */
export function jsonErrorAt(text: string): TextPlace {
  const before = text.slice(0, errorOffset(text));
  const lastBreak = before.lastIndexOf("\n");
  let line = 1;
  for (let at = before.indexOf("\n"); at >= 0; at = before.indexOf("\n", at + 1)) line++;
  return { line, column: before.length - lastBreak };
}

function errorOffset(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expectation = "value";
  const afterValue = (): Expectation => open.length > 0 ? "commaOrEnd" : "nothing";
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const char = text[at]!;
    const top = open.at(-1);
    const closes = top === "{" ? "}" : "]";
    if (char === closes && top && /End$/.test(expected)) {
      open.pop();
      expected = afterValue();
      at++;
    } else if (expected === "value" || expected === "valueOrEnd") {
      if (char === "{" || char === "[") {
        open.push(char);
        expected = char === "{" ? "keyOrEnd" : "valueOrEnd";
        at++;
      } else {
        const end = scalarEnd(text, at);
        if (end < 0) return ~end;
        expected = afterValue();
        at = end;
      }
    } else if ((expected === "key" || expected === "keyOrEnd") && char === '"') {
      const end = stringEnd(text, at);
      if (end < 0) return ~end;
      expected = "colon";
      at = end;
    } else if (expected === "colon" && char === ":") {
      expected = "value";
      at++;
    } else if (expected === "commaOrEnd" && char === ",") {
      expected = top === "{" ? "key" : "value";
      at++;
    } else return at;
  }
  return text.length;
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && " \t\n\r".includes(text[at]!)) at++;
  return at;
}

/** End of the string, number or word at `at`, or the complement of where it is wrong. */
function scalarEnd(text: string, at: number): number {
  if (text[at] === '"') return stringEnd(text, at);
  const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  scalar.lastIndex = at;
  return scalar.test(text) ? scalar.lastIndex : ~at;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return at + 1;
    if (char < " ") return ~at;
    if (char !== "\\") continue;
    const escape = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
    escape.lastIndex = ++at;
    if (!escape.test(text)) return ~at;
    at = escape.lastIndex - 1;
  }
  return ~text.length;
}
