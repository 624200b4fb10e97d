/**
 * Words for a program: what the kernel can pass on, and what it can't.
 *
 * @module
 */
import { flaw } from "./flaw.ts";
import type { Flaw } from "./json_value.ts";

/** Longest argument the kernel passes to a program, bytes (MAX_ARG_STRLEN with its final NUL). */
const argumentMaxBytes = 131_071;

/** Arguments of one command. */
const argumentsMax = 32_768;

/** Finds the first thing wrong with `argv`, of which there must be `atLeast` words. */
export function argvFlaw(argv: unknown, pointer: string, code: string, atLeast = 1): Flaw | null {
  if (!Array.isArray(argv)) {
    return flaw(code, pointer, "an array of strings: program and arguments", argv);
  }
  if (argv.length < atLeast) {
    return flaw("argv_empty", pointer, "a program and its arguments", argv);
  }
  if (argv.length > argumentsMax) {
    return flaw("argv_too_long", pointer, `at most ${argumentsMax} arguments`, argv.length);
  }
  for (let i = 0; i < argv.length; i++) {
    const found = wordFlaw(argv[i], `${pointer}/${i}`);
    if (found) return found;
  }
  if (atLeast === 0 || argv[0] !== "") return null;
  return flaw("argv_empty", `${pointer}/0`, "the name of a program", argv[0]);
}

/** Finds what is wrong with a shell's text: it is one argument of it. */
export function shellFlaw(text: unknown, pointer: string): Flaw | null {
  if (typeof text !== "string" || text.trim() === "") {
    return flaw("invalid_shell", pointer, "a text for the shell", text);
  }
  return wordFlaw(text, pointer);
}

function wordFlaw(word: unknown, pointer: string): Flaw | null {
  if (typeof word !== "string") return flaw("argv_not_string", pointer, "a string", word);
  if (word.includes("\0")) return flaw("argv_nul", pointer, "a string without NUL", word);
  if (!word.isWellFormed()) return flaw("not_well_formed", pointer, "well-formed Unicode", word);
  if (word.length * 3 > argumentMaxBytes && bytesOf(word) > argumentMaxBytes) {
    return flaw("argv_too_long", pointer, `at most ${argumentMaxBytes} bytes`, word);
  }
  return null;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
